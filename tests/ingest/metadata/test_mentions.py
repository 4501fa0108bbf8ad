"""Mentions of articles in a statement: a bare one is of the Protocol that the heading is on, else of the Convention."""

from ingest.metadata.mentions import find_mentions
from tests.cases import Cases
from vectorstore.records import Metadata, Sentence

cases = Cases(__file__)


def sentences_of(lines):
    """Returns sentences of which those that begin with "# " are headings."""
    return [
        Sentence(
            statement_id="s", ordinal=number, start=0, end=len(line), text=line.removeprefix("# "), page=None,
            paragraph=None if line.startswith("# ") else number,
        )
        for number, line in enumerate(lines)
    ]  # fmt: skip


@cases("facts", "lines", "expected")
def test_bare_article_is_of_the_protocol_that_the_heading_is_on(facts, lines, expected, parties):
    mentions = find_mentions(sentences_of(lines), Metadata(body="UNTOC COP", **facts), parties)
    assert [f"{each.treaty} {each.value}" for each in mentions if each.kind == "article"] == expected
