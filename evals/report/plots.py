"""Pictures of a report: SVG written by hand, so that no plotting library is needed and dark pages work.

Lines and text take the colour of the page around them (`currentColor`); what differs also differs in dash or shape.
"""

from collections.abc import Iterable, Sequence
from html import escape
from math import ceil, isfinite
from typing import Final

from evals.metrics.confidence import Bin, CurvePoint, Reliability, RiskCoverage

# Of the plotting area, in pixels, and the margins around it that hold axes and labels.
WIDTH: Final = 400
HEIGHT: Final = 240
LEFT: Final = 62
TOP: Final = 30
RIGHT: Final = 20
BOTTOM: Final = 48
# Of the bars in tables.
BAR_WIDTH: Final = 120
BAR_HEIGHT: Final = 14
_TICKS: Final = 5
_LOOKS: Final = {
    "run": ' stroke-width="2"',
    "baseline": ' stroke-dasharray="5 4" stroke-opacity=".75" stroke-width="1.5"',
}


def risk_coverage_svg(
    curve: RiskCoverage,
    *,
    title: str,
    baseline: RiskCoverage | None = None,
    names: tuple[str, str] = ("this run", "baseline"),
) -> str:
    """Returns the share of wrong answers over coverage, with a dashed second line for a baseline.

    Both axes begin at 0; coverage ends at 1, risk at the next tenth above what occurs.
    """
    points = (*curve.points, *(baseline.points if baseline is not None else ()))
    highest = max(0.1, ceil(max((point.risk for point in points), default=0.0) * 10 - 1e-9) / 10)
    parts = [_axes(highest, "answered, of all questions about one State", "wrong, of those answered")]
    if baseline is not None:
        parts.append(_line(baseline.points, highest, "baseline"))
    parts.append(_line(curve.points, highest, "run"))
    if baseline is not None:
        parts.append(_legend(names))
    return _picture(title, _told(curve, names[0]) + (_told(baseline, names[1]) if baseline else ""), parts)


def reliability_svg(found: Reliability, *, title: str) -> str:
    """Returns the share of right answers over stated confidence; on the dashed diagonal both agree.

    The area of a point is proportional to its number of answers.
    """
    total = sum(group.cases for group in found.bins) or 1
    parts = [
        _axes(1.0, "confidence that the assistant states", "right, of those answered"),
        f'<path class="guide" d="M{_x(0):.1f} {_y(0):.1f}L{_x(1):.1f} {_y(1):.1f}" fill="none" stroke="currentColor"'
        ' stroke-opacity=".55" stroke-dasharray="4 4"/>',
        *(_point(group, total) for group in found.bins),
    ]
    told = "; ".join(
        f"at {group.confidence:.0%} confidence {group.right:.0%} of {group.cases} right" for group in found.bins
    )
    return _picture(title, f"{told or 'No answers'}.", parts)


def interval_bar(value: float, low: float, high: float, *, title: str) -> str:
    """Returns a share as a bar from 0 to 1 with a whisker for its interval, for a cell of a table."""
    whisker = ""
    if isfinite(low) and isfinite(high):
        left, right, middle = _across(low), _across(high), BAR_HEIGHT / 2
        whisker = (
            f'<path class="whisker" d="M{left:.1f} {middle}H{right:.1f}M{left:.1f} {middle - 3}V{middle + 3}'
            f'M{right:.1f} {middle - 3}V{middle + 3}" fill="none" stroke="currentColor"/>'
        )
    return _bar(
        title,
        f'<rect class="fill" x="1" y="3" width="{_across(value) - 1:.1f}" height="{BAR_HEIGHT - 6}"'
        f' fill="currentColor" fill-opacity=".3"/>{whisker}',
    )


def latency_bar(p50: float, p95: float | None, highest: float, *, scale: float, title: str) -> str:
    """Returns a time as a bar up to its median, a line up to the slowest, and a tick at p95.

    Args:
        p50: In the unit of all others.
        p95: None where it is not known.
        highest: The slowest.
        scale: What the full width stands for; not less than the slowest of all steps.
        title: What it says to those who cannot see it.
    """
    whole = scale or 1.0
    middle, end = BAR_HEIGHT / 2, _across(highest / whole)
    tick = "" if p95 is None else f"M{_across(p95 / whole):.1f} {middle - 4}V{middle + 4}"
    return _bar(
        title,
        f'<rect class="fill" x="1" y="3" width="{max(_across(p50 / whole) - 1, 0.5):.1f}" height="{BAR_HEIGHT - 6}"'
        f' fill="currentColor" fill-opacity=".3"/>'
        f'<path class="whisker" d="M1 {middle}H{end:.1f}{tick}" fill="none" stroke="currentColor"/>',
    )


