"""The timeline of a briefing: the statements of each party by date, cited ones with the kinds of position they show.

Of several subjects each has its own row of a party, since a party may be for one and against another.

Every colour has a mark beside it, so that it works without colour and in print.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from rich.cells import cell_len, set_cell_size

from app.briefing.cells import Briefing
from app.export.briefing_lines import MARKS, TINTS, Sayings, position_of_citation
from app.retrieval.positions.position_marks import KINDS, PositionKind
from prompts.wording import load_briefing_words

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

_DPI: Final = 150
_INK: Final = "#22313F"
_FAINT: Final = "#8A96A3"
# The marker of a statement that is not cited.
_UNCITED: Final[dict[str, Any]] = {
    "marker": "o", "markersize": 5, "markerfacecolor": "white", "markeredgecolor": _FAINT,
}  # fmt: skip
# The first comes with matplotlib; the others show Chinese where they are installed.
_FONTS: Final = (
    "DejaVu Sans", "Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", "PingFang SC", "WenQuanYi Zen Hei",
)  # fmt: skip
# Sizes in inches.
_MARGIN: Final = 0.12
_NAMES: Final = 2.2
_WIDTH: Final = 6.6
_YEARS: Final = 0.45
_ROW: Final = 0.32
_LINE: Final = 0.25
_LEGEND_COLUMNS: Final = 3
# Size of letters in points, of which an inch has 72.
_LETTERS: Final = 8.5
_POINTS: Final = 72
_LETTERS_OF_NAME: Final = 34


@dataclass(frozen=True, kw_only=True)
class _Dot:
    """A statement on the timeline: its row from the top, its decimal year, and the kinds its citations there show."""

    statement_id: str
    row: int
    at: float
    kinds: tuple[PositionKind, ...]


def timeline(briefing: Briefing) -> bytes:
    """Returns a PNG: the statements of each party by date; cited ones show their kinds, lines join repetitions."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    sayings = Sayings(briefing)
    rows = _rows(briefing)
    dots = _dots(briefing, rows)
    shown_kinds = {kind for dot in dots for kind in dot.kinds}
    legend: list[Artist] = [
        Patch(facecolor=f"#{TINTS[kind]}", edgecolor=_FAINT, label=f"{MARKS[kind]}  {_meaning(kind, sayings)}")
        for kind in KINDS
        if kind in shown_kinds
    ]
    legend.append(Line2D([], [], linestyle="none", label=_words("uncited_mark", sayings), **_UNCITED))
    if briefing.repetitions:
        legend.append(Line2D([], [], color=_INK, linewidth=1.5, label=_words("repeated_mark", sayings)))
    figure, axes = _canvas(len(rows), legend=len(legend))
    for repetition in briefing.repetitions:
        statements = {briefing.citation(number).statement_id for number in repetition.citations}
        of_row = (repetition.party, repetition.subject)
        joined = [dot for dot in dots if dot.statement_id in statements and rows[dot.row] == of_row]
        axes.plot([dot.at for dot in joined], [dot.row for dot in joined], color=_INK, linewidth=1.5, zorder=2)
    times = [dot.at for dot in dots] or [0.0]
    room = max(0.5, (max(times) - min(times)) * 0.05)
    first, last = min(times) - room, max(times) + room
    for dot in dots:
        if not dot.kinds:
            axes.plot(dot.at, dot.row, zorder=3, **_UNCITED)
        for place, kind in enumerate(dot.kinds):
            height = 0.8 / len(dot.kinds)
            _box(axes, dot.at, dot.row - 0.4 + height * (place + 0.5), kind, (last - first) * 0.03, height)
    axes.set_xlim(first, last)
    _years(axes, first, last)
    named = (
        (_showable(sayings.name(party), party), *(_showable(label, "…") for label in _named(subject, briefing)))
        for party, subject in rows
    )
    names = ["\n".join(map(_shortened, lines)) for lines in named]
    axes.set_yticks(range(len(names)), names, fontproperties=_font(), parse_math=False)
    drawn_legend = figure.legend(
        handles=legend, loc="lower left", ncols=_LEGEND_COLUMNS, frameon=False, labelcolor=_INK, prop=_font()
    )
    for text in drawn_legend.get_texts():
        text.set_parse_math(False)
    out = BytesIO()
    # Without the name and version of the program, which would differ between installations.
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def describe_timeline(briefing: Briefing) -> str:
    """Returns in words what the timeline shows, for those who cannot see it."""
    sayings = Sayings(briefing)
    kinds, colon = _kinds(briefing), sayings.words.colon
    parts = [sayings.say("timeline")]
    for party in _speaking(briefing):
        spoken = [source for source in briefing.sources if party in source.holders]
        cited = [
            " ".join(filter(None, (sayings.date(source.date), colon.join((*_named(subject, briefing), meanings)))))
            for source in spoken
            for subject in (each.label for each in briefing.subjects)
            if (meanings := ", ".join(_meaning(k, sayings) for k in kinds.get((source.statement_id, subject), ())))
        ]
        line = f"{sayings.name(party)}{colon}{len(spoken)}"
        parts.append(f"{line}; {'; '.join(cited)}" if cited else line)
    undated = sum(_years_of(source.date) is None for source in briefing.sources)
    if undated:
        parts.append(sayings.say("undated", count=undated).rstrip(".。"))
    return ". ".join(parts) + "."


