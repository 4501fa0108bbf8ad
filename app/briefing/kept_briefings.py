"""Kept briefings: each is stored as JSON in the tables of works, with its reviews and its edited cells."""

from dataclasses import replace
from functools import cache

from pydantic import TypeAdapter, ValidationError

from app.answering.recheck import Recheck
from app.briefing.cells import Briefing
from app.briefing.edit import recheck_briefing
from app.briefing.table_builder import Reviews
from app.desk.works import Works
from app.errors import WorkError

_WHOLE = 1  # the number of a briefing's only part


class KeptBriefings:
    """The kept briefings of one person; `recheck` returns kept citations as they hold now, `reviews` those of cells."""

    def __init__(self, works: Works, recheck: Recheck, reviews: Reviews) -> None:
        self.works = works
        self._recheck, self._reviews = recheck, reviews

    def keep(self, identifier: str | None, briefing: Briefing) -> str:
        """Keeps a briefing as it stands; returns its id, a new one where none is given."""
        if identifier is None:
            identifier = self.works.add("briefing", briefing.title)
        names = [briefing.names[code] for code in briefing.parties]
        labels = [subject.label for subject in briefing.subjects]
        self.works.put(identifier, _WHOLE, _adapter().dump_python(briefing, mode="json"), (*labels, *names))
        return identifier

    def open(self, identifier: str) -> Briefing:
        """Returns a kept briefing as it holds today, under the name that it has in the list.

        Raises:
            NotFoundError: There is none, or it is not this person's.
            WorkError: It was kept by another version, which wrote it differently.
        """
        parts, title = self.works.parts(identifier, "briefing"), self.works.get(identifier).title
        try:
            briefing = replace(_adapter().validate_python(parts.get(_WHOLE)), title=title)
        except ValidationError as exc:
            raise WorkError("this briefing was kept by another version: make it again") from exc
        return self.recheck(briefing)

    def recheck(self, briefing: Briefing) -> Briefing:
        """Returns a briefing that was made a while ago with citations and reviews of today; see `app.briefing.edit`."""
        briefing = recheck_briefing(briefing, self._recheck)
        reviews = self._reviews([cell.key for cell in briefing.cells])
        return replace(briefing, cells=tuple(replace(cell, review=reviews.get(cell.key)) for cell in briefing.cells))


@cache
def _adapter() -> TypeAdapter[Briefing]:
    return TypeAdapter(Briefing)
