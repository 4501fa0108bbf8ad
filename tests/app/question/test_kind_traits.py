"""Traits of the kinds of question: each kind has a row."""

from typing import get_args

from app.question.kind_traits import KIND_TRAITS
from app.records import QuestionKind


def test_every_kind_of_question_has_its_traits() -> None:
    assert list(KIND_TRAITS) == list(get_args(QuestionKind))
