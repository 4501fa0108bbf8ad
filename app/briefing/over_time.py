"""One party over time: its position at each statement, language that it repeats, and changes of position.

A change is reported only between two verified quotations, the earlier of which is certainly older: "supports" in 2016,
"opposes" in 2020.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from typing import Final

from app.answering.citations import cite
from app.briefing.cell_suggestion import SHOWN_MIN, suggest
from app.briefing.cells import Cell, Moment, PositionChange, Repetition, Subject
from app.briefing.citation_list import CitationList
from app.records import Citation
from app.retrieval.chronology import latest_first, made_before
from app.retrieval.positions.position_marks import PositionKind
from ingest.parties.party_table import PartyTable
from ingest.text.canonical_form import squash
from vectorstore.records import Sentence, StatementSummary

# Shorter sentences are formulas that recur by themselves: "I thank you, Mr. President."
_REPEATED_CHARS_MIN: Final = 40
# Kinds between which a change is reported; to propose or to report is no change of position.
_POSITIONS: Final[frozenset[PositionKind]] = frozenset(("supports", "opposes", "conditional"))


def moments_of(
    told: Sequence[tuple[Cell, Sequence[Citation]]], subject: Subject, citations: CitationList, parties: PartyTable
) -> tuple[Moment, ...]:
    """Returns the position of a party on a subject in each statement, by date; empty unless several have one.

    `told` has its cells, one for each session if the table is split by them, each with the strongest quotation of each
    statement, which counts for statements that the cell does not quote.
    """
    own = [citation for _, each in told for citation in each]
    if len(own) < 2:
        return ()
    quoted: dict[str, int] = {}
    for cell, _ in told:
        # Of one statement the strongest quotation is put last, so that it is the one kept.
        quoted |= {citations.get(n).statement_id: n for n in reversed(_strongest_first(cell))}
    by_date = reversed([*latest_first(reversed(own), lambda c: citations.statement(c.statement_id).metadata)])
    numbers = (quoted.get(citation.statement_id) or citations.add(citation) for citation in by_date)
    cell, _ = told[0]
    return tuple(_moment(cell, number, subject, citations, parties) for number in numbers)


def _strongest_first(cell: Cell) -> list[int]:
    showing = {number for number, each in cell.suggestions.items() if each.kind != "no_position"}
    return sorted(cell.citations, key=lambda number: number not in showing)


def _moment(cell: Cell, number: int, subject: Subject, citations: CitationList, parties: PartyTable) -> Moment:
    citation = citations.get(number)
    shown = suggest(citation, citations.statement(citation.statement_id), subject, parties)
    return Moment(
        party=cell.party, subject=cell.subject, citation=number, kind=shown.kind, outright=shown.attitude >= SHOWN_MIN
    )


def changes_of(
    moments: Sequence[Moment], subjects: Sequence[Subject], citations: CitationList
) -> tuple[PositionChange, ...]:
    """Returns the changes of position between consecutive moments of one party on one subject.

    On a harm, opposing it and supporting action against it are one position, and so no change.
    """
    harms = {subject.label for subject in subjects if subject.harm}

    def has_changed(earlier: Moment, later: Moment) -> bool:
        of_one = (earlier.party, earlier.subject) == (later.party, later.subject)
        older = made_before(citations.get(earlier.citation), citations.get(later.citation))
        same_on_harm = earlier.subject in harms and "conditional" not in (earlier.kind, later.kind)
        return of_one and older and earlier.kind != later.kind and not same_on_harm

    # Moments of one party on one subject stand side by side.
    telling = [moment for moment in moments if moment.kind in _POSITIONS and moment.outright]
    return tuple(
        PositionChange(
            party=earlier.party,
            subject=earlier.subject,
            earlier=earlier.citation,
            later=later.citation,
            earlier_kind=earlier.kind,
            later_kind=later.kind,
        )
        for earlier, later in pairwise(telling)
        if has_changed(earlier, later)
    )


def repetitions_of(
    cells: Sequence[Cell], searched: Sequence[StatementSummary], citations: CitationList
) -> tuple[Repetition, ...]:
    """Finds cited language that the same party read out again in another of the statements searched.

    Sentences count as the same where they are equal after `squash`; the run of such sentences is quoted from every
    statement that holds it.
    """
    statements_of: dict[str, list[StatementSummary]] = {}
    for summary in searched:
        for party in summary.metadata.holders:
            statements_of.setdefault(party, []).append(summary)
    found: dict[Repetition, None] = {}
    for party in dict.fromkeys(cell.party for cell in cells):
        own = statements_of.get(party, [])
        if len(own) < 2:
            continue
        places = _places(own, citations)
        for cell in (cell for cell in cells if cell.party == party):
            for number in cell.evidence:
                repeated = _repeated(citations.get(number), places, citations)
                if len(repeated) > 1:
                    numbers = tuple(citations.add(citation) for citation in repeated)
                    found[Repetition(party=party, subject=cell.subject, citations=numbers)] = None
    return tuple(found)


def _places(own: Sequence[StatementSummary], citations: CitationList) -> dict[str, list[Sentence]]:
    """Returns the sentences by their squashed text, those of one text in the order of their statements' dates."""
    places: dict[str, list[Sentence]] = {}
    for summary in sorted(own, key=lambda s: (s.metadata.date or "", s.statement_id)):
        for sentence in citations.sentences(summary.statement_id):
            words = squash(sentence.text)
            if len(words) >= _REPEATED_CHARS_MIN:
                places.setdefault(words, []).append(sentence)
    return places


def _repeated(citation: Citation, places: Mapping[str, Sequence[Sentence]], citations: CitationList) -> list[Citation]:
    """Returns one citation per statement of a citation's longest run of sentences that others repeat; empty without."""
    sentences = citations.sentences(citation.statement_id)
    own = [sentences[identifier.ordinal] for identifier in citation.sentence_ids]
    best: list[Citation] = []
    longest = 0
    for begin, end in combinations(range(len(own) + 1), 2):
        run = own[begin:end]
        starts = (s for s in places.get(squash(run[0].text), ()) if _goes_on(s, run, citations))
        first = {start.statement_id: start for start in reversed([*starts])}
        length = sum(len(sentence.text) for sentence in run)
        if len(first) > 1 and length > longest:
            longest = length
            best = [_cited(start, len(run), citations) for start in reversed(first.values())]
    return best


def _goes_on(start: Sentence, run: Sequence[Sentence], citations: CitationList) -> bool:
    there = citations.sentences(start.statement_id)[start.ordinal : start.ordinal + len(run)]
    return [squash(s.text) for s in there] == [squash(s.text) for s in run]


def _cited(start: Sentence, length: int, citations: CitationList) -> Citation:
    span = range(start.ordinal, start.ordinal + length)
    return cite(citations.statement(start.statement_id), citations.sentences(start.statement_id), span, 0)
