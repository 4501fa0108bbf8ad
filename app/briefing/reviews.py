"""Reviews: people's decisions on cells, kept in the store by a key of the cell's evidence.

A review applies as long as the cell has the same quotations; with other evidence the suggestion is in force again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Final, cast, get_args

from app.briefing.cells import Review, ReviewState
from app.errors import BriefingError
from app.retrieval.positions.position_marks import KINDS, PositionKind
from vectorstore.catalogue import Catalogue

_LONGEST: Final = 2000  # characters of a note or a name


class ReviewBook:
    """The reviews of one store."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def of(self, keys: Sequence[str]) -> Mapping[str, Review]:
        """Returns the reviews of cells by their keys; cells without a review are missing."""
        return {key: Review(**stored) for key, stored in self._catalogue.reviews(keys).items()}

    def keep(self, key: str, state: str, *, kind: str | None = None, note: str = "", reviewer: str = "") -> Review:
        """Keeps a decision on a cell (see `Review`), with a note in a line, in place of an earlier one.

        A state or kind that is unknown, and `changed` without a kind, is a BriefingError.
        """
        if not key:
            raise BriefingError("no cell is named: make the briefing again and choose a cell of it")
        if state not in get_args(ReviewState):
            raise BriefingError(f"unknown review state {state!r}: use {', '.join(get_args(ReviewState))}")
        if kind is not None and kind not in KINDS:
            raise BriefingError(f"unknown kind of position {kind!r}: use {', '.join(KINDS)}")
        if state != "rejected" and kind is None:
            raise BriefingError(f"the kind that holds is not named: use {', '.join(KINDS)}")
        review = Review(
            state=cast(ReviewState, state),
            kind=None if state == "rejected" else cast(PositionKind, kind),
            note=" ".join(note.split())[:_LONGEST],
            reviewer=" ".join(reviewer.split())[:_LONGEST],
            at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        self._catalogue.record_review(key, asdict(review))
        return review

    def forget(self, key: str) -> None:
        """Deletes the decision on a cell, so that the suggestion is in force again."""
        self._catalogue.forget_review(key)