def _picture(title: str, told: str, parts: Iterable[str]) -> str:
    width, height = LEFT + WIDTH + RIGHT, TOP + HEIGHT + BOTTOM
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" class="plot" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" font-size="12" fill="currentColor">'
        f"<title>{escape(title)}</title><desc>{escape(told)}</desc>{''.join(parts)}</svg>"
    )


def _bar(title: str, inside: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" class="bar" viewBox="0 0 {BAR_WIDTH + 2} {BAR_HEIGHT}"'
        f' width="{BAR_WIDTH + 2}" height="{BAR_HEIGHT}"><title>{escape(title)}</title>'
        f'<path class="track" d="M1 {BAR_HEIGHT - 1.5}H{BAR_WIDTH + 1}" stroke="currentColor" stroke-opacity=".25"/>'
        f"{inside}</svg>"
    )


def _axes(highest: float, across: str, up: str) -> str:
    ticks = [number / _TICKS for number in range(_TICKS + 1)]
    grid = "".join(f"M{_x(0):.1f} {_y(tick):.1f}H{_x(1):.1f}" for tick in ticks[1:])
    return "".join(
        (
            f'<path d="{grid}" stroke="currentColor" stroke-opacity=".13" fill="none"/>',
            f'<path d="M{_x(0):.1f} {_y(0):.1f}H{_x(1):.1f}" stroke="currentColor" stroke-opacity=".6" fill="none"/>',
            *(_text(_x(tick), _y(0) + 17, f"{tick:.0%}", "middle") for tick in ticks),
            *(_text(_x(0) - 8, _y(tick) + 4, f"{100 * tick * highest:.3g}%", "end") for tick in ticks),
            _text(_x(0.5), _y(0) + 38, across, "middle"),
            _text(4, TOP - 14, up, "start"),
        )
    )


def _line(points: Sequence[CurvePoint], highest: float, kind: str) -> str:
    if not points:
        return ""
    places = [(_x(point.coverage), _y(point.risk / highest)) for point in points]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    last_x, last_y = places[-1]
    return (
        f'<g class="{kind}"><polyline points="{line}" fill="none" stroke="currentColor"{_LOOKS[kind]}/>'
        f'<circle cx="{last_x:.1f}" cy="{last_y:.1f}" r="3"/></g>'
    )


def _legend(names: tuple[str, str]) -> str:
    """Names both lines at the upper right, each beside a piece of it."""
    rows = []
    for number, (kind, name) in enumerate(zip(_LOOKS, names, strict=True)):
        y = TOP + 14 + 18 * number
        rows.append(
            f'<g class="{kind}"><path d="M{_x(1) - 30:.1f} {y}H{_x(1):.1f}" fill="none" stroke="currentColor"'
            f"{_LOOKS[kind]}/>"
            f"{_text(_x(1) - 36, y + 4, name, 'end')}</g>"
        )
    return "".join(rows)


def _point(group: Bin, total: int) -> str:
    radius = 3 + 11 * (group.cases / total) ** 0.5
    x, y = _x(group.confidence), _y(group.right)
    away = radius + 14 if group.right > 0.5 else -radius - 5
    return (
        f'<g class="run"><circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill-opacity=".35" stroke="currentColor"/>'
        f"{_text(x, y + away, f'n={group.cases}', 'middle')}</g>"
    )


def _told(curve: RiskCoverage, name: str) -> str:
    if curve.aurc is None:
        return f"{name}: no answers. "
    last = curve.points[-1]
    return (
        f"{name}: answering {last.coverage:.0%} of {curve.cases} questions, {last.risk:.0%} of the answers are wrong; "
        f"mean risk {curve.aurc:.3f}. "
    )


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _x(share: float) -> float:
    return LEFT + share * WIDTH


def _y(share: float) -> float:
    return TOP + (1 - share) * HEIGHT


def _across(share: float) -> float:
    return 1 + min(max(share, 0.0), 1.0) * BAR_WIDTH
