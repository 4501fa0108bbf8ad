"""The risk-coverage curve as a small picture: SVG written by hand, so that no plotting library is needed."""

from collections.abc import Sequence
from html import escape
from typing import Final

from evals.metrics import RiskCoverage

# Of the plotting area, in pixels, and the margin around it that holds axes and labels.
_WIDTH: Final = 480
_HEIGHT: Final = 300
_MARGIN: Final = 52
_TICKS: Final = 5


def curve_svg(curve: RiskCoverage, title: str) -> str:
    """Returns an SVG of the share of wrong answers over coverage; both axes begin at 0, coverage ends at 1."""
    highest = max((point.risk for point in curve.points), default=0.0) or 1.0
    places = [(_x(point.coverage), _y(point.risk / highest)) for point in curve.points]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    note = "no answers" if curve.aurc is None else f"AURC {curve.aurc:.3f}, {curve.cases} cases"
    ticks = [number / _TICKS for number in range(_TICKS + 1)]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH + 2 * _MARGIN} {_HEIGHT + 2 * _MARGIN}"'
        ' font-family="sans-serif" font-size="12" fill="#222">',
        f"<title>{escape(title)}</title>",
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="{_MARGIN}" y="24" font-size="14">{escape(title)} ({note})</text>',
        f'<path d="M{_x(0)} {_y(1)}V{_y(0)}H{_x(1)}" fill="none" stroke="#222"/>',
        *(_text(_x(tick), _y(0) + 18, f"{tick:.1f}", "middle") for tick in ticks),
        *(_text(_x(0) - 8, _y(tick) + 4, f"{tick * highest:.2f}", "end") for tick in ticks),
        _text(_x(0.5), _y(0) + 38, "coverage: share of questions answered", "middle"),
        _text(_x(0) - 40, _y(1) - 12, "risk: share of wrong answers", "start"),
        f'<polyline points="{line}" fill="none" stroke="#0b62a4" stroke-width="2"/>',
        *_dots(places),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _dots(places: Sequence[tuple[float, float]]) -> list[str]:
    return [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2" fill="#0b62a4"/>' for x, y in places]


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'


def _x(share: float) -> float:
    return _MARGIN + share * _WIDTH


def _y(share: float) -> float:
    return _MARGIN + (1 - share) * _HEIGHT