def _speaking(briefing: Briefing) -> tuple[str, ...]:
    """Returns the parties asked about, and after them other parties that are cited, such as groups."""
    others = {code for source in briefing.sources if source.cited for code in source.holders[:1]}
    return (*briefing.parties, *sorted(others - set(briefing.parties)))


def _named(subject: str, briefing: Briefing) -> tuple[str, ...]:
    """Returns what tells a subject from the others of a briefing: its label, and nothing for the only one."""
    return (subject,) if subject and len(briefing.subjects) > 1 else ()


def _rows(briefing: Briefing) -> list[tuple[str, str]]:
    """Returns the party and the subject of each row; a party that is cited on none has one row."""
    spoken = {(code, source.statement_id) for source in briefing.sources for code in source.holders}
    shown, rows = _kinds(briefing), list[tuple[str, str]]()
    for party in _speaking(briefing):
        on = {subject for statement_id, subject in shown if (party, statement_id) in spoken}
        rows += [(party, each.label) for each in briefing.subjects if each.label in on] or [(party, "")]
    return rows


def _kinds(briefing: Briefing) -> dict[tuple[str, str], tuple[PositionKind, ...]]:
    """Returns the kinds that the citations of each statement show on a subject; `no_position` only if no other."""
    found: dict[tuple[str, str], set[PositionKind]] = {}
    shown = [(c.subject, number, position_of_citation(c, number)) for c in briefing.cells for number in c.evidence]
    for subject, number, kind in (*shown, *((m.subject, m.citation, m.kind) for m in briefing.moments)):
        found.setdefault((briefing.citation(number).statement_id, subject), set()).add(kind)
    return {
        key: tuple(kind for kind in KINDS if kind in (held - {"no_position"} or held)) for key, held in found.items()
    }


def _dots(briefing: Briefing, rows: Sequence[tuple[str, str]]) -> list[_Dot]:
    kinds = _kinds(briefing)
    dots = [
        _Dot(statement_id=source.statement_id, row=row, at=at, kinds=kinds.get((source.statement_id, subject), ()))
        for source in briefing.sources
        for row, (party, subject) in enumerate(rows)
        if party in source.holders and (at := _years_of(source.date)) is not None
    ]
    return sorted(dots, key=lambda dot: (dot.at, dot.row, dot.statement_id))


def _years_of(value: str | None) -> float | None:
    """Returns the middle of an ISO year, day or interval as a decimal year; None for any other value."""
    first, _, last = (value or "").partition("/")
    try:
        if len(first) == 4:
            return int(first) + 0.5
        days = [date.fromisoformat(part) for part in (first, last or first)]
    except ValueError:
        return None
    return sum(day.year + (day.timetuple().tm_yday - 1) / 366 for day in days) / 2


