"""How much comparing a check may do: counted, so that the same draft always gives the same report.

A unit is a character of stored text that is searched; likeness counts by what it takes beside that. A million units are
about a millisecond. What a limit leaves undone is said in the report.
"""

from dataclasses import dataclass
from typing import Final

MILLION: Final = 1_000_000
# What it takes to read who is said to have spoken one quotation.
READING: Final = 10 * MILLION


@dataclass(frozen=True, kw_only=True)
class CheckLimits:
    """How much work a check does at most."""

    quotation: int = 2_000
    """Millions of units for the likeness of one quotation."""
    document: int = 60_000
    """Millions of units for one document."""
    longest: int = 20_000
    """Characters of a quotation; a longer one is looked for as it is, without likeness."""


class WorkDone:
    """The work of one check."""

    def __init__(self, limits: CheckLimits) -> None:
        self.limits = limits
        self.done = 0

    @property
    def spent(self) -> bool:
        """Whether the document's limit is reached."""
        return self.done >= self.limits.document * MILLION

    def add(self, units: int) -> None:
        """Counts work that was done."""
        self.done += units
