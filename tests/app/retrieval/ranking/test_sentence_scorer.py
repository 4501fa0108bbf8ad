"""Ranking the sentences of statements: scraps and headings are no evidence."""

from app.retrieval.ranking.sentence_scorer import without_scraps
from tests.fakes_store import annotated


def test_scraps_and_lines_in_capitals_are_left_out_where_there_is_more():
    texts = (
        "Thank you.",
        "STATEMENT BY THE DELEGATION OF ARVANDIA",
        "We extradite under treaties alone.",
        "我们支持这一提案。",
    )
    sentences = annotated("s", texts).sentences
    assert [each.ordinal for each in without_scraps(sentences)] == [2, 3]
    assert without_scraps(sentences[:2]) == list(sentences[:2])
