"""Position classifier: the kind of position that citations show, suggested with the words that show it.

"We cannot accept this" shows `opposes`. Whether words are for or against is told by `app.retrieval.direction`, as for
an answer; the marks of `app.retrieval.position_marks` tell which words say so, and who proposes, calls on others or
reports what it did. A suggestion only: a person decides. docs/positions.md defines the kinds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.briefing.cells import EvidenceWords
from app.records import Citation, Direction
from app.retrieval.direction import decisive_of, read_span
from app.retrieval.position_marks import PositionKind, Rule, kind_of
from app.retrieval.topic import topic_in
from ingest.text.readable import ReadableText
from vectorstore.records import Edit, Statement

# The kinds that words in a direction can be of, likeliest first: what is for a topic may propose it.
_KINDS_OF: Final[Mapping[Direction, tuple[PositionKind, ...]]] = {
    "for": ("supports", "proposes", "calls_on_others"),
    "against": ("opposes",),
    "conditional": ("conditional",),
    "mentions": ("no_position", "reports_practice"),
}


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """The suggested kind of position.

    Attributes:
        direction: The direction behind it; None where nothing was cited, or what was reports others.
        sure: Chance that the words take a direction at all, 0 to 1.
        words: What shows it; empty only for `no_position`.
        rules: The rule behind each of `words` that a rule marks.
    """

    kind: PositionKind
    direction: Direction | None = None
    sure: float = 0.0
    words: tuple[EvidenceWords, ...] = ()
    rules: tuple[Rule, ...] = ()


def suggest_kind(
    citations: Sequence[Citation], statements: Mapping[str, Statement], topic: str = "", language: str = "en"
) -> Suggestion:
    """Suggests the kind of position that the citations of a cell show: that of the first which takes a direction.

    Args:
        citations: Newest first, so that the latest position decides; what groups said for a party comes last.
        statements: The stored statements by id; they map the words of a quotation to its source.
        topic: Topic words. Sentences that name the topic count for more than their neighbours; what is in another
            language takes no position on a topic that it does not name, since there meaning alone is less sure.
        language: Of the topic words.

    Returns:
        `no_position` without words where there are no citations, or they show nothing.
    """
    suggestions = [_suggest(citation, statements[citation.statement_id], topic, language) for citation in citations]
    first = Suggestion(kind="no_position")
    return next(
        (each for each in suggestions if each.direction not in (None, "mentions")),
        next((each for each in suggestions if each.kind != "no_position"), (*suggestions, first)[0]),
    )


def _suggest(citation: Citation, statement: Statement, topic: str, language: str) -> Suggestion:
    spans = read_span(citation.quote, topic_in(topic, language, citation.language), citation.language)
    decisive = decisive_of([read for _, read in spans])
    named = not topic or citation.language == language or any(read.names_topic for _, read in spans)
    if decisive is None or decisive.reading == "reported" or citation.quoting or not named:
        return Suggestion(kind="no_position")
    kinds, shown = _KINDS_OF[decisive.reading], kind_of(decisive.marks)
    kind = shown if shown in kinds else kinds[0]
    start = next(offset for offset, read in spans if read is decisive)
    marks = [mark for mark in decisive.marks if mark.kind == kind]
    words = [_words(mark.start + start, mark.end + start, kind, citation, statement) for mark in marks]
    if not words and kind != "no_position":
        end = next((offset for offset, _ in spans if offset > start), len(citation.quote))
        words = [_words(start, start + len(citation.quote[start:end].rstrip()), kind, citation, statement)]
    return Suggestion(
        kind=kind,
        direction=decisive.reading,
        sure=decisive.attitude,
        words=tuple(words),
        rules=tuple(mark.rule for mark in marks),
    )


def _words(start: int, end: int, kind: PositionKind, citation: Citation, statement: Statement) -> EvidenceWords:
    """Returns the words at `[start, end)` of a quotation with their offsets in the statement's source."""
    edits = tuple(
        Edit(start=edit.start - citation.start, end=edit.end - citation.start, text=edit.text, kind=edit.kind)
        for edit in statement.edits
        if citation.start <= edit.start < citation.end and citation.start < edit.end <= citation.end
    )
    readable = ReadableText(source=citation.source_quote, edits=edits)
    first, last = readable.to_source_span(start, end)
    return EvidenceWords(
        citation=citation.number,
        start=citation.start + first,
        end=citation.start + last,
        text=citation.quote[start:end],
        kind=kind,
    )
