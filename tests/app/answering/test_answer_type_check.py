"""Answer types: whether evidence holds the kind of thing that was asked for, such as a number or a date."""

from app.answering.answer_type_check import contains_answer_type, fold_accents
from tests.cases import Cases

cases = Cases(__file__)


@cases("kind", "text", at_once=True)
def test_holds_what_a_text_says(kind, text, parties):
    assert contains_answer_type(kind, text, parties, ["XOD"])


@cases("kind", "text", at_once=True)
def test_holds_not_what_a_text_leaves_out(kind, text, parties):
    assert not contains_answer_type(kind, text, parties, ["XOD"])


def test_a_text_without_accents_keeps_every_offset():
    text = "¿Qué dijo Irán؟ أإآ ةى ٢٠١٨ Ёлка 《公约》，第４条 ’é́"
    assert len(fold_accents(text)) == len(text)
    assert fold_accents("Qué été ёлка й ٢٠١٨") == "Que ete елка й 2018"
