"""Whether evidence holds the kind of thing that was asked for."""

import pytest

from app.answering.answer_type_check import contains_answer_type, fold_accents
from tests.cases import Cases

cases = Cases(__file__)


@cases("kind", "text")
def test_holds_what_a_text_says(kind, text, parties):
    assert contains_answer_type(kind, text, parties, ["XOD"])


@cases("kind", "text")
def test_holds_not_what_a_text_leaves_out(kind, text, parties):
    assert not contains_answer_type(kind, text, parties, ["XOD"])


def test_holds_nothing_without_evidence(parties):
    assert not contains_answer_type("date", "", parties)


# kind | question | evidence that holds it | evidence that does not; of a fictional State in each language
SIX_LANGUAGES = cases["SIX_LANGUAGES"]
ROWS = [tuple(cell.strip() for cell in row.split("|")) for row in SIX_LANGUAGES.strip().splitlines()]


@pytest.mark.parametrize(("kind", "holding", "lacking"), [(row[0], *row[2:]) for row in ROWS])
def test_what_can_be_asked_in_a_language_is_recognised_in_it(kind, holding, lacking, parties):
    assert contains_answer_type(kind, holding, parties, ["XOD"])
    assert not contains_answer_type(kind, lacking, parties, ["XOD"])


@pytest.mark.parametrize("kind", sorted({row[0] for row in ROWS}))
def test_an_answer_in_another_language_counts(kind, parties):
    assert all(contains_answer_type(kind, row[2], parties, ["XOD"]) for row in ROWS if row[0] == kind)


def test_a_text_without_accents_keeps_every_offset():
    text = "¿Qué dijo Irán؟ أإآ ةى ٢٠١٨ Ёлка 《公约》，第４条 ’é́"
    assert len(fold_accents(text)) == len(text)
    assert fold_accents("Qué été ёлка й ٢٠١٨") == "Que ete елка й 2018"
