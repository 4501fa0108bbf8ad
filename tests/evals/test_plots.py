"""The pictures of a report: well-formed, to scale, and safe with any title."""

from xml.etree import ElementTree

import pytest

from evals.metrics.confidence import Bin, CurvePoint, Reliability, RiskCoverage
from evals.report.report import environment

plots = environment().get_template("plots.svg.j2").module
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "\"><script>alert(1)</script> & 'x'"
CURVE = RiskCoverage(
    points=(
        CurvePoint(confidence=0.9, coverage=0.25, risk=0.0),
        CurvePoint(confidence=0.5, coverage=0.5, risk=0.2),
        CurvePoint(confidence=0.1, coverage=1.0, risk=0.4),
    ),
    aurc=0.2,
    cases=8,
)
NONE = RiskCoverage(points=(), aurc=None, cases=3)
BINS = Reliability(
    bins=(Bin(confidence=0.25, right=0.5, cases=1), Bin(confidence=1.0, right=0.75, cases=4)), ece=0.2, brier=0.1
)


def _lines(svg):
    return [
        [tuple(map(float, pair.split(","))) for pair in line.attrib["points"].split()]
        for line in ElementTree.fromstring(svg).iter(f"{SVG}polyline")
    ]


def _texts(svg):
    return ["".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_risk_coverage_is_drawn_to_scale():
    (line,) = _lines(plots.risk_coverage(CURVE, title="x"))
    left, width, bottom, height = plots.LEFT, plots.WIDTH, plots.TOP + plots.HEIGHT, plots.HEIGHT
    # The axis of risk ends at 0.4, the next tenth: 0.2 is half-way up.
    assert line == [
        (left + width / 4, bottom),
        (left + width / 2, bottom - height / 2),
        (left + width, bottom - height),
    ]
    assert {"0%", "40%", "100%"} <= set(_texts(plots.risk_coverage(CURVE, title="x")))


def test_risk_coverage_shows_a_baseline_on_the_same_axes_and_dashed():
    other = RiskCoverage(points=(CurvePoint(confidence=1.0, coverage=0.5, risk=0.8),), aurc=0.8, cases=8)
    svg = plots.risk_coverage(CURVE, title="x", baseline=other, names=("<now>", "before"))
    baseline, run = _lines(svg)
    assert baseline == [(plots.LEFT + plots.WIDTH / 2, plots.TOP)]
    assert run[-1][1] == plots.TOP + plots.HEIGHT / 2
    assert {"<now>", "before"} <= set(_texts(svg))
    dashed = [line.get("stroke-dasharray") for line in ElementTree.fromstring(svg).iter(f"{SVG}polyline")]
    assert dashed == ["5 4", None]


def test_reliability_puts_each_group_where_confidence_and_right_meet():
    svg = plots.reliability(BINS, title="x")
    places = [
        (float(circle.attrib["cx"]), float(circle.attrib["cy"]))
        for circle in ElementTree.fromstring(svg).iter(f"{SVG}circle")
    ]
    bottom = plots.TOP + plots.HEIGHT
    assert places == [
        (plots.LEFT + plots.WIDTH / 4, bottom - plots.HEIGHT / 2),
        (plots.LEFT + plots.WIDTH, bottom - plots.HEIGHT * 3 / 4),
    ]
    assert {"n=1", "n=4"} <= set(_texts(svg))


@pytest.mark.parametrize(
    "svg",
    [
        plots.risk_coverage(CURVE, title=HOSTILE, baseline=CURVE, names=(HOSTILE, HOSTILE)),
        plots.reliability(BINS, title=HOSTILE),
    ],
)
def test_pictures_say_what_they_show_and_escape_it(svg):
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == HOSTILE
    assert "<script" not in svg
