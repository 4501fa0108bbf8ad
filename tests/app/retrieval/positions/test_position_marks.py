"""Marks of positions: cases in six languages, and properties."""

import csv
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.retrieval.positions.position_marks import declines_position, find_position_marks, is_elliptic, kind_of
from prompts.wording import LANGUAGES
from tests.cases import Cases, all_at_once
from tests.conftest import PROJECT

cases = Cases(__file__)

with Path(__file__).with_name("kind_cases.csv").open(encoding="utf-8", newline="") as _file:
    CASES = tuple(csv.DictReader(_file))


@all_at_once("case", CASES)
def test_a_sentence_shows_the_kind_that_a_reader_found(case):
    marks = find_position_marks(case["text"], case["language"])
    assert kind_of(marks) == case["kind"], [(mark.rule, case["text"][mark.start : mark.end]) for mark in marks]


def test_the_cases_stand_in_the_fictional_statements():
    for case in CASES:
        if case["source"] != "invented":
            path = PROJECT / "evals" / "conference" / "txt" / f"{case['source']}.txt"
            assert case["text"] in " ".join(path.read_text(encoding="utf-8").split()), case["text"]
    spoken = [case for case in CASES if case["source"] != "invented" and case["language"] != "en"]
    assert len(spoken) >= 30


@cases("language", "plain", "negated", at_once=True)
def test_a_negation_turns_support_into_opposition(language, plain, negated):
    assert kind_of(find_position_marks(plain, language)) == "supports"
    assert kind_of(find_position_marks(negated, language)) == "opposes"


@given(
    adverb=st.sampled_from(["", "fully ", "strongly ", "now "]),
    subject=st.sampled_from(["We", "My delegation", "Our Government", "The Group"]),
    attitude=st.sampled_from(["support", "endorse", "accept", "agree to", "favour"]),
    negation=st.sampled_from(["do not", "cannot", "will not", "could not", "would never"]),
    thing=st.sampled_from(["the draft", "this mechanism", "a new protocol", "such visits"]),
)
def test_a_negated_support_never_reads_as_support(adverb, subject, attitude, negation, thing):
    marks = find_position_marks(f"{subject} {negation} {adverb}{attitude} {thing}.", "en")
    assert all(mark.kind != "supports" for mark in marks)
    assert kind_of(marks) == "opposes"


@given(text=st.text(max_size=200), language=st.sampled_from(LANGUAGES))
def test_marks_lie_inside_any_text_and_apart(text, language):
    marks = find_position_marks(text, language)
    assert all(0 <= mark.start < mark.end <= len(text) for mark in marks)
    assert all(one.end <= other.start for one, other in pairwise(marks))
    assert all(text[mark.start : mark.end].strip() == text[mark.start : mark.end] for mark in marks)


@pytest.mark.parametrize(
    "text", ["", " ", "<script>alert(1)</script>", "(((((", "\\", "we " * 2000, "not " * 2000, "A" * 5000]
)
def test_hostile_and_empty_text_shows_nothing(text):
    assert all(find_position_marks(text, language) == () for language in LANGUAGES)


def test_a_language_without_rules_shows_nothing():
    assert find_position_marks("Wir unterstützen den Entwurf.", "de") == ()


@cases("text")
def test_words_set_off_after_the_subject_end_before_its_verb(text):
    assert [mark.kind for mark in find_position_marks(text, "en")][:1] == ["supports"]


@cases("text")
def test_a_name_after_a_title_and_an_adverb_are_not_who_speaks(text):
    assert all(mark.kind != "reports_practice" for mark in find_position_marks(text, "en"))


@cases("language", "text", "declines", at_once=True)
def test_only_the_speaker_declines_a_position(language, text, declines):
    assert declines_position(text, language) is declines


@cases("language", "text", "elliptic", at_once=True)
def test_only_the_speaker_goes_on_from_the_sentence_before(language, text, elliptic):
    assert is_elliptic(text, language) is elliptic
