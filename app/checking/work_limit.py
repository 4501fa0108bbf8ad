"""Limits on the work of a check, counted in units and not in time, so that the same draft always gives the same report.

A unit is one character of stored text that is searched; fuzzy matching is charged the equivalent. A million units take
about a millisecond. The report says what a limit left undone.
"""

from dataclasses import dataclass
from typing import Final

MILLION: Final = 1_000_000
# Units charged for reading the attribution of one quotation.
READING: Final = 10 * MILLION


@dataclass(frozen=True, kw_only=True)
class CheckLimits:
    """How much work a check does at most."""

    quotation: int = 2_000
    """Millions of units for fuzzy matching of one quotation."""
    document: int = 60_000
    """Millions of units for one document."""
    longest: int = 20_000
    """Characters of a quotation; a longer one is matched exactly only, without fuzzy matching."""


@dataclass
class WorkDone:
    """The work of one check; whoever works adds its units to `done`."""

    limits: CheckLimits
    done: int = 0

    @property
    def spent(self) -> bool:
        """Whether the document's limit is reached."""
        return self.done >= self.limits.document * MILLION
