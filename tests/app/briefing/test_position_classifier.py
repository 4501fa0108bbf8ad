"""Kinds of position, suggested from citations, with words at exact offsets."""

from dataclasses import replace

import pytest

from app.answering.citation_spans import cite
from app.briefing.cells import Subject, Suggestion
from app.briefing.position_classifier import deciding, suggest_kind
from app.records import Citation
from tests.cases import Cases
from vectorstore.records import Document, Edit, Metadata, Sentence, Statement

cases = Cases(__file__)

PROPOSED = "Some delegations have proposed visits by experts."


def statement(text: str, *, state: str = "XAA", edits: tuple[Edit, ...] = (), name: str = "s") -> Statement:
    metadata = Metadata(state=state, language="en")
    return Document(
        document_id=name, file=f"{name}.txt", sha256="", source_text=text, metadata=metadata, edits=edits
    ).as_statement()


def citation(of: Statement, number: int = 1, start: int = 0, end: int | None = None) -> Citation:
    stop, text = len(of.source_text) if end is None else end, of.source_text[start:end]
    whole = Sentence(statement_id=of.statement_id, ordinal=0, start=start, end=stop, text=text, paragraph=1, page=None)
    return cite(of, [whole], range(0, 1), number)


def on(topic: str = "", article: str | None = None) -> Subject:
    return Subject(label=topic, topic=topic, article=article)


def suggested(*texts: str, topic: str = "") -> Suggestion:
    made = [statement(text, name=f"s{number}") for number, text in enumerate(texts, 1)]
    citations = [citation(one, number) for number, one in enumerate(made, 1)]
    return suggest_kind(citations, {one.statement_id: one for one in made}, on(topic))


def test_words_have_the_offsets_of_the_source() -> None:
    source = "Thank you. We do not\nsup-\nport visits. Goodbye."
    wrap, hyphen = source.index("\n"), source.index("-\n")
    edits = (
        Edit(start=wrap, end=wrap + 1, text=" ", kind="wrap"),
        Edit(start=hyphen, end=hyphen + 2, text="", kind="hyphen"),
    )
    made = statement(source, edits=edits)
    found = suggest_kind([citation(made, 3, 11, source.index(" Goodbye"))], {"s": made}, on("visits"))
    (words,) = found.words
    assert (found.kind, words.kind, words.citation) == ("opposes", "opposes", 3)
    assert words.text == "do not support"
    assert source[words.start : words.end] == "do not\nsup-\nport"


def test_no_citation_is_no_position() -> None:
    assert suggest_kind([], {}, on("extradition")) == Suggestion(kind="no_position")


@cases("topic", "texts", "kind")
def test_a_position_is_that_of_words_on_the_topic(topic: str, texts: list[str], kind: str) -> None:
    found = suggested(*texts, topic=topic)
    assert found.kind == kind and found.words
    assert all(words.text in " ".join(texts) for words in found.words)


def test_the_name_of_a_state_in_a_topic_does_not_name_the_topic() -> None:
    assert suggested("We deplore the suffering of Cuba.", topic="tariffs on Cuba").kind == "no_position"
    assert suggested("We reject tariffs on Cuba.", topic="tariffs on Cuba").kind == "opposes"


def test_what_others_said_is_no_position() -> None:
    found = suggested(PROPOSED, topic="visits by experts")
    assert (found.kind, found.direction, found.words) == ("no_position", None, ())


def test_an_article_is_spoken_of_by_the_sentence_that_names_it() -> None:
    made = statement("The articles 16 to 18 apply to every crime. The first class finished its studies in July.")
    assert suggest_kind([citation(made)], {"s": made}, on(article="18")).kind == "no_position"
    other = statement("We support article 18. We oppose any tax on letters.")
    assert suggest_kind([citation(other)], {"s": other}, on(article="18")).kind == "supports"


