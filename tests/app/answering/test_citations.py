"""Citations: words, place and provenance are those of the stored statement."""

from app.answering.citations import cite
from tests.fakes_corpora import Stored


def test_cite_copies_place_and_provenance(stored: Stored) -> None:
    for statement, sentences in stored.values():
        citation = cite(statement, sentences, range(0, 1), 7)
        assert citation.number == 7 and citation.verdict == "verified"
        assert citation.source_quote == statement.source_text[citation.start : citation.end]
        assert (citation.state, citation.on_behalf_of) == (statement.metadata.state, statement.metadata.on_behalf_of)
        assert (citation.paragraph, citation.page) == (sentences[0].paragraph, sentences[0].page)
        assert citation.inferred == statement.inferred and citation.file == statement.file
