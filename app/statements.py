"""Which statements a scope holds: of the parties asked about, and of the groups that spoke for them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from app.answer import Pick, Scope
from ingest.annotate import AGENDA, ALIGNED
from ingest.parties import PartyTable
from vectorstore.catalogue import Catalogue
from vectorstore.records import ScopeFilter, StatementSummary


@dataclass(frozen=True, kw_only=True)
class GroupStatements:
    """Statements of a group, with the States asked about for which it spoke in them."""

    group: str
    members: tuple[str, ...] = ()
    statements: tuple[StatementSummary, ...] = ()


class ScopedStatements:
    """Applies the filters of a scope to the catalogue."""

    def __init__(self, catalogue: Catalogue, scope: Scope) -> None:
        self._catalogue = catalogue
        self._scope = scope

    def of(self, parties: Sequence[str]) -> tuple[StatementSummary, ...]:
        """Returns the statements in scope of these parties, by party and date; of all parties when none is given."""
        found = self._filtered(parties)
        return _picked(found, self._scope.pick) if self._scope.pick else found

    def of_groups(self, states: Sequence[str], parties: PartyTable) -> tuple["GroupStatements", ...]:
        """Returns the statements in scope of groups that spoke for these States.

        A group speaks for its members at the date of its statement, and for a State whose own statement in scope
        aligns itself with it.
        """
        if not states:
            return ()
        aligned = self._aligned(states)
        found: dict[str, GroupStatements] = {}
        for summary in self._filtered(()):
            group = summary.metadata.on_behalf_of
            if group is None:
                continue
            of_date = [s for s in states if group in parties.groups_of(s, summary.metadata.date)]
            members = [s for s in states if s != group and (s in of_date or group in aligned.get(s, ()))]
            if members:
                earlier = found.get(group, GroupStatements(group=group))
                found[group] = GroupStatements(
                    group=group,
                    members=tuple(dict.fromkeys((*earlier.members, *members))),
                    statements=(*earlier.statements, summary),
                )
        if self._scope.pick:
            return tuple(replace(g, statements=_picked(g.statements, self._scope.pick)) for g in found.values())
        return tuple(found.values())

    def _aligned(self, states: Sequence[str]) -> Mapping[str, frozenset[str]]:
        """Returns the groups with which the statements of each State align themselves."""
        own = {summary.statement_id: summary.metadata.state or "" for summary in self._filtered(states)}
        aligned: dict[str, set[str]] = {}
        for mention in self._catalogue.mentions(list(own), ALIGNED):
            aligned.setdefault(own[statement_of(mention.sentence_id)], set()).add(mention.article)
        return {state: frozenset(groups) for state, groups in aligned.items()}

    def _filtered(self, parties: Sequence[str]) -> tuple[StatementSummary, ...]:
        scope = self._scope
        wanted = ScopeFilter(
            parties=tuple(parties),
            bodies=scope.bodies,
            sessions=scope.sessions,
            years=tuple(int(year) for year in scope.years),
            months=scope.months,
            agenda_items=scope.agenda_items,
        )
        found = self._catalogue.summaries(wanted)
        if not scope.agenda_items:
            return found
        # A statement that names the item in its text stands under it as well, whatever its metadata say.
        others = self._catalogue.summaries(replace(wanted, agenda_items=()))
        mentions = self._catalogue.mentions([summary.statement_id for summary in others], AGENDA, scope.agenda_items)
        naming = {statement_of(mention.sentence_id) for mention in mentions}
        listed = {summary.statement_id for summary in found}
        return tuple(s for s in others if s.statement_id in listed or s.statement_id in naming)


def by_party(statements: Iterable[StatementSummary]) -> dict[str, list[StatementSummary]]:
    """Groups statements by who holds them; those of nobody are left out."""
    grouped: dict[str, list[StatementSummary]] = {}
    for summary in statements:
        if summary.metadata.state is not None:
            grouped.setdefault(summary.metadata.state, []).append(summary)
    return grouped


def _picked(statements: Sequence[StatementSummary], pick: Pick) -> tuple[StatementSummary, ...]:
    """Keeps, of each party, the statements of its latest or earliest day; undated ones only where none has a date."""
    kept: list[StatementSummary] = []
    for own in by_party(statements).values():
        choose = max if pick == "latest" else min
        dated = [summary for summary in own if _when(summary) != ("", 0)]
        wanted = choose((_when(summary) for summary in dated), default=None)
        kept += [summary for summary in own if wanted is None or _when(summary) == wanted]
    return tuple(kept)


def _when(summary: StatementSummary) -> tuple[str, int]:
    """Orders statements in time: by the last day that they give, then by the number of the session."""
    session = summary.metadata.session or ""
    return ((summary.metadata.date or "").rpartition("/")[2], int(session) if session.isdigit() else 0)


def statement_of(sentence_id: str) -> str:
    """Returns the id of the statement that a sentence belongs to."""
    return sentence_id.rpartition(":")[0]
