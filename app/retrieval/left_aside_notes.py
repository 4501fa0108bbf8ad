"""Notes on statements that a search leaves aside: of nobody known, undated, or corrected by a later version.

"What did Arvandia say in 2020?" gets a note on a statement of Arvandia's without a date, which may be of that year.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from app.records import Note, Scope
from app.retrieval.chronology import days_of
from app.retrieval.party_evidence import PartyEvidence
from app.retrieval.scoped_statements import ScopedStatements
from ingest.parties.party_table import PartyTable
from prompts.wording import LANGUAGES
from vectorstore.catalogue import Catalogue
from vectorstore.records import Metadata, StatementSummary

# Texts without a known speaker in which the parties asked about are looked for, and files that a note names.
_UNATTRIBUTED_MAX: Final = 200
_FILES_NAMED_MAX: Final = 8


def left_aside_notes(
    scope: Scope,
    in_scope: Sequence[StatementSummary],
    of_parties: Sequence[StatementSummary],
    corrected: Sequence[StatementSummary],
    *,
    all_versions: bool,
) -> Iterator[Note]:
    """Yields notes on statements in scope of nobody known, on versions that others correct, and on undated ones.

    `of_parties` are all statements of the parties asked about, of which undated ones count where a time is asked for.
    `all_versions` tells whether those `corrected` by a later version in scope are searched all the same.
    """
    if unattributed := sum(not summary.metadata.holders for summary in in_scope):
        yield Note(kind="not_attributed", values={"count": unattributed})
    timed = scope.years or scope.months or scope.interval
    undated = [s for s in of_parties if timed and days_of(s.metadata) is None and _fits_venue(scope, s.metadata)]
    for kind, left in (("versions" if all_versions else "corrected", corrected), ("undated", undated)):
        if left:
            yield Note(kind=kind, values={"files": _files(left)})


def unattributed_notes(
    scope: Scope, evidence: Sequence[PartyEvidence], catalogue: Catalogue, parties: PartyTable
) -> Iterator[Note]:
    """Yields a note on the texts without a known speaker that name parties asked about of which nothing was found."""
    answering = {item.party for item in evidence if item.answers}
    silent = [code for code in (*scope.states, *scope.groups) if code not in answering]
    if not silent:
        return
    in_scope = ScopedStatements(catalogue, replace(scope, pick=None), parties).of(())
    names = {parties.display(code, language) for code in silent for language in LANGUAGES}
    nobodys = [s for s in in_scope if not s.metadata.holders and s.kind == "statement"][:_UNATTRIBUTED_MAX]

    def is_named(text: str) -> bool:
        lines = (line for line in text.splitlines() if any(name in line for name in names))
        return any({*silent} & {*match.codes} for line in lines for match in parties.find(line))

    texts = catalogue.statements([summary.statement_id for summary in nobodys])
    if naming := [s for s in nobodys if is_named(texts[s.statement_id].source_text)]:
        yield Note(kind="unattributed", values={"parties": tuple(silent), "files": _files(naming)})


def _fits_venue(scope: Scope, metadata: Metadata) -> bool:
    """Returns whether a statement may have been made in the bodies and sessions of a scope."""
    pairs = ((scope.bodies, metadata.body), (scope.sessions, metadata.session))
    return all(not wanted or known is None or known in wanted for wanted, known in pairs)


def _files(statements: Iterable[StatementSummary]) -> str:
    """Returns the names of the files of statements, the first ones of many."""
    files = [*dict.fromkeys(summary.file for summary in statements)]
    return ", ".join((*files[:_FILES_NAMED_MAX], *["…"] * (len(files) > _FILES_NAMED_MAX)))
