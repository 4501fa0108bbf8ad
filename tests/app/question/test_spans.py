"""Spans of names and dates in a question, found by lookup in any spelling."""

from datetime import date
from itertools import pairwise
from random import Random

import pytest

from app.question.language import detect_language
from app.question.lexicon import words_in
from app.question.spans.find_spans import find_spans
from app.question.spans.intervals import interval_of, month_of
from app.question.spans.span import NAMED, Span
from ingest.parties.party_table import PartyTable
from tests.cases import Cases

cases = Cases(__file__)


def spans(text: str, parties: PartyTable) -> tuple[Span, ...]:
    return find_spans(text, detect_language(text, parties), parties)


@cases("question", "found")
def test_a_party_is_found_however_it_is_written(question, found, parties):
    named = [span for span in spans(question, parties) if span.kind in NAMED]
    assert found == [
        f"{span.party_form if span.kind == 'party' else 'set'} {'|'.join(span.codes)} {question[span.start : span.end]}"
        for span in named
    ]


@cases("text", "articles", at_once=True)
def test_articles_are_read_in_words_and_with_a_typing_error(text, articles, parties):
    (found,) = spans(text, parties)
    assert found.articles == tuple(("UNTOC", number, "") for number in articles) and found.end == len(text)


@cases("text", "interval", tuples=True)
def test_an_open_interval_is_an_end_of_a_range(text, interval, parties):
    (found,) = find_spans(text, "en", parties, date(2021, 6, 1))
    assert interval_of(found.interval) == interval


@cases("question", "months", at_once=True)
def test_a_season_or_a_year_is_its_months(question, months, parties):
    (found,) = [span for span in spans(question, parties) if span.kind == "date"]
    year, first, last = months
    assert found.interval == (month_of(year, first)[0], month_of(year, last)[1])


def test_spans_do_not_overlap(parties):
    found = spans(
        "What did the EU say at COP10 in October 2020 on article 4 of the Firearms Protocol under item 2?", parties
    )
    assert [span.kind for span in found] == ["party", "session", "date", "article", "treaty", "agenda_item"]
    assert all(one.end <= other.start for one, other in pairwise(found))


@pytest.mark.parametrize("language", ["ar", "en", "es", "fr", "ru", "zh"])
def test_words_of_the_lexicon_are_read_in_any_order(language, parties):
    draw = Random(language)
    kinds = words_in(f"question_words.{language}")
    known = [phrase.strip(" *") for phrases in kinds.values() for phrase in phrases.split("|")]
    known += ["2018", "1990", "90", "10", "3", "44", "0", "1994/95", "2020-2022", "COP", "Arvandia", "(", ",", "–"] * 8
    for _ in range(60):
        text = " ".join(draw.choices(known, k=draw.randint(2, 7)))
        assert all(0 <= span.start < span.end <= len(text) for span in find_spans(text, language, parties))
