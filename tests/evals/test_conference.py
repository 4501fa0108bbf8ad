"""The fictional conference and its questions are consistent.

Fiction is marked, tables and files agree, every span is exact, and the questions cover what they should.
"""

import csv
import re
from collections import Counter
from pathlib import Path
from typing import get_args

import countrynames
import pytest

from app.records import AbstentionReason, AnswerType
from evals.case_sets import CONFERENCE
from evals.cases.case import Case, load_cases
from tests.cases import Cases

cases = Cases(__file__)

TEXTS = sorted((CONFERENCE / "txt").glob("*.txt"))
# ISO 3166 leaves this range to users, so no real State can hold one of these codes.
USER_ASSIGNED = re.compile(r"X[A-Z]{2}")
FICTION_MARKS = cases["FICTION_MARKS"]
# Names of files by language; all others are in English.
IN_LANGUAGE = cases.tuples("IN_LANGUAGE")
LANGUAGES = {stem: language for language, stems in IN_LANGUAGE.items() for stem in stems}
GROUPS = {"XGR", "XIC"}
# The questions are about the fictional conference and about the sample statement that ships, which is real.
REAL = "000_6237221ecf9e9373.txt"


def _rows(name: str) -> list[dict[str, str]]:
    with (CONFERENCE / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _text(name: str) -> str:
    return (CONFERENCE / "txt" / f"{name}.txt").read_bytes().decode("utf-8")


MANIFEST = _rows("statements.csv")
PARTIES = _rows("parties.csv")


def test_every_code_is_user_assigned_and_no_party_bears_the_name_of_a_real_state() -> None:
    codes = {row["code"] for row in PARTIES}
    assert len(codes) == len(PARTIES)
    assert all(USER_ASSIGNED.fullmatch(code) for code in codes)
    assert {row["state"] for row in MANIFEST if row["state"]} <= codes
    assert {row["on_behalf_of"] for row in MANIFEST if row["on_behalf_of"]} <= GROUPS
    names = [n for row in PARTIES for n in (row["name"], *row["aliases"].split("|"))]
    assert [n for n in names if countrynames.to_code_3(n)] == []


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_text_is_marked_as_fiction_and_of_realistic_length(path: Path) -> None:
    text, language = _text(path.stem), LANGUAGES.get(path.stem, "en")
    assert text.startswith("FICTIONAL STATEMENT FOR TESTS AND DEMONSTRATION")
    assert FICTION_MARKS[language] in text.split("\n")[0]
    assert "\r" not in text and text.endswith("\n")
    if language == "zh":
        assert 900 <= len(re.findall(r"[\u4e00-\u9fff]", text)) <= 1600
    else:
        assert 500 <= len(text.split()) <= 900


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    return load_cases(CONFERENCE / "questions.yaml")


def test_questions_cover_what_they_should_and_a_tenth_is_withheld_from_fits(cases: tuple[Case, ...]) -> None:
    assert len(cases) >= 240 and all(case.may_gate and case.split == "smoke" for case in cases)
    kinds = Counter(case.tags["asks"] for case in cases if "asks" in case.tags)
    asked = {"direction", "newest", "follow_up", "about_statement", "summary", "one_topic", "help", "out_of_scope"}
    assert kinds.keys() == asked and min(kinds.values()) >= 6
    assert 0.1 <= sum(case.tags.get("fold") == "held" for case in cases) / len(cases) <= 0.12
    languages = Counter(case.lang for case in cases)
    assert languages.keys() == {"en", "fr", "es", "ar", "ru", "zh"} and min(languages.values()) >= 8
    reasons = Counter(case.expect.reason for case in cases)
    # A question with the reason "help" is about the product itself and not about statements.
    assert all(reasons[reason] >= 3 for reason in {*get_args(AbstentionReason)} - {"help"})
    assert {case.expect.missing for case in cases} - {None} == {*get_args(AnswerType)}
    assert sum(bool(case.nuggets) for case in cases) >= 25


def test_only_the_sample_statement_speaks_for_a_real_state(cases: tuple[Case, ...]) -> None:
    for case in cases:
        for span in case.evidence:
            assert (span.state == "IRN") == (span.file == REAL), case.id
            assert span.state == "IRN" or USER_ASSIGNED.fullmatch(span.state or ""), case.id


def test_variants_ask_the_same_of_their_original_in_other_words(cases: tuple[Case, ...]) -> None:
    by_id = {case.id: case for case in cases}
    variants = [case for case in cases if case.variant_of is not None]
    assert sum(case.lang == "en" for case in variants) >= 15
    for case in variants:
        original = by_id[case.variant_of or ""]
        assert original.variant_of is None and case.question != original.question
        assert (case.evidence, case.nuggets, case.expect) == (original.evidence, original.nuggets, original.expect)
