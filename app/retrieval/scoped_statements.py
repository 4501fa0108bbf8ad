"""Scope filters over statements: those of the parties asked about, and those of groups that spoke for them.

"What did Arvandia say in 2019?" selects Arvandia's statements of 2019, and separately those of groups of which Arvandia
was a member then, or with whose statement its own statement aligned itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, partial

from app.records import Interval, Pick, Scope
from app.retrieval.chronology import days_of, made_before, same_occasion
from app.retrieval.party_evidence import PartyEvidence
from ingest.parties.party_table import PartyTable
from ingest.parties.regions import members_of
from vectorstore.catalogue import Catalogue
from vectorstore.records import Metadata, ScopeFilter, StatementSummary, UnreadableFile


class ScopedStatements:
    """Applies the filters of a scope to the catalogue.

    The parties asked about are those named, and the members of the scope's regions and groups at the date of a
    statement, without the excluded ones. With `all_versions`, versions that a later one corrects are kept. With
    `of_members_together`, what a group says for its members counts as theirs: "the members of the Forum rescued". Of
    persons (`speakers`), only the statements that name one of them as their speaker are kept.
    """

    def __init__(
        self, catalogue: Catalogue, scope: Scope, parties: PartyTable, *,
        all_versions: bool = False, of_members_together: bool = False, speakers: Sequence[str] = (),
    ) -> None:  # fmt: skip
        self._catalogue = catalogue
        self._scope = scope
        self._parties = parties
        self._speakers = speakers
        self._codes = {*scope.named_parties, *(scope.members_of if of_members_together else ())}
        self._revised, self._all_versions = catalogue.families.revised(), all_versions
        # Cached by day, since many statements were made on the same day.
        self._members = cache(partial(members_of, scope.members_of, parties))
        self._gone = cache(lambda day: {*scope.excluded, *members_of(scope.excluded, parties, day)})

    def of(self, codes: Sequence[str]) -> tuple[StatementSummary, ...]:
        """Returns the statements in scope of these parties, by party and date; of all parties when none is given.

        Versions that a later one in scope corrects are not among them.
        """
        in_scope = tuple(summary for summary in self._current(codes) if self._keeps(summary.metadata))
        if not self._scope.pick:
            return in_scope
        picked = {summary.statement_id for own in self.by_party(in_scope).values() for summary in own}
        return tuple(summary for summary in in_scope if summary.statement_id in picked)

    def corrected(self, codes: Sequence[str]) -> tuple[StatementSummary, ...]:
        """Returns the versions that a later one in scope corrects: "Statement" beside "Statement (Rev. 1)"."""
        filtered = self._filtered(codes) if self._revised else ()
        held = {summary.document_id for summary in filtered}
        return tuple(s for s in filtered if self._revised.get(s.document_id) in held and self._keeps(s.metadata))

    def by_party(self, statements: Iterable[StatementSummary]) -> dict[str, list[StatementSummary]]:
        """Groups statements by their holders asked about; with a pick, each holder has its own latest or earliest.

        Statements without a holder are left out.
        """
        grouped: dict[str, list[StatementSummary]] = {}
        for summary in statements:
            for code in self._holders(summary.metadata):
                grouped.setdefault(code, []).append(summary)
        return {code: picked(own, self._scope.pick) for code, own in grouped.items()}

    def of_groups(self, states: Sequence[str]) -> tuple[PartyEvidence, ...]:
        """Returns the groups that spoke for these States, except groups asked about, with statements to be searched.

        A group speaks for its members at the date of its statement, and for a State whose own statement of the same
        occasion aligns itself with it. With a pick, a State that has a statement of its own gets no groups.
        """
        if self._scope.pick and states:
            spoke = self.by_party(self._current(states))
            states = [state for state in states if state not in spoke]
        if not states:
            return ()
        aligned = self._aligned(states)
        by_group: dict[tuple[str, tuple[str, ...], bool], list[StatementSummary]] = {}
        for summary in self._current((), of_groups=True):
            group = summary.metadata.on_behalf_of
            if group is None or group in (*self._scope.groups, *self._scope.excluded):
                continue
            current = self._parties.members(group, summary.metadata.date)
            # A State that holds the statement beside the group has it among its own.
            members = tuple(s for s in states if s in current and s not in summary.metadata.holders)
            others = tuple(
                s
                for s in states
                if s not in current and any(same_occasion(o, summary.metadata) for o in aligned.get((s, group), ()))
            )
            for spoke_for, by_alignment in ((members, False), (others, True)):
                if spoke_for:
                    by_group.setdefault((group, spoke_for, by_alignment), []).append(summary)
        return tuple(
            PartyEvidence(
                party=group, statements=tuple(picked(own, self._scope.pick)), spoke_for=spoke_for, aligned=by_alignment
            )
            for (group, spoke_for, by_alignment), own in by_group.items()
        )

    def _holders(self, metadata: Metadata) -> tuple[str, ...]:
        """Returns the parties to show a statement under: its holders asked about, else all that are not excluded.

        A joint statement is the position of each State that holds it, whoever delivered it: "all States but France" has
        what France said with Kenya under Kenya. A party that is named stays: "Iceland, without the Nordic countries".
        """
        holders, members = self._not_excluded(metadata), self._members(metadata.date)
        return tuple(code for code in holders if code in self._codes or code in members) or holders

    def _keeps(self, metadata: Metadata) -> bool:
        """Returns whether a holder is not excluded (and named or a member, if members are asked); True without any."""
        if self._speakers and metadata.speaker not in self._speakers:
            return False
        holders = self._not_excluded(metadata)
        if self._scope.members_of:
            members = self._members(metadata.date)
            return any(code in self._codes or code in members for code in holders)
        return bool(holders) or not metadata.holders

    def _not_excluded(self, metadata: Metadata) -> tuple[str, ...]:
        excluded = self._gone(metadata.date)
        return tuple(code for code in metadata.holders if code in self._codes or code not in excluded)

    def _aligned(self, states: Sequence[str]) -> Mapping[tuple[str, str], list[Metadata]]:
        """Returns the metadata of the statements that align themselves with a group, by State and group."""
        own = {summary.statement_id: summary.metadata for summary in self._current(states)}
        aligned: dict[tuple[str, str], list[Metadata]] = {}
        for mention in self._catalogue.mentions(list(own), "alignment"):
            metadata = own[mention.sentence.statement_id]
            aligned.setdefault((metadata.state or "", mention.value), []).append(metadata)
        return aligned

    def _current(self, codes: Sequence[str], *, of_groups: bool = False) -> tuple[StatementSummary, ...]:
        """Returns the statements in scope without the versions that a later one in scope corrects."""
        filtered = self._filtered(codes, of_groups=of_groups)
        if self._all_versions or not self._revised:
            return filtered
        held = {summary.document_id for summary in filtered}
        return tuple(s for s in filtered if self._revised.get(s.document_id) not in held)

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
        filtered = self._in_time(self._catalogue.summaries(wanted))
        if not scope.agenda_items:
            return filtered
        # A statement that names the item in its text counts for it as well, whatever its metadata say.
        others = self._in_time(self._catalogue.summaries(replace(wanted, agenda_items=())))
        ids = [summary.statement_id for summary in others]
        mentions = self._catalogue.mentions(ids, "agenda_item", values=scope.agenda_items)
        naming = {mention.sentence.statement_id for mention in mentions}
        listed = {summary.statement_id for summary in filtered}
        return tuple(s for s in others if s.statement_id in listed or s.statement_id in naming)

    def _in_time(self, statements: Sequence[StatementSummary]) -> tuple[StatementSummary, ...]:
        """Keeps the statements that may have been made within the interval asked about; all without one."""
        if self._scope.interval is None:
            return tuple(statements)
        dated = ((summary, days_of(summary.metadata)) for summary in statements)
        return tuple(summary for summary, days in dated if days and _within(days, self._scope.interval))


def picked(own: Sequence[StatementSummary], pick: Pick | None) -> list[StatementSummary]:
    """Returns the latest of some statements (those that no other certainly follows), or likewise the earliest ones.

    Those of unknown date and session are returned only if all are unknown. Without a pick all are returned.
    """
    if pick is None:
        return list(own)
    timed = [s for s in own if days_of(s.metadata) or s.metadata.session] or own
    ordered = (lambda one, other: made_before(other, one)) if pick == "earliest" else made_before
    return [s for s in timed if not any(ordered(s.metadata, other.metadata) for other in timed)]


def unreadable_in_scope(
    files: Iterable[UnreadableFile], scope: Scope, parties: PartyTable, *, nameless: bool = False
) -> tuple[str, ...]:
    """Returns the names of unreadable files that may belong to a scope, with the unreadable pages if only some are.

    Metadata from a file's name or manifest row can rule it out. A file of an unknown State belongs to a question on
    certain States only if other metadata are known and fit: "scan3.pdf" does not count as Arvandia's. With `nameless`
    it belongs to every question, since whoever briefs on Arvandia has to look into it.
    """
    return tuple(_shown(file) for file in files if _may_hold(scope, file.metadata, parties, nameless=nameless))


def _within(days: tuple[date, date], wanted: Interval) -> bool:
    """Returns whether days may lie in an interval asked about."""
    # ISO dates compare as text: a day is compared with "2018-10" by the first seven characters.
    first, last = (end or "" for end in wanted)
    return str(days[1])[: len(first)] >= first and (not last or str(days[0])[: len(last)] <= last)


def _may_hold(scope: Scope, known: Metadata, parties: PartyTable, *, nameless: bool) -> bool:
    days = days_of(known)
    years = {str(year) for year in range(days[0].year, days[1].year + 1)} if days else set()
    fits = [
        bool(values.intersection(wanted))
        for values, wanted in (
            ({known.body}, scope.bodies),
            ({known.session}, scope.sessions),
            (years, [str(year) for year in scope.years]),
        )
        if wanted and values - {None}
    ]
    if days and scope.interval is not None:
        fits.append(_within(days, scope.interval))
    if not all(fits) or known.state in scope.excluded:
        return False
    asked = {*scope.named_parties}
    if scope.members_of:
        asked |= members_of(scope.members_of, parties, known.date)
    if not asked:
        return True
    return known.state in asked if known.state else nameless or bool(fits)


def _shown(file: UnreadableFile) -> str:
    pages = ", ".join(map(str, file.pages))
    return f"{file.file} ({'page' if len(file.pages) == 1 else 'pages'} {pages})" if pages else file.file
