"""The picture of risk over coverage: well-formed, to scale, and safe with any title."""

from xml.etree import ElementTree

from evals.curve import curve_svg
from evals.metrics import CurvePoint, RiskCoverage

SVG = "{http://www.w3.org/2000/svg}"


def _points(svg: str) -> list[tuple[float, float]]:
    line = ElementTree.fromstring(svg).find(f"{SVG}polyline")
    assert line is not None
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in line.attrib["points"].split())]


def test_curve_is_drawn_to_scale() -> None:
    curve = RiskCoverage(
        points=(
            CurvePoint(confidence=0.9, coverage=0.0, risk=0.0),
            CurvePoint(confidence=0.5, coverage=0.5, risk=0.2),
            CurvePoint(confidence=0.1, coverage=1.0, risk=0.4),
        ),
        aurc=0.2,
        cases=10,
    )
    first, middle, last = _points(curve_svg(curve, "x"))
    assert (middle[0] - first[0], first[1] - middle[1]) == (last[0] - middle[0], middle[1] - last[1])
    # Down is up in SVG: more risk stands higher, which is a smaller y.
    assert first[0] < middle[0] < last[0]
    assert first[1] > middle[1] > last[1]


def test_curve_says_what_it_shows() -> None:
    curve = RiskCoverage(points=(CurvePoint(confidence=1.0, coverage=0.5, risk=0.25),), aurc=0.25, cases=8)
    svg = curve_svg(curve, "cases <of> A & B")
    texts = [text.text for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]
    assert "cases <of> A & B (AURC 0.250, 8 cases)" in texts
    assert "0.25" in texts


def test_curve_without_answers_is_still_a_picture() -> None:
    assert _points(curve_svg(RiskCoverage(points=(), aurc=None, cases=3), "none")) == []
