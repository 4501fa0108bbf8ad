"""Kinds of position, suggested from citations, with words at exact offsets."""

from dataclasses import replace

import pytest

from app.answering.citations import cite
from app.briefing.cell_suggestion import suggest, suggestion_of_cell
from app.briefing.cells import Subject, Suggestion
from app.records import Citation
from ingest.parties.party_table import PartyTable
from tests.cases import Cases, all_at_once
from tests.conftest import PROJECT
from vectorstore.records import Document, Edit, Metadata, Sentence, Statement

cases = Cases(__file__)
OF_ANSWERS = Cases(str(PROJECT / "tests" / "app" / "answering" / "test_cited_direction.py"))
PARTIES = PartyTable.load()


def statement(text: str, *, edits: tuple[Edit, ...] = (), name: str = "s") -> Statement:
    metadata = Metadata(state="XAA", language="en")
    return Document(
        document_id=name, file=f"{name}.txt", sha256="", source_text=text, metadata=metadata, edits=edits
    ).as_statement()


def citation(of: Statement, number: int = 1, start: int = 0, end: int | None = None) -> Citation:
    stop, text = len(of.source_text) if end is None else end, of.source_text[start:end]
    whole = Sentence(statement_id=of.statement_id, ordinal=0, start=start, end=stop, text=text, paragraph=1, page=None)
    return cite(of, [whole], range(0, 1), number)


def on(topic: str = "", article: str | None = None, *, harm: bool = False) -> Subject:
    return Subject(label=topic, topic=topic, article=article, harm=harm)


def suggested(*texts: str, subject: Subject, language: str = "en", parties: PartyTable = PARTIES) -> Suggestion:
    made = [statement(text, name=f"s{number}") for number, text in enumerate(texts, 1)]
    cited = [(replace(citation(one, number), language=language), one) for number, one in enumerate(made, 1)]
    return suggestion_of_cell([(each, suggest(each, one, subject, parties)) for each, one in cited])


def test_words_have_the_offsets_of_the_source() -> None:
    source = "Thank you. We do not\nsup-\nport visits. Goodbye."
    wrap, hyphen = source.index("\n"), source.index("-\n")
    edits = (
        Edit(start=wrap, end=wrap + 1, text=" ", kind="wrap"),
        Edit(start=hyphen, end=hyphen + 2, text="", kind="hyphen"),
    )
    made = statement(source, edits=edits)
    found = suggest(citation(made, 3, 11, source.index(" Goodbye")), made, on("visits"), PARTIES)
    (words,) = found.words
    assert (found.kind, words.kind, words.citation) == ("opposes", "opposes", 3)
    assert words.text == "do not support"
    assert source[words.start : words.end] == "do not\nsup-\nport"


def test_words_for_a_state_that_an_installation_added_are_not_for_an_embargo_against_it() -> None:
    added = PARTIES.with_extra(PROJECT / "evals" / "conference" / "parties.csv")
    found = suggested("We fully support Belmora.", subject=on("the embargo against Belmora"), parties=added)
    assert (found.kind, found.direction) == ("no_position", "mentions")


@cases("topic", "texts", "kind")
def test_a_position_is_that_of_words_on_the_topic(topic: str, texts: list[str], kind: str) -> None:
    found = suggested(*texts, subject=on(topic))
    assert found.kind == kind and found.words
    assert all(words.text in " ".join(texts) for words in found.words)


@cases("topic", "language", "text")
def test_words_on_something_else_or_of_others_or_both_ways_take_no_position(
    topic: str, language: str, text: str
) -> None:
    found = suggested(text, subject=on(topic), language=language)
    assert found.kind == "no_position" and found.direction in (None, "mentions") and not found.words


def test_an_article_is_spoken_of_by_the_sentence_that_names_it() -> None:
    other, named = (
        "The articles 16 to 18 apply to every crime. The first class finished its studies in July.",
        ("We support article 18. We oppose any tax on letters."),
    )
    assert suggested(other, subject=on(article="18")).kind == "no_position"
    assert suggested(named, subject=on(article="18")).kind == "supports"


def test_what_an_article_forbids_is_no_opposition_to_it() -> None:
    relies = (
        "Мы убеждены, что пункт 2 статьи 4 Конвенции имеет к механизму обзора самое прямое отношение: никто не вправе"
        " выполнять на территории другого государства функции, которые входят исключительно в компетенцию его органов."
    )
    assert suggested(relies, subject=on(article="4"), language="ru").kind == "no_position"


def test_what_breaches_an_article_is_rejected_and_not_the_article() -> None:
    breach = (
        "These illegal raids, which infringe the provisions of the Convention, in particular obligations under"
        " article 4 of the Convention, impede cooperation against crime."
    )
    assert suggested(breach, subject=on(article="4")).kind != "opposes"
    assert suggested("We reject these raids, which ignore article 4.", subject=on(article="4")).kind == "supports"
    assert suggested("We cannot accept article 4.", subject=on(article="4")).kind == "opposes"


