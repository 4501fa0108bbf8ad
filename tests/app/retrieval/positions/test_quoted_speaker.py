"""Whose words are quoted: those of another party that is named, or the speaker's own."""

from app.retrieval.positions.quoted_speaker import OwnWords
from tests.cases import Cases
from tests.fakes_corpora import split

cases = Cases(__file__)


@cases("text", "own", at_once=True)
def test_words_quoted_from_another_party_are_not_the_speakers_own(text, own, parties):
    assert [*OwnWords(split(text), ("XAB",), parties)] == own
