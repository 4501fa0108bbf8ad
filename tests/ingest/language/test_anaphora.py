"""Sentences that refer back to the one before them."""

from ingest.language.anaphora import refers_back
from tests.cases import Cases

cases = Cases(__file__)


@cases("text", "back", at_once=True)
def test_a_demonstrative_refers_back_but_not_what_names_its_subject_or_the_occasion(text: str, back: bool) -> None:
    assert refers_back(text) is back