def test_later_words_leave_an_earlier_position_open_unless_they_lean_the_same_way() -> None:
    told = Suggestion(kind="opposes", direction="against", likely="against", sure=0.9)
    leans = Suggestion(kind="no_position", direction="mentions", likely="for", sure=0.6)
    mentions, same = replace(leans, likely="mentions"), replace(leans, likely="against")
    early, late = (replace(citation(statement("We spoke.")), date=date) for date in ("2016-10-17", "2020-10-12"))
    for later, kind in ((leans, "no_position"), (mentions, "no_position"), (same, "opposes")):
        assert deciding([(late, later), (early, told)]).kind == kind
        assert deciding([(late, told), (early, later)]) == told
    practice = Suggestion(kind="reports_practice", direction="mentions", likely="mentions")
    assert deciding([(late, leans), (early, practice)]) == leans
    # What was said at one time is one position.
    assert deciding([(late, mentions), (late, told)]) == told


def test_what_a_group_said_decides_only_where_the_party_shows_nothing() -> None:
    own = statement("The meeting was held in March.", state="XAB", name="own")
    group = statement("The Group supports the mechanism.", state="XGR", name="group")
    spoken = statement("We have adopted a law on this.", state="XAB", name="spoken")
    stored = {one.statement_id: one for one in (own, group, spoken)}
    assert suggest_kind([citation(own, 1), citation(group, 2)], stored, on()).kind == "supports"
    assert suggest_kind([citation(spoken, 1)], stored, on()).kind == "reports_practice"


def test_words_in_another_language_take_a_position_only_on_a_topic_that_they_name() -> None:
    named, other = (
        replace(citation(statement(text)), language="es")
        for text in ("Apoyamos la extradición.", "Apoyamos el registro de las armas.")
    )
    statements = {"s": statement("")}
    assert suggest_kind([named], statements, on("extradition")).kind == "supports"
    assert suggest_kind([other], statements, on("extradition")).kind == "no_position"
    assert suggest_kind([other], statements, on("blockchain")).kind == "no_position"
    assert suggest_kind([replace(other, language="en")], statements, on("extradition")).direction is not None


@cases("text")
def test_what_is_said_of_a_part_or_under_a_condition_takes_no_plain_position(text: str) -> None:
    assert suggested(text, topic="return of assets").kind not in ("supports", "opposes", "conditional")


@cases("language", "text")
def test_what_is_added_in_another_language_is_not_set_against_the_rest(language: str, text: str) -> None:
    made = statement(text)
    found = suggest_kind([replace(citation(made), language=language)], {"s": made}, on("return of assets"))
    assert found.kind == "supports"


def test_a_position_that_is_declined_later_does_not_fall_back_to_an_earlier_one() -> None:
    found = suggested("Arvandia has no position on the visits.", "We support the visits.", topic="visits")
    assert (found.kind, found.declines) == ("no_position", True)
    assert found.words[0].text == "Arvandia has no position on the visits."


@cases("text", "kind", "declines")
def test_who_declines_a_position_declines_it_on_the_whole_subject(text: str, kind: str, declines: bool) -> None:
    found = suggested(text, topic="review mechanism")
    assert (found.kind, found.declines) == (kind, declines)


def test_words_that_go_both_ways_take_no_position() -> None:
    text = (
        "We support the work of civil society. Its place, however, is at home."
        " We do not think that the working groups should be opened to it."
    )
    assert suggested(text, topic="civil society").direction in (None, "mentions")


def test_what_announces_a_topic_takes_no_position_on_it() -> None:
    made = statement("Permítame detenerme en las investigaciones conjuntas. El artículo 19 las prevé desde hace años.")
    found = suggest_kind([replace(citation(made), language="es")], {"s": made}, on("joint investigations"))
    assert found.kind == "no_position"


def test_against_a_harm_and_for_what_is_done_against_it_is_one_position() -> None:
    made = statement("We strongly condemn terrorism in all its forms. We fully support the fight against terrorism.")
    found = suggest_kind([citation(made)], {"s": made}, replace(on("terrorism"), harm=True))
    assert found.kind in ("supports", "opposes")
    assert found.likely == "for"


@pytest.mark.parametrize("topic", ["a new protocol", "new protocol to the Convention"])
def test_what_only_goes_on_does_not_turn_a_position_round(topic: str) -> None:
    text = (
        "Drelnia therefore now supports the negotiation of an additional protocol on crimes that affect the"
        " environment. It should be short. It should define a small number of offences. And it should leave the"
        " machinery of the Convention untouched, for that machinery works well."
    )
    found = suggested(text, topic=topic)
    assert (found.kind, found.likely) == ("supports", "for")
