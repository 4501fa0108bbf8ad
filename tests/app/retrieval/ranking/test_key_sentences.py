"""Key sentences of a statement: what it wants, in sentences that stand by themselves."""

from functools import partial

from app.retrieval.ranking.key_sentences import key_sentences, lexical_vectors
from tests.fakes_corpora import split

_BY_WORDS = partial(lexical_vectors, language="en")


def test_positions_come_before_reports_and_what_refers_back_comes_last():
    said = (
        "Our river police stopped nine vessels in the course of the year. "
        "These vessels had been loaded on one continent for another one. "
        "We propose that small States be allowed to answer in two stages. "
        "The court has not yet decided on the third of these persons."
    )
    sentences = split(said)
    assert [each.ordinal for each in key_sentences(sentences, _BY_WORDS, 2)] == [2, 0]
    assert {each.ordinal for each in key_sentences(sentences, _BY_WORDS, 4)} == {0, 1, 2, 3}


def test_headings_and_scraps_are_no_key_sentences():
    assert key_sentences(split("AGENDA ITEM TWO OF THE CONFERENCE. Thank you."), _BY_WORDS, 3) == ()
