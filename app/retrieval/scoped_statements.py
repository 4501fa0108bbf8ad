"""Scope filters over statements: those of the parties asked about, and those of groups that spoke for them.

"What did Arvandia say in 2019?" holds Arvandia's statements of 2019, and beside them those of a group of which Arvandia
was a member then, or with whose statement its own aligned itself.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.records import Interval, Pick, Scope
from ingest.language.dates import interval
from ingest.parties.party_table import PartyTable
from ingest.parties.regions import members_of, regions
from vectorstore.catalogue import Catalogue
from vectorstore.records import Metadata, ScopeFilter, StatementSummary, UnreadableFile


@dataclass(frozen=True, kw_only=True)
class GroupStatements:
    """Statements of a group, with the States asked about for which it spoke in them.

    Attributes:
        aligned: These States were no members: their own statement of that occasion aligned itself with the group's.
    """

    group: str
    members: tuple[str, ...]
    aligned: bool
    statements: tuple[StatementSummary, ...]


class ScopedStatements:
    """Applies the filters of a scope to the catalogue."""

    def __init__(self, catalogue: Catalogue, scope: Scope) -> None:
        self._catalogue = catalogue
        self._scope = scope

    def of(self, codes: Sequence[str]) -> tuple[StatementSummary, ...]:
        """Returns the statements in scope of these parties, by party and date; of all parties when none is given."""
        found = self._filtered(codes)
        return _picked(found, self._scope.pick) if self._scope.pick else found

    def of_groups(self, states: Sequence[str], parties: PartyTable) -> tuple[GroupStatements, ...]:
        """Returns the statements in scope of groups that spoke for these States.

        A group speaks for its members at the date of its statement, and for a State whose own statement of the same
        occasion aligns itself with it. Beside a State's own latest or earliest statement no group is looked for.
        """
        if not states or (self._scope.pick and self._filtered(states)):
            return ()
        aligned = self._aligned(states)
        found: dict[tuple[str, tuple[str, ...], bool], list[StatementSummary]] = {}
        for summary in self._filtered((), of_groups=True):
            group = summary.metadata.on_behalf_of
            if group is None:
                continue
            current = parties.members(group, summary.metadata.date)
            members = tuple(s for s in states if s in current)
            others = tuple(
                s
                for s in states
                if s not in current and any(same_occasion(o, summary.metadata) for o in aligned.get((s, group), ()))
            )
            for spoken_for, by_alignment in ((members, False), (others, True)):
                if spoken_for:
                    found.setdefault((group, spoken_for, by_alignment), []).append(summary)
        return tuple(
            GroupStatements(
                group=group,
                members=spoken_for,
                aligned=by_alignment,
                statements=_picked(own, self._scope.pick) if self._scope.pick else tuple(own),
            )
            for (group, spoken_for, by_alignment), own in found.items()
        )

    def _aligned(self, states: Sequence[str]) -> Mapping[tuple[str, str], list[Metadata]]:
        """Returns where each State's statements align themselves with a group, by State and group."""
        own = {summary.statement_id: summary.metadata for summary in self._filtered(states)}
        aligned: dict[tuple[str, str], list[Metadata]] = {}
        for mention in self._catalogue.mentions(list(own), "alignment"):
            metadata = own[mention.sentence.statement_id]
            aligned.setdefault((metadata.state or "", mention.value), []).append(metadata)
        return aligned

    def _filtered(self, codes: Sequence[str], *, of_groups: bool = False) -> tuple[StatementSummary, ...]:
        scope = self._scope
        wanted = ScopeFilter(
            parties=tuple(codes),
            bodies=scope.bodies,
            sessions=scope.sessions,
            years=tuple(int(year) for year in scope.years),
            months=scope.months,
            agenda_items=scope.agenda_items,
            of_groups=of_groups,
        )
        found = self._in_time(self._catalogue.summaries(wanted))
        if not scope.agenda_items:
            return found
        # A statement that names the item in its text counts for it as well, whatever its metadata say.
        others = self._in_time(self._catalogue.summaries(replace(wanted, agenda_items=())))
        ids = [summary.statement_id for summary in others]
        mentions = self._catalogue.mentions(ids, "agenda_item", values=scope.agenda_items)
        naming = {mention.sentence.statement_id for mention in mentions}
        listed = {summary.statement_id for summary in found}
        return tuple(s for s in others if s.statement_id in listed or s.statement_id in naming)

    def _in_time(self, statements: Sequence[StatementSummary]) -> tuple[StatementSummary, ...]:
        """Keeps the statements that may have been made within the interval asked about; all without one."""
        if self._scope.interval is None:
            return tuple(statements)
        made = ((summary, _days(summary.metadata)) for summary in statements)
        return tuple(summary for summary, days in made if days and _within(days, self._scope.interval))


def unreadable_in_scope(
    files: Iterable[UnreadableFile], scope: Scope, parties: PartyTable, *, nameless: bool = False
) -> tuple[str, ...]:
    """Returns the names of files that could not be read and that a scope may hold, with pages where some could be.

    What a file's name or its row of the manifest tells can take it out of the scope. A file of an unknown State belongs
    to a question on certain States only if something else of it is known and fits: "scan3.pdf" is not Arvandia's. With
    `nameless` it belongs to every one: whoever briefs on Arvandia has to look into it.
    """
    return tuple(_shown(file) for file in files if _may_hold(scope, file.metadata, parties, nameless=nameless))


