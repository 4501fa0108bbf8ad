from dataclasses import replace

import pytest

from app.briefing.as_json import contract_of
from app.briefing.attribution_lines import AttributionLines
from app.briefing.cells import Briefing, Point
from app.briefing.talking_points import choose_points
from app.export.briefing_lines import arrange
from app.export.briefing_markdown import markdown_bytes, on_one_line
from ingest.text.splitter import count_tokens
from tests.cases import Cases
from tests.fakes_briefing import ASSISTANCE, EXTRADITION, cell_of, fake_briefing, with_cells

cases = Cases(__file__)


def test_few_points_quote_each_kind_of_position_before_a_second_of_one_kind_and_each_party_in_turn():
    briefing = with_cells(fake_briefing(), "XHO", EXTRADITION, kind="opposes")
    points = choose_points(briefing, max_points=4, max_tokens=None)
    assert [(point.subject, point.party) for point in points] == [
        (EXTRADITION, "XAA"), (EXTRADITION, "XHO"), (ASSISTANCE, "XAB"), (ASSISTANCE, "XRM"),
    ]  # fmt: skip


def _quoting(number: int, party: str = "XAA", **changed: object) -> Briefing:
    """A briefing with one cell, of the party on extradition, that quotes citation `number` with fields changed."""
    briefing = fake_briefing()
    citations = tuple(replace(c, **changed) if c.number == number else c for c in briefing.citations)  # type: ignore[arg-type]
    cells = (replace(cell_of(briefing, party), citations=(number,), kind="supports", words=(), review=None),)
    return replace(briefing, citations=citations, cells=cells, points=())


ARVANDIA, RIMALIA, WHEN = "Arvandia (fictional)", "Rimalia (fictional)", "14–18 October 2024"


@pytest.mark.parametrize(
    ("briefing", "lead"),
    [
        (_quoting(1), f"{ARVANDIA}, {WHEN}"),
        (_quoting(1, quoting=True, quoted_party="XRM"), f"{ARVANDIA}, quoting {RIMALIA}, {WHEN}"),
        (_quoting(1, quoting=True), f"{ARVANDIA}, quoting somebody else, {WHEN}"),
        (_quoting(1, summarised=True), f"{ARVANDIA}, as summarised in the record, {WHEN}"),
        (_quoting(1, "XRM", held_by=("XAA", "XRM")), f"{RIMALIA}, jointly with {ARVANDIA}, {WHEN}"),
        (_quoting(5, "XAB"), "Group of Riparian States (fictional), delivered by Belmora, 12 October 2020"),
        (_quoting(1, state=None, date=None), "XAA_2024.txt"),
    ],
)
def test_a_point_says_whose_words_it_quotes_and_this_counts_in_its_length(briefing: Briefing, lead: str) -> None:
    (point,) = points = choose_points(briefing, max_points=None, max_tokens=None)
    tokens = count_tokens(f"{lead}: “{briefing.citation(point.citation).quote}”")
    assert choose_points(briefing, max_points=None, max_tokens=tokens) == points
    assert choose_points(briefing, max_points=None, max_tokens=tokens - 1) == ()
    briefing = replace(briefing, points=points)
    text = markdown_bytes(arrange(briefing, "talking_points"), form="talking_points").decode()
    assert f"\n**{on_one_line(lead)}**:\n" in text
    assert [entry["lead"] for entry in contract_of(briefing)["points"]] == [lead]


@cases("cited", "marks", "joint", tuples=True)
def test_a_point_says_that_something_later_is_cited_or_supersedes_it(
    cited: tuple[int, ...], marks: tuple[str, ...], joint: dict[int, tuple[str, ...]]
) -> None:
    briefing = with_cells(fake_briefing(), "XAA", EXTRADITION, superseded={2: 1})
    citations = tuple(
        replace(c, state=None, held_by=joint[c.number]) if c.number in joint else c for c in briefing.citations
    )
    briefing = replace(briefing, citations=citations)
    points = tuple(Point(party="XAA", subject=EXTRADITION, citation=number) for number in cited)
    arranged = arrange(replace(briefing, points=points), "talking_points")
    leads = AttributionLines(arranged)
    texts = [leads.leads(point)[0][0] for point in arranged.points]
    assert [lead.partition("201")[2][1:].removeprefix(", ") for lead in texts] == [*marks]
    assert arrange(arranged, "talking_points") == arranged
