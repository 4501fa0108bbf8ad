"""Superseding: which citations a later one of the same party supersedes, and which are merely earlier.

"Drelnia is not in favour of new protocols." [2] of 2020 is superseded by [1] of 2024, "Drelnia now supports …". Which
direction is sure, `cited_direction.py` decides, and in briefings `app/briefing/cell_suggestion.py`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from app.answering.cited_direction import CitedDirection
from app.records import Citation
from app.retrieval.chronology import made_before


def with_superseding(
    citations: Sequence[Citation], directions: Mapping[int, CitedDirection], asked: Collection[str] = ()
) -> tuple[Citation, ...]:
    """Returns citations, each with the number of the latest citation that supersedes it, if any.

    A citation is superseded by one of the same party (`of_same_party`, with the parties `asked` about) that was
    certainly made later and takes another direction; both directions must be sure.
    """
    sure = [citation for citation in citations if directions[citation.number].sure]

    def later(citation: Citation) -> int | None:
        if citation not in sure:
            return None
        newer = [
            other
            for other in sure
            if of_same_party(citation, other, asked)
            and directions[other.number].direction != directions[citation.number].direction
            and made_before(citation, other)
        ]
        return next((each.number for each in newer if not any(made_before(each, other) for other in newer)), None)

    return tuple(replace(citation, superseded_by=later(citation)) for citation in citations)


def earlier_than_latest(citations: Sequence[Citation], asked: Collection[str] = ()) -> frozenset[int]:
    """Returns the numbers of the citations for which a later statement of the same party is also cited."""
    return frozenset(
        citation.number
        for citation in citations
        if any(of_same_party(citation, other, asked) and made_before(citation, other) for other in citations)
    )


def of_same_party(earlier: Citation, later: Citation, asked: Collection[str]) -> bool:
    """Returns whether a later citation is held by all parties for which an earlier one is cited.

    Those are the holders of the earlier one that are asked about, else all of them: a State revises a joint statement
    only for itself.
    """
    cited_for = set(earlier.holders).intersection(asked) or set(earlier.holders)
    return bool(cited_for) and cited_for <= set(later.holders)
