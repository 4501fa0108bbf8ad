from dataclasses import replace

from app.briefing.points import choose_points
from tests.fakes_briefing import ASSISTANCE, EXTRADITION, fake_briefing


def test_few_points_quote_each_kind_of_position_before_a_second_of_one_kind_and_each_party_in_turn():
    briefing = fake_briefing()
    cells = tuple(
        replace(c, kind="opposes") if (c.party, c.subject) == ("XHO", EXTRADITION) else c for c in briefing.cells
    )
    points = choose_points(replace(briefing, cells=cells), max_points=4, max_tokens=None)
    assert [(point.subject, point.party) for point in points] == [
        (EXTRADITION, "XAA"), (EXTRADITION, "XHO"), (ASSISTANCE, "XAB"), (ASSISTANCE, "XRM"),
    ]  # fmt: skip
