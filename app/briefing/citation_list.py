"""The citation list of a briefing: one number for each cited span, whichever part of the briefing cites it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache

from app.answering.citations import cite, contains
from app.answering.verify_citations import verify_citation
from app.records import Citation, Sources
from vectorstore.catalogue import Catalogue
from vectorstore.records import Sentence, Statement


class CitationList:
    """Numbers citations from 1 in the order in which they are first added.

    `statement` returns a stored statement and `sentences` its sentences, each of which is read once.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.sentences: Callable[[str], tuple[Sentence, ...]] = cache(catalogue.sentences)
        self.statement: Callable[[str], Statement] = cache(lambda key: catalogue.statements([key])[key])
        self._numbers: dict[tuple[str, int, int], int] = {}
        self._citations: list[Citation] = []

    def add(self, citation: Citation) -> int:
        """Returns the number of a citation; the same span of a statement has one number."""
        place = (citation.statement_id, citation.start, citation.end)
        if place not in self._numbers:
            self._numbers[place] = len(self._citations) + 1
            self._citations.append(replace(citation, number=self._numbers[place]))
            self.statement(citation.statement_id)
        return self._numbers[place]

    def get(self, number: int) -> Citation:
        """Returns a citation by its number."""
        return self._citations[number - 1]

    def all(self) -> tuple[Citation, ...]:
        """Returns all citations by number."""
        return tuple(self._citations)


def quoted_with(shown: Sequence[Citation], cited: Iterable[Citation], sources: Sources) -> list[Citation]:
    """Returns the citations that a cell shows, in their places, with others added; overlapping spans become one."""
    quoted = list(shown)
    for citation in cited:
        overlapping = [other for other in quoted if overlap(other, citation)]
        whole = _union((*overlapping, citation), sources)
        if not overlapping or whole is None:
            quoted.append(citation)
            continue
        place = quoted.index(overlapping[0])
        quoted = [other for other in quoted if other not in overlapping]
        quoted.insert(place, whole)
    return quoted


def overlap(one: Citation, other: Citation) -> bool:
    """Returns whether two citations share words of a statement."""
    return one.statement_id == other.statement_id and one.start < other.end and other.start < one.end


def _union(citations: Sequence[Citation], sources: Sources) -> Citation | None:
    """Returns one citation that covers overlapping ones; None if it fails verification against its statement."""
    for citation in citations:
        if all(contains(citation, other) for other in citations):
            return citation
    statement_id = citations[0].statement_id
    ordinals = [identifier.ordinal for c in citations for identifier in c.sentence_ids]
    statement = sources.statements[statement_id]
    whole = cite(statement, sources.sentences[statement_id], range(min(ordinals), max(ordinals) + 1), 0)
    return whole if verify_citation(whole, statement) == "verified" else None
