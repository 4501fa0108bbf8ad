"""How reports and terminal write figures and codes, in the reader's language: 0.875 is "87.5 %"."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from math import isfinite
from typing import Final

from app.answering.localization import language_name
from app.answering.provenance import date_in_words
from app.ui.words import digits, said, say
from app.ui.words import language as spoken
from evals.metrics.table import METRICS, TOLERANCE
from evals.summary import SMALL, Figure, Shares
from ingest.language.detection import direction_of
from ingest.parties.party_table import PartyTable

NOTHING: Final = "–"
_SPACE: Final = "\N{NO-BREAK SPACE}"
# How verdicts of gates and of differences are coloured.
TONE: Final = {
    "pass": "good", "fail": "bad", "warn": "warn", "invalid": "warn", "better": "good", "worse": "bad", "few": "warn",
    "same": "",
}  # fmt: skip
# What cases are grouped by, in the order of the report; tags of the cases follow.
SLICES: Final = "asks state year session article lang type wording kind expected source split".split()
_CODE: Final = re.compile(r"[a-z]+(?:_[a-z]+)*")
# Slices that say how a case was made, and not what users ask for.
_INTERNAL: Final = frozenset({"split", "source", "expected", "trap"})


def shown(value: float | None, metric: str) -> str:
    """Returns a figure, a share in per cent; shares close to 0 or 1 get more digits, so as not to read 0 % or 100 %."""
    if value is None or not isfinite(value):
        return NOTHING
    if not METRICS[metric].share:
        return _number(value, ".0f" if float(value).is_integer() else ".2f")
    text = f"{100 * value:.1f}"
    not_quite = (text == "100.0" and value < 1 - TOLERANCE) or (text == "0.0" and value > TOLERANCE)
    return digits(f"{100 * value:.4f}{_SPACE}%" if not_quite else f"{text}{_SPACE}%")


def range_of(low: float | None, high: float | None, metric: str, *, points: bool = False) -> str:
    """Returns an interval with its unit once; with `points` it is of a difference of shares, in percentage points."""
    if low is None or high is None or not (isfinite(low) and isfinite(high)):
        return NOTHING
    if METRICS[metric].share:
        unit = say("report-points") if points else "%"
        ends = (_number(100 * end, ".1f") for end in (low, high))
        return f"{say('report-to', **dict(zip(('low', 'high'), ends, strict=True)))}{_SPACE}{unit}"
    return say("report-to", low=shown(low, metric), high=shown(high, metric))


def change(delta: float | None, metric: str) -> str:
    """Returns a difference with its sign, for shares in percentage points."""
    if delta is None or not isfinite(delta):
        return NOTHING
    share = METRICS[metric].share
    text = f"{100 * delta:+.1f}" if share else f"{delta:+.2f}"
    text = "0" if float(text) == 0 else _signed(text)
    return f"{text}{_SPACE}{say('report-points')}" if share else text


def bar_of(bar: float | None, metric: str) -> str:
    """Returns the bar of a gate with its sign, such as "≥ 95 %"."""
    if bar is None:
        return NOTHING
    sign = "≤" if METRICS[metric].higher_is_better is False else "≥"
    return f"{sign} {re.sub(f'[.,]0{_SPACE}', _SPACE, shown(bar, metric))}"


def _number(value: float, form: str) -> str:
    """Returns a number with a typographic minus, and zero without a sign."""
    text = format(value, form)
    return digits(text.lstrip("-")) if float(text) == 0 else _signed(text)


def _signed(text: str) -> str:
    """Returns a number with a typographic minus, which a mark keeps in front of it in right-to-left text."""
    return ("\N{LEFT-TO-RIGHT MARK}" if direction_of(spoken()) == "rtl" else "") + digits(text.replace("-", "−"))


def p_value(p: float | None) -> str:
    """Returns a p-value with three digits."""
    if p is None or not isfinite(p):
        return NOTHING
    return digits("< 0.001" if p < 0.001 else f"{p:.3f}")


def milliseconds(value: float | None) -> str:
    """Returns a time in the unit that suits it."""
    if value is None:
        return NOTHING
    return digits(f"{value / 1000:.2f} s" if value >= 1000 else f"{value:.1f} ms" if value < 10 else f"{value:.0f} ms")


def day(moment: date) -> str:
    """Returns a day as people write it."""
    return date_in_words(f"{moment:%Y-%m-%d}", spoken()) or ""


def plain(code: str | None) -> str:
    """Returns a code of the program, such as a stage or status, as words."""
    return said(f"code-{code}", (code or "").replace("_", " "))


def counted(codes: Sequence[str]) -> str:
    """Returns codes as words with how often each occurs, the commonest first."""
    return say("comma").join(f"{plain(code)} {times}" for code, times in Counter(codes).most_common())


def party(code: str | None, parties: PartyTable) -> str:
    """Returns the name of a State or group."""
    return say("report-nobody") if code is None else parties.display(code, spoken())


def language(code: str) -> str:
    """Returns the name of a language."""
    return language_name(code, spoken())


def slice_label(name: str) -> str:
    """Returns the heading of a slice, which says by what it groups cases."""
    return said(f"report-by-{name}", plain(name).capitalize())


def slice_value(name: str, value: str, parties: PartyTable) -> str:
    """Returns a value of a slice in words."""
    if name == "state":
        return f"{party(value, parties)} ({value})" if party(value, parties) != value else value
    if name == "lang":
        return language(value)
    if name == "expected":
        return said(f"report-status-{value}", value)
    # Topics, sessions and articles are shown as they are; all other values are codes.
    return plain(value) if _CODE.fullmatch(value) and name not in ("topic", "session", "article") else value


def listed(items: Sequence[str], most: int = 3) -> str:
    """Returns a list in words, of `most` items at most and the number of the others."""
    if len(items) > most:
        return say("report-and-more", items=say("comma").join(items[:most]), count=len(items) - most)
    *first, last = items or ("",)
    return say("report-and", items=say("comma").join(first), last=last) if first else last


def shortened(text: str, most: int = 700) -> str:
    """Returns a text, cut at its end if it is long."""
    return text if len(text) <= most else f"{text[:most].rstrip()} […]"


def weakest(shares: Shares, overall: float, most: int = 3) -> tuple[tuple[str, str, Figure], ...]:
    """Returns (slice, value, share of right outcomes), lowest first, below `overall` and from `SMALL` cases on."""
    found = [(name, v, item) for name, own in shares.items() if name not in _INTERNAL for v, item in own.items()]
    low = (each for each in found if each[2].n >= SMALL and each[2].value < overall)
    return tuple(sorted(low, key=lambda each: (each[2].value, -each[2].n))[:most])