def _within(days: tuple[date, date], wanted: Interval) -> bool:
    """Returns whether days may lie in an interval asked about."""
    # ISO dates compare as text: a day is in "2018-10" or before it by as many characters as these.
    first, last = (end or "" for end in wanted)
    return str(days[1])[: len(first)] >= first and (not last or str(days[0])[: len(last)] <= last)


def _may_hold(scope: Scope, known: Metadata, parties: PartyTable, *, nameless: bool) -> bool:
    days = _days(known)
    years = {str(year) for year in range(days[0].year, days[1].year + 1)} if days else set()
    fits = [
        bool(told.intersection(wanted))
        for told, wanted in (
            ({known.body}, scope.bodies),
            ({known.session}, scope.sessions),
            (years, [str(year) for year in scope.years]),
        )
        if wanted and told - {None}
    ]
    if days and scope.interval is not None:
        fits.append(_within(days, scope.interval))
    if not all(fits) or known.state in scope.excluded:
        return False
    asked = {*scope.states, *scope.groups}
    if scope.members_of:
        asked |= members_of(scope.members_of, parties, known.date)
    if not asked:
        return True
    return known.state in asked if known.state else nameless or bool(fits)


def _shown(file: UnreadableFile) -> str:
    pages = ", ".join(map(str, file.pages))
    return f"{file.file} ({'page' if len(file.pages) == 1 else 'pages'} {pages})" if pages else file.file


def by_party(statements: Iterable[StatementSummary], asked: Collection[str] = ()) -> dict[str, list[StatementSummary]]:
    """Groups statements by who holds them; those of nobody are left out.

    A joint statement is under whoever delivered it, and under each of its other holders that is asked about.
    """
    grouped: dict[str, list[StatementSummary]] = {}
    for summary in statements:
        state, *others = summary.metadata.holders or (None,)
        own = [code for code in others if code in asked]
        if state is not None and (not own or state in asked):
            own.append(state)
        for code in own:
            grouped.setdefault(code, []).append(summary)
    return grouped


def of_asked(
    statements: Iterable[StatementSummary], asked: Collection[str], sets: Collection[str], parties: PartyTable
) -> tuple[StatementSummary, ...]:
    """Returns the statements of the parties asked and of members, when they spoke, of these regions and groups."""
    statements = tuple(statements)
    members = {date: members_of(sets, parties, date) for date in {s.metadata.date for s in statements}}
    return tuple(
        s for s in statements if any(code in asked or code in members[s.metadata.date] for code in s.metadata.holders)
    )


def without(
    statements: Iterable[StatementSummary], excluded: Collection[str], asked: Collection[str], parties: PartyTable
) -> tuple[StatementSummary, ...]:
    """Leaves out the statements of these parties, and of members, when they spoke, of these regions and groups.

    Whoever is asked about by name stays: "Iceland, without the Nordic countries" leaves out what these said together.
    """
    statements = tuple(statements)
    if not excluded:
        return statements
    sets = [code for code in excluded if code in regions() or parties.has_members(code)]
    gone = {
        date: {*excluded, *(members_of(sets, parties, date) if sets else ())}
        for date in {s.metadata.date for s in statements}
    }
    return tuple(s for s in statements if s.metadata.state in asked or s.metadata.state not in gone[s.metadata.date])


def same_occasion(one: Metadata, other: Metadata) -> bool:
    """Returns whether two statements were made at one occasion: one session of one body, or days in common."""
    if one.body and other.body and one.body != other.body:
        return False
    if one.session and other.session:
        return one.session == other.session
    days, others = _days(one), _days(other)
    return days is not None and others is not None and days[0] <= others[1] and others[0] <= days[1]


def _picked(statements: Sequence[StatementSummary], pick: Pick) -> tuple[StatementSummary, ...]:
    """Keeps of each party its latest statements, or its earliest: those that no other is certainly after, or before.

    Those that say nothing of when they were made stay only where all are so.
    """
    kept: list[StatementSummary] = []
    for own in by_party(statements).values():
        timed = [s for s in own if _days(s.metadata) or s.metadata.session] or own
        for summary in timed:
            beyond = (
                made_before(summary.metadata, other.metadata)
                if pick == "latest"
                else made_before(other.metadata, summary.metadata)
                for other in timed
            )
            if not any(beyond):
                kept.append(summary)
    return tuple(kept)


def made_before(one: Metadata, other: Metadata) -> bool:
    """Returns whether a statement was certainly made before another: by their days, else by sessions of one body."""
    days, others = _days(one), _days(other)
    if days and others:
        return days[1] < others[0]
    numbers = (one.session or "", other.session or "")
    return one.body == other.body and all(n.isdigit() for n in numbers) and int(numbers[0]) < int(numbers[1])


def recency(metadata: Metadata) -> tuple[date, int]:
    """Returns a key that sorts statements by when they were made, oldest first; those without a date come first."""
    days, session = _days(metadata), metadata.session or ""
    return (days[1] if days else date.min, int(session) if session.isdigit() else 0)


def _days(metadata: Metadata) -> tuple[date, date] | None:
    return interval(metadata.date) if metadata.date else None
