"""An intervention, one speaker's part of a record, and the turn of a speaker that it is made from."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from ingest.report import listed
from ingest.text.whole_quotations import begins_in_lower_case
from vectorstore.records import SpeakerRole

# Why the speaker after a name is unknown.
MAY_BE_SEVERAL: Final = "{!r} may be several parties"
IN_LIST_OR_TABLE: Final = "{!r} stands in a list or table"


@dataclass(frozen=True, kw_only=True)
class Intervention:
    """One speaker's part of a record."""

    start: int
    """Offset of its first word; where the speaker's own words follow a name, after the name."""
    end: int
    """Offset after its last word."""
    role: SpeakerRole
    """As in `vectorstore.records.StatementSpan`."""
    named: str
    """How the record names the speaker, in one line."""
    summarised: bool
    """Whether the record tells in its own words what was said."""
    clause: str = ""
    """The text on the speaker between their name and the words: "speaking on behalf of …"."""
    state: str | None = None
    """Code of the party whose delegate speaks; None unless the role is `party`."""
    group: str | None = None
    """Code of the group that it speaks for, or its name as written where no lookup knows it."""
    states: tuple[str, ...] = ()
    """Codes of the States that it names one by one as those it speaks for, or that join the group."""
    speaker: str | None = None
    """The delegate, as the record names them; None under a heading by State."""
    date: str | None = None
    """The day that the heading of a section gives; None if it gives none."""
    agenda_item: str | None = None
    """The heading of the agenda item under which it stands, as written."""
    reason: str | None = None
    """Why the speaker is unknown, as a message to people; None otherwise."""
    interruptions: tuple[tuple[int, int], ...] = ()
    """Spans inside it that are the record's text, not the speaker's: "Mr. Oram took the Chair."."""

    @property
    def is_section(self) -> bool:
        """Whether it stands under a heading by State, without a delegate."""
        return self.speaker is None and not self.summarised


@dataclass(frozen=True, kw_only=True)
class SpeakerTurn:
    """A turn: offset of its speaker line, its intervention, the numbering (`mark`) of a heading, and its latest end."""

    start: int
    words: Intervention
    mark: str | None = None
    end: int | None = None


def of_unknown(named: str, start: int, reason: str = "") -> Intervention:
    """Returns the intervention of an unknown speaker, still without an end; by default, no lookup knows the name."""
    reason = reason or f"{named!r} names nobody that is known"
    return Intervention(start=start, end=start, role="unknown", named=named, summarised=False, reason=reason)


def of_party(words: Intervention, *codes: str) -> Intervention:
    """Returns words as those of a party, or of several that hold them together."""
    return replace(words, role="party", state=codes[0], states=codes[1:] and codes, reason=None)


def record_report(interventions: Sequence[Intervention], text: str) -> str:
    """Returns a line on a record: who speaks, which speakers are unknown, and whose first words may be missing."""
    if not interventions:
        return "a record in which no speaker was found: kept, but attributed to nobody"
    counts = Counter(item.group or item.state for item in interventions if item.role == "party")
    known = ", ".join(f"{code} {count}" if count > 1 else str(code) for code, count in counts.items())
    many = f"{len(interventions)} intervention{'s' if len(interventions) > 1 else ''}"
    parts = [f"a record of {many}" + (f": {known}" if known else "")]
    if offices := sum(item.role == "office" for item in interventions):
        parts.append(f"Chair or Secretariat {offices}, nobody's position")
    if reasons := list(dict.fromkeys(item.reason for item in interventions if item.reason)):
        parts.append(f"attributed to nobody: {listed(reasons)} (set their States, or add names to parties.csv)")
    with_own_words = (item for item in interventions if item.role == "party" and not item.summarised)
    if cut := [item.named for item in with_own_words if begins_in_lower_case(text[item.start : item.end])]:
        parts.append(f"begins in lower case, so that words may be missing: {listed(cut)}")
    return "; ".join(parts)
