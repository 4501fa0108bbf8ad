"""Editing a briefing's quotations, and keeping the briefing."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.briefing.cells import Review
from app.briefing.edit import add_quotation, drop_quotation
from app.briefing.kept import KeptBriefings
from app.desk.tables import open_tables
from app.desk.works import Works
from app.errors import NotFoundError
from app.export.arrange import arrange
from tests.fakes_briefing import fake_briefing, worded_briefing


def test_dropped_quotation_takes_its_point_and_its_review_with_it() -> None:
    briefing = fake_briefing()
    cell = next(cell for cell in briefing.cells if cell.citations == (1,) or 1 in cell.citations)
    briefing = replace(
        briefing,
        cells=tuple(
            replace(c, review=Review(state="accepted", kind="supports", note="", reviewer="", at=""))
            if c is cell
            else c
            for c in briefing.cells
        ),
    )
    changed = drop_quotation(briefing, cell.key, 1)
    new = next(c for c in changed.cells if (c.party, c.subject) == (cell.party, cell.subject))
    assert 1 not in new.citations and new.review is None and new.key != cell.key
    assert all(words.citation != 1 for words in new.words)
    assert not [p for p in changed.points if (p.party, p.subject) == (cell.party, cell.subject) and 1 in p.citations]
    # What a document cites is numbered anew, without a gap.
    assert [c.number for c in arrange(changed).citations] == list(range(1, len(arrange(changed).citations) + 1))


def test_cell_whose_last_quotation_is_dropped_takes_no_position() -> None:
    briefing = worded_briefing()
    cell = next(cell for cell in briefing.cells if len(cell.citations) == 1)
    (number,) = cell.citations
    changed = drop_quotation(briefing, cell.key, number)
    new = next(c for c in changed.cells if (c.party, c.subject) == (cell.party, cell.subject))
    assert (new.citations, new.kind, new.claims) == ((), "no_position", ())


def test_added_quotation_is_cited_counted_and_found_again_by_its_span() -> None:
    briefing = fake_briefing()
    cell = next(cell for cell in briefing.cells if not cell.citations)
    foreign = replace(briefing.citations[0], statement_id="elsewhere", quote="Other words.")
    changed = add_quotation(briefing, cell.key, foreign)
    new = next(c for c in changed.cells if (c.party, c.subject) == (cell.party, cell.subject))
    assert new.citations == (len(briefing.citations) + 1,) and new.kind == "no_position"
    assert changed.citation(new.citations[0]).quote == "Other words."
    # A span that is cited already keeps its number.
    again = add_quotation(changed, new.key, briefing.citations[0])
    assert again.citations == changed.citations
    assert next(c for c in again.cells if c.party == cell.party and c.subject == cell.subject).citations[-1] == 1


def test_quotation_that_a_person_adds_is_the_first_point_on_its_subject() -> None:
    briefing = fake_briefing()
    cell = next(cell for cell in briefing.cells if cell.party == "XHO" and cell.citations)
    foreign = replace(briefing.citation(cell.citations[0]), statement_id="elsewhere", quote="Other words.")
    changed = add_quotation(briefing, cell.key, foreign)
    points = [point for point in changed.points if point.subject == cell.subject]
    assert changed.citation(points[0].citation).quote == "Other words." and points[0].party == "XHO"
    assert [p.subject for p in changed.points] == [cell.subject] * len(points) + [
        p.subject for p in briefing.points if p.subject != cell.subject
    ]
    new = next(c for c in changed.cells if (c.party, c.subject) == (cell.party, cell.subject))
    assert add_quotation(changed, new.key, foreign).points == changed.points
    assert drop_quotation(changed, new.key, points[0].citation).points == briefing.points


def test_briefing_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    kept = KeptBriefings(Works(open_tables(tmp_path)))
    briefing = worded_briefing()
    identifier = kept.keep(None, briefing)
    assert kept.open(identifier) == briefing
    # Whoever renames it in the list finds its new name on its documents.
    kept.works.rename(identifier, "For the ambassador")
    assert kept.open(identifier) == replace(briefing, title="For the ambassador")
    kept.works.rename(identifier, briefing.title)
    assert [work.title for work in kept.list(briefing.subjects[0].label)] == [briefing.title]
    with pytest.raises(NotFoundError):
        KeptBriefings(Works(open_tables(tmp_path), "somebody else")).open(identifier)
