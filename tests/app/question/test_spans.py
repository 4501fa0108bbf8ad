"""Spans of names and dates in a question, found by lookup in any spelling."""

from datetime import date
from itertools import pairwise
from random import Random

import pytest

from app.question.language import detect_language
from app.question.lexicon import words_in
from app.question.spans.find_spans import find_spans
from app.question.spans.intervals import interval_of
from app.question.spans.span import Span
from app.records import Interval
from ingest.parties.party_table import PartyTable
from tests.cases import Cases

cases = Cases(__file__)


def spans(text: str, parties: PartyTable) -> tuple[Span, ...]:
    return find_spans(text, detect_language(text, parties), parties)


@pytest.mark.parametrize("sign", ["'", "’", "‘", "ʼ", "`", "´"])
def test_any_apostrophe_stands_in_a_name(sign: str, parties: PartyTable) -> None:
    (found,) = spans(f"what did Côte d{sign}Ivoire say", parties)
    assert (found.kind, found.codes) == ("party", ("CIV",))


@pytest.mark.parametrize("question", ["cote d'ivoire on cocoa", "Cote d Ivoire on cocoa"])
def test_names_are_read_without_accents(question: str, parties: PartyTable) -> None:
    assert [span.codes for span in spans(question, parties) if span.kind == "party"] == [("CIV",)]


@pytest.mark.parametrize("question", ["arvandias position on tolls", "whats Arvandias view", "belmoras statement"])
def test_a_possessive_needs_no_apostrophe(question: str, parties: PartyTable) -> None:
    (found,) = [span for span in spans(question, parties) if span.kind == "party"]
    assert len(found.codes) == 1 and not question[found.start : found.end].endswith("s")


@cases("question", "codes", tuples=True)
def test_a_typing_error_in_a_name_is_read_where_one_is_near(
    question: str, codes: tuple[str, ...], parties: PartyTable
) -> None:
    found = [span for span in spans(question, parties) if span.kind == "party"]
    assert tuple(code for span in found for code in span.codes) == codes
    assert all(span.party_form == "typed" for span in found)


@pytest.mark.parametrize("question", ["al statments on trafic", "wich contries suport tolls", "wat is teh posision"])
def test_a_typing_error_in_a_common_word_is_no_name(question: str, parties: PartyTable) -> None:
    assert not [span for span in spans(question, parties) if span.kind == "party"]


@cases("text", "article")
def test_articles_are_read_in_words_and_with_a_typing_error(text: str, article: str, parties: PartyTable) -> None:
    (found,) = spans(text, parties)
    assert found.articles == (("UNTOC", article),) and found.end == len(text)


@cases("text", "articles")
def test_every_article_of_a_list_of_ordinals_is_read(text: str, articles: list[str], parties: PartyTable) -> None:
    (found,) = spans(text, parties)
    assert [number for _, number in found.articles] == articles and found.end == len(text)


@cases("text", "interval", tuples=True)
def test_an_open_interval_is_an_end_of_a_range(text: str, interval: Interval, parties: PartyTable) -> None:
    (found,) = find_spans(text, "en", parties, date(2021, 6, 1))
    assert interval_of(found.interval) == interval


@cases("question", "code")
def test_a_region_takes_its_noun_with_it(question: str, code: str, parties: PartyTable) -> None:
    (found,) = [span for span in spans(question, parties) if span.kind == "set"]
    assert found.codes == (code,) and len(question[found.start : found.end].split()) > 1


def test_members_of_a_group_are_a_set_and_the_group_is_a_party(parties: PartyTable) -> None:
    assert [(s.kind, s.codes) for s in spans("what did the G77 say", parties)] == [("party", ("G77",))]
    assert [(s.kind, s.codes) for s in spans("what did members of the G77 say", parties)] == [("set", ("G77",))]


@cases("question", "code")
def test_an_adjective_stands_for_the_party_that_it_is_made_of(question: str, code: str, parties: PartyTable) -> None:
    (found,) = [span for span in spans(question, parties) if span.kind == "party"]
    assert (found.codes, found.party_form) == ((code,), "adjective")


@cases("question")
def test_the_language_of_a_text_is_no_party(question: str, parties: PartyTable) -> None:
    assert not [span for span in spans(question, parties) if span.kind == "party"]


@pytest.mark.parametrize(
    "question", ["What does the Forum want?", "Que veut le Forum ?", "Чего хочет Форум?", "论坛要什么？"]
)
def test_a_group_is_known_by_its_noun_alone(question: str, parties: PartyTable) -> None:
    (found,) = [span for span in spans(question, parties) if span.kind == "party"]
    assert found.codes == ("XIC",)


@pytest.mark.parametrize("question", ["a forum on piracy", "the World Economic Forum"])
def test_a_noun_is_no_group_in_small_letters_or_in_a_longer_title(question: str, parties: PartyTable) -> None:
    assert not [span for span in spans(question, parties) if span.kind == "party"]


@cases("question", "months")
def test_a_season_or_a_year_is_its_months(question: str, months: list[int], parties: PartyTable) -> None:
    (found,) = [span for span in spans(question, parties) if span.kind == "date"]
    year, first, last = months
    assert found.interval == (12 * year + first - 1, 12 * year + last - 1)


def test_spans_do_not_overlap(parties: PartyTable) -> None:
    found = spans(
        "What did the EU say at COP10 in October 2020 on article 4 of the Firearms Protocol under item 2?", parties
    )
    assert [span.kind for span in found] == ["party", "session", "date", "article", "treaty", "agenda_item"]
    assert all(one.end <= other.start for one, other in pairwise(found))


@pytest.mark.parametrize("language", ["ar", "en", "es", "fr", "ru", "zh"])
def test_words_of_the_lexicon_are_read_in_any_order(language: str, parties: PartyTable) -> None:
    draw = Random(language)
    kinds = words_in(f"question_words.{language}")
    known = [phrase.strip(" *") for phrases in kinds.values() for phrase in phrases.split("|")]
    known += ["2018", "1990", "90", "10", "3", "44", "0", "1994/95", "2020-2022", "COP", "Arvandia", "(", ",", "–"] * 8
    for _ in range(300):
        text = " ".join(draw.choices(known, k=draw.randint(2, 7)))
        assert all(0 <= span.start < span.end <= len(text) for span in find_spans(text, language, parties))
