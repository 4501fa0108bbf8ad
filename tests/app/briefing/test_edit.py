"""Editing a briefing's quotations, and keeping the briefing."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from app.briefing.cells import Moment, Repetition, Review
from app.briefing.edit import add_quotation, drop_quotation, recheck_briefing
from app.briefing.kept_briefings import KeptBriefings
from app.desk.tables import open_tables
from app.desk.works import Works
from app.errors import NotFoundError
from app.export.briefing_lines import arrange
from app.records import Citation
from tests.cases import Cases
from tests.fakes_briefing import (
    ASSISTANCE,
    EXTRADITION,
    REJECTED,
    cell_of,
    fake_briefing,
    with_cells,
    worded_briefing,
)

cases = Cases(__file__)


def test_dropped_quotation_takes_its_point_and_its_review_with_it() -> None:
    review = Review(state="accepted", kind="supports", note="", reviewer="", at="")
    briefing = with_cells(fake_briefing(), "XAA", EXTRADITION, review=review)
    changed = drop_quotation(briefing, cell_of(briefing, "XAA").key, 1)
    new = cell_of(changed, "XAA")
    assert 1 not in new.citations and new.review is None and new.key != cell_of(briefing, "XAA").key
    assert all(words.citation != 1 for words in new.words)
    assert not [p for p in changed.points if (p.party, p.subject) == ("XAA", EXTRADITION) and 1 in p.citations]
    # What a document cites is numbered anew, without a gap.
    assert [c.number for c in arrange(changed).citations] == list(range(1, len(arrange(changed).citations) + 1))


@cases("dropped", "kind", "words", "superseded", tuples=True)
def test_kind_of_an_edited_cell_is_that_of_the_quotations_left(
    dropped: tuple[int, ...], kind: str, words: tuple[int, ...], superseded: dict[int, int]
) -> None:
    briefing = with_cells(fake_briefing(), "XAA", EXTRADITION, superseded={2: 1, 3: 1})
    for number in dropped:
        briefing = drop_quotation(briefing, cell_of(briefing, "XAA").key, number)
    cell = cell_of(briefing, "XAA")
    assert (cell.kind, tuple(w.citation for w in cell.words), cell.superseded) == (kind, words, superseded)


def test_what_was_rejected_stays_untold_when_its_cell_gets_another_quotation() -> None:
    briefing = fake_briefing()
    cell = cell_of(briefing, "XAA")
    rejected = with_cells(briefing, "XAA", EXTRADITION, review=REJECTED)
    added = add_quotation(rejected, cell.key, replace(briefing.citations[3], number=99))
    (point,) = [p for p in added.points if (p.party, p.subject) == (cell.party, cell.subject)]
    assert point.citations == cell_of(added, "XAA").citations
    entries = (*added.changes, *added.repetitions, *added.moments)
    assert not [entry for entry in entries if (entry.party, entry.subject) == (cell.party, cell.subject)]


def test_a_rejected_cell_that_gets_a_quotation_has_no_claims_on_what_was_rejected() -> None:
    for fate, claims in ((REJECTED, 0), (None, 1)):
        briefing = with_cells(worded_briefing(), "XAA", EXTRADITION, review=fate)
        added = cell_of(add_quotation(briefing, cell_of(briefing, "XAA").key, briefing.citation(4)), "XAA")
        assert len(added.claims) == claims


def test_what_a_group_said_beside_the_nearest_passage_stays_when_a_quotation_is_added() -> None:
    note = "The Group spoke for it, quoted as such."
    briefing = with_cells(worded_briefing(), "XAA", ASSISTANCE, citations=(4, 5), nearest=True, note=note)
    briefing = with_cells(briefing, "XAA", ASSISTANCE, claims=cell_of(briefing, "XAB", ASSISTANCE).claims)
    added = add_quotation(briefing, cell_of(briefing, "XAA", ASSISTANCE).key, briefing.citation(1))
    cell = cell_of(added, "XAA", ASSISTANCE)
    assert (cell.citations, cell.note, len(cell.claims)) == ((1, 5), note, 1)
    assert (cell.kind, cell.nearest, cell.of_group) == ("no_position", False, False)


def test_a_cell_whose_quotations_are_all_dropped_refers_to_none_and_says_why() -> None:
    briefing = with_cells(worded_briefing(), "XAA", EXTRADITION, more=2)
    for number in (1, 2, 3):
        briefing = drop_quotation(briefing, cell_of(briefing, "XAA").key, number)
    cell = cell_of(briefing, "XAA")
    assert (cell.citations, cell.kind, cell.claims) == ((), "no_position", ())
    assert (cell.standing, cell.note) == ("no_position", "quotations were taken out")


def test_what_only_a_group_said_decides_no_kind_once_the_partys_own_words_are_dropped() -> None:
    briefing = fake_briefing()
    shown = {1: cell_of(briefing, "XAA").suggestions[1], 5: cell_of(briefing, "XAB", ASSISTANCE).suggestions[5]}
    briefing = with_cells(briefing, "XAA", EXTRADITION, citations=(1, 5), suggestions=shown)
    assert cell_of(drop_quotation(briefing, cell_of(briefing, "XAA").key, 1), "XAA").standing == "of_group"


def test_dropped_quotation_is_told_nowhere_on_its_subject() -> None:
    briefing = fake_briefing()
    # In a repetition, a citation of its own (10) stands for a part of quotation 3.
    part = replace(briefing.citation(3), number=10, end=briefing.citation(3).end - 1)
    moments = tuple(
        Moment(party="XAA", subject=EXTRADITION, citation=number, kind="supports", outright=True) for number in (2, 1)
    )
    again = Repetition(party="XAA", subject=EXTRADITION, citations=(2, 10))
    briefing = replace(briefing, citations=(*briefing.citations, part), moments=moments, repetitions=(again,))
    key = cell_of(briefing, "XAA").key
    remaining = {
        number: (len(left.changes), [m.citation for m in left.moments], len(left.repetitions))
        for number in (1, 2, 3)
        for left in [drop_quotation(briefing, key, number)]
    }
    assert remaining == {1: (0, [2], 1), 2: (0, [1], 0), 3: (1, [2, 1], 0)}
    quotes = [c.quote for c in arrange(drop_quotation(briefing, key, 1)).citations]
    assert briefing.citation(1).quote not in quotes and briefing.citation(2).quote in quotes


def test_added_quotation_is_cited_counted_and_found_again_by_its_span() -> None:
    briefing = fake_briefing()
    cell = next(cell for cell in briefing.cells if not cell.citations)
    foreign = replace(briefing.citations[0], statement_id="elsewhere", quote="Other words.")
    changed = add_quotation(briefing, cell.key, foreign)
    new = cell_of(changed, cell.party, cell.subject)
    assert new.citations == (len(briefing.citations) + 1,) and new.kind == "no_position"
    assert changed.citation(new.citations[0]).quote == "Other words."
    # A span that is cited already keeps its number.
    again = add_quotation(changed, new.key, briefing.citations[0])
    assert again.citations == changed.citations
    assert cell_of(again, cell.party, cell.subject).citations[-1] == 1


def test_quotation_that_a_person_adds_is_the_first_point_on_its_subject() -> None:
    briefing = fake_briefing()
    cell = next(cell for cell in briefing.cells if cell.party == "XHO" and cell.citations)
    foreign = replace(briefing.citation(cell.citations[0]), statement_id="elsewhere", quote="Other words.")
    changed = add_quotation(briefing, cell.key, foreign)
    points = [point for point in changed.points if point.subject == cell.subject]
    assert changed.citation(points[0].citation).quote == "Other words." and points[0].party == "XHO"
    others = [p.subject for p in briefing.points if p.subject != cell.subject]
    assert [p.subject for p in changed.points] == [cell.subject] * len(points) + others
    new = cell_of(changed, cell.party, cell.subject)
    assert add_quotation(changed, new.key, foreign).points == changed.points
    assert drop_quotation(changed, new.key, points[0].citation).points == briefing.points


def test_what_a_group_said_comes_last_with_a_later_date_too() -> None:
    briefing = fake_briefing()
    group = next(citation.number for citation in briefing.citations if citation.state == "XGR")
    briefing = with_cells(briefing, "XAA", EXTRADITION, citations=(1, group))

    def today(citations: Sequence[Citation]) -> list[Citation]:
        return [replace(c, date="2030-01-01") if c.number == group else c for c in citations]

    assert cell_of(recheck_briefing(briefing, today), "XAA").citations == (1, group)


def test_briefing_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    tables = open_tables(tmp_path)
    briefing = worded_briefing()
    reviews = {cell.key: cell.review for cell in briefing.cells if cell.review is not None}
    kept = KeptBriefings(Works(tables), recheck=tuple, reviews=lambda keys: {**reviews})
    identifier = kept.keep(None, briefing)
    assert kept.open(identifier) == briefing
    # Reviews are those of today, not of when it was kept.
    first = cell_of(briefing, "XAA")
    was = reviews.pop(first.key, None)
    reviews[first.key] = REJECTED
    assert cell_of(kept.open(identifier), "XAA").is_rejected
    del reviews[first.key]
    assert cell_of(kept.open(identifier), "XAA").review is None
    reviews |= {} if was is None else {first.key: was}
    # A briefing that is renamed in the list bears its new name on its documents.
    kept.works.rename(identifier, "For the ambassador")
    assert kept.open(identifier) == replace(briefing, title="For the ambassador")
    kept.works.rename(identifier, briefing.title)
    assert [work.title for work in kept.works.list("briefing", briefing.subjects[0].label)] == [briefing.title]
    with pytest.raises(NotFoundError):
        KeptBriefings(Works(tables, "somebody else"), recheck=tuple, reviews=lambda keys: {}).open(identifier)
    tables.close()