def _years(axes: "Axes", first: float, last: float) -> None:
    step = max(1, round((last - first) / 10))
    shown = [year for year in range(int(first // 1), int(last) + 1, step) if year >= first]
    axes.set_xticks(shown, [str(year) for year in shown], fontproperties=_font())
    axes.grid(axis="x", color="#E3E7EB", linewidth=0.8, zorder=0)
    axes.set_axisbelow(True)


def _canvas(rows: int, *, legend: int) -> "tuple[Figure, Axes]":
    from matplotlib.figure import Figure

    below = _YEARS + _LINE * -(-legend // _LEGEND_COLUMNS)
    height = _ROW * max(rows, 1)
    whole = (_NAMES + _WIDTH + 2 * _MARGIN, height + below + 3 * _MARGIN)
    figure = Figure(figsize=whole, dpi=_DPI, facecolor="white")
    left, bottom = (_MARGIN + _NAMES) / whole[0], (_MARGIN + below) / whole[1]
    axes = figure.add_axes((left, bottom, _WIDTH / whole[0], height / whole[1]))
    for side in axes.spines.values():
        side.set_visible(False)
    axes.tick_params(length=0, colors=_INK, pad=4)
    axes.set_ylim(max(rows, 1) - 0.5, -0.5)
    return figure, axes


def _box(axes: "Axes", x: float, y: float, kind: PositionKind, width: float, height: float) -> None:
    from matplotlib.patches import Rectangle

    corner = (x - width / 2, y - height / 2)
    box = Rectangle(corner, width, height, facecolor=f"#{TINTS[kind]}", edgecolor=_FAINT, linewidth=0.6, zorder=4)
    axes.add_patch(box)
    size = min(_LETTERS, height * _ROW * _POINTS * 0.8)
    axes.text(x, y, MARKS[kind], ha="center", va="center", color=_INK, fontproperties=_font(size), zorder=5)


@cache
def _installed() -> tuple[str, ...]:
    from matplotlib.font_manager import fontManager

    names = set(fontManager.get_font_names())
    return tuple(name for name in _FONTS if name in names)


def _font(size: float = _LETTERS) -> "FontProperties":
    from matplotlib.font_manager import FontProperties

    return FontProperties(family=list(_installed()), size=size)


@cache
def _glyphs() -> frozenset[int]:
    from matplotlib.font_manager import FontProperties, fontManager, get_font

    found: set[int] = set()
    for name in _installed():
        found.update(get_font(fontManager.findfont(FontProperties(family=name))).get_charmap())
    return frozenset(found)


def _showable(text: str, otherwise: str) -> str:
    """Returns a text on one line if the fonts have all of its characters, else the text `otherwise`."""
    line = " ".join(text.split())
    return line if line and all(ord(char) in _glyphs() for char in line) else otherwise


def _shortened(line: str) -> str:
    """Returns a line as wide as `_LETTERS_OF_NAME` letters at most, cut between words where there are spaces.

    A Chinese character is as wide as two letters.
    """
    if cell_len(line) <= _LETTERS_OF_NAME:
        return line
    cut = textwrap.shorten(line, _LETTERS_OF_NAME, placeholder="…")
    is_cut = cut != "…" and cell_len(cut) <= _LETTERS_OF_NAME
    return cut if is_cut else f"{set_cell_size(line, _LETTERS_OF_NAME - 1).rstrip()}…"


def _meaning(kind: PositionKind, sayings: Sayings) -> str:
    """Returns the meaning of a kind's mark; where every subject is a harm, support means action against it."""
    if kind == "no_position":
        return _words("kind_untold", sayings)
    against = kind == "supports" and all(subject.harm for subject in sayings.briefing.subjects)
    return _words("kind_supports_against" if against else f"kind_{kind}", sayings)


def _words(key: str, sayings: Sayings) -> str:
    return _showable(sayings.say(key), load_briefing_words("en").say(key))