@cases("article", "language", "text")
def test_what_is_said_under_an_article_is_not_told_as_a_direction_on_it(article: str, language: str, text: str) -> None:
    found = suggested(text, subject=on(article=article), language=language)
    assert found.kind in ("no_position", "reports_practice") and found.direction == "mentions"


@cases("language", "text")
def test_a_word_of_breach_is_known_in_each_language(language: str, text: str) -> None:
    assert suggested(text, subject=on(article="4"), language=language).kind != "opposes"


def test_later_words_leave_an_earlier_position_open_unless_they_lean_the_same_way() -> None:
    opposes = Suggestion(kind="opposes", direction="against", likely="against", attitude=0.9)
    leans = Suggestion(kind="no_position", direction="mentions", likely="for", attitude=0.6)
    mentions, same = replace(leans, likely="mentions"), replace(leans, likely="against")
    early, late = (replace(citation(statement("We spoke.")), date=date) for date in ("2016-10-17", "2020-10-12"))
    for later, kind in ((leans, "no_position"), (mentions, "no_position"), (same, "opposes")):
        assert suggestion_of_cell([(late, later), (early, opposes)]).kind == kind
        assert suggestion_of_cell([(late, opposes), (early, later)]) == opposes
    practice = Suggestion(kind="reports_practice", direction="mentions", likely="mentions")
    assert suggestion_of_cell([(late, leans), (early, practice)]) == leans
    # Statements of one date count as one position.
    assert suggestion_of_cell([(late, mentions), (late, opposes)]) == opposes


def test_words_that_do_not_name_the_topic_take_a_position_only_in_its_own_language() -> None:
    other = "Apoyamos el registro de las armas."
    assert suggested(other, subject=on("extradition"), language="en").direction is not None


@cases("text")
def test_what_is_said_of_a_part_or_under_a_condition_takes_no_plain_position(text: str) -> None:
    assert suggested(text, subject=on("return of assets")).kind not in ("supports", "opposes", "conditional")


@cases("topic", "language", "text")
def test_words_in_another_language_support_a_topic_that_they_name(topic: str, language: str, text: str) -> None:
    assert suggested(text, subject=on(topic), language=language).kind == "supports"


def test_a_position_that_is_declined_later_does_not_fall_back_to_an_earlier_one() -> None:
    found = suggested("Arvandia has no position on the visits.", "We support the visits.", subject=on("visits"))
    assert (found.kind, found.declines) == ("no_position", True)
    assert found.words[0].text == "Arvandia has no position on the visits."


@cases("text", "kind", "declines")
def test_who_declines_a_position_declines_it_on_the_whole_subject(text: str, kind: str, declines: bool) -> None:
    found = suggested(text, subject=on("review mechanism"))
    assert (found.kind, found.declines) == (kind, declines)


@pytest.mark.parametrize("more", ["", " We fully support the fight against terrorism."])
def test_against_a_harm_and_for_what_is_done_against_it_is_one_position(more: str) -> None:
    found = suggested(f"We strongly condemn terrorism in all its forms.{more}", subject=on("terrorism", harm=True))
    assert found.kind in ("supports", "opposes")
    assert found.likely == "for"


@pytest.mark.parametrize("topic", ["a new protocol", "new protocol to the Convention"])
def test_what_only_goes_on_does_not_turn_a_position_round(topic: str) -> None:
    text = (
        "Drelnia therefore now supports the negotiation of an additional protocol on crimes that affect the"
        " environment. It should be short. It should define a small number of offences. And it should leave the"
        " machinery of the Convention untouched, for that machinery works well."
    )
    found = suggested(text, subject=on(topic))
    assert (found.kind, found.likely) == ("supports", "for")


def test_the_view_of_another_party_of_which_a_statement_tells_is_not_its_own() -> None:
    on_visits = suggested("Switzerland opposed the visits.", subject=on("visits"))
    assert (on_visits.kind, on_visits.direction) == ("no_position", None)


@all_at_once(("words", "direction"), OF_ANSWERS["test_direction_is_that_of_the_quotation_as_it_stands"])
def test_a_briefing_shows_the_direction_that_an_answer_tells_or_none(words: str, direction: str | None) -> None:
    assert suggested(words, subject=on("court for pirates")).direction in (direction, "mentions", None)


def test_an_item_of_a_list_shows_the_kind_of_the_words_that_open_it() -> None:
    found = suggested(
        "Our delegation supports:\n(a) a fund;\n(b) a court for pirates.", subject=on("court for pirates")
    )
    assert found.kind == "supports"
    assert [words.text for words in found.words] == ["a court for pirates."]
