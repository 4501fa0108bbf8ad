"""The words of reports and terminal for figures and codes: 0.875 is "87.5 %"."""

from collections import Counter
from collections.abc import Sequence
from math import isfinite
from typing import Final

from babel import Locale

from evals.files import EVALS, load_yaml
from evals.metrics.table import METRICS, TOLERANCE
from evals.summary import SMALL, Figure, Shares
from ingest.parties.party_table import PartyTable

NOTHING: Final = "–"
_SPACE: Final = "\N{NO-BREAK SPACE}"
_WORDS: Final[dict[str, dict[str, str]]] = load_yaml(EVALS / "report" / "words.yaml")
_NAMES: Final = ("status", "given", "verdict", "tone", "slices", "notes", "exits")
STATUS, GIVEN, VERDICT, TONE, SLICES, NOTES, EXITS = (_WORDS[name] for name in _NAMES)
# Slices that say how a case was made, and not what users ask for.
_INTERNAL: Final = frozenset({"split", "source", "expected", "trap"})


def shown(value: float | None, metric: str) -> str:
    """Returns a figure in per cent of a share; what is not quite all, or not quite nothing, does not look like it."""
    if value is None or not isfinite(value):
        return NOTHING
    if not METRICS[metric].share:
        return _number(value, ".0f" if float(value).is_integer() else ".2f")
    text = f"{100 * value:.1f}"
    not_quite = (text == "100.0" and value < 1 - TOLERANCE) or (text == "0.0" and value > TOLERANCE)
    return f"{100 * value:.4f}{_SPACE}%" if not_quite else f"{text}{_SPACE}%"


def range_of(low: float | None, high: float | None, metric: str, *, points: bool = False) -> str:
    """Returns an interval, its unit once; of differences of shares in points."""
    if low is None or high is None or not (isfinite(low) and isfinite(high)):
        return NOTHING
    if METRICS[metric].share:
        return f"{_number(100 * low, '.1f')} to {_number(100 * high, '.1f')}{_SPACE}{'pt' if points else '%'}"
    return f"{shown(low, metric)} to {shown(high, metric)}"


def change(delta: float | None, metric: str) -> str:
    """Returns a difference with its sign; of shares in points."""
    if delta is None or not isfinite(delta):
        return NOTHING
    share = METRICS[metric].share
    text = f"{100 * delta:+.1f}" if share else f"{delta:+.2f}"
    text = "0" if float(text) == 0 else text.replace("-", "−")
    return f"{text}{_SPACE}pt" if share else text


def bar_of(bar: float | None, metric: str) -> str:
    """Returns what a gate asks for."""
    if bar is None:
        return NOTHING
    sign = "≤" if METRICS[metric].higher_is_better is False else "≥"
    return f"{sign} {shown(bar, metric).replace('.0' + _SPACE, _SPACE)}"


def _number(value: float, form: str) -> str:
    """Returns a number without the sign of a zero, and with the minus of typography."""
    text = format(value, form)
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def p_value(p: float | None) -> str:
    """Returns a p-value with three digits."""
    if p is None or not isfinite(p):
        return NOTHING
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def milliseconds(value: float | None) -> str:
    """Returns a time in the unit that suits it."""
    if value is None:
        return NOTHING
    return f"{value / 1000:.2f} s" if value >= 1000 else f"{value:.1f} ms" if value < 10 else f"{value:.0f} ms"


def plain(code: str | None) -> str:
    """Returns a code of ours as words."""
    return (code or "").replace("_", " ")


def counted(codes: Sequence[str]) -> str:
    """Returns codes as words with how often each occurs, the commonest first."""
    return ", ".join(f"{plain(code)} {times}" for code, times in Counter(codes).most_common())


def party(code: str | None, parties: PartyTable) -> str:
    """Returns the name of a State or group."""
    return "nobody named" if code is None else parties.display(code)


def language(code: str) -> str:
    """Returns the English name of a language."""
    return str(Locale("en").languages.get(code, code))


def slice_label(name: str) -> str:
    """Returns what a slice groups by."""
    return SLICES.get(name, plain(name).capitalize())


def slice_value(name: str, value: str, parties: PartyTable) -> str:
    """Returns a value of a slice in words."""
    if name == "state":
        return f"{party(value, parties)} ({value})" if party(value, parties) != value else value
    if name == "lang":
        return language(value)
    if name == "expected":
        return STATUS.get(value, value)
    return plain(value) if name in ("type", "kind", "asks") else value


def listed(items: Sequence[str], most: int = 3) -> str:
    """Returns items in a row, the rest as a number."""
    if len(items) > most:
        return f"{', '.join(items[:most])} and {len(items) - most} more"
    return " and ".join(", ".join(items).rsplit(", ", 1)) if len(items) > 1 else ", ".join(items)


def shortened(text: str, most: int = 700) -> str:
    """Returns a text, cut at its end if it is long."""
    return text if len(text) <= most else f"{text[:most].rstrip()} […]"


def weakest(shares: Shares, overall: float, most: int = 3) -> tuple[tuple[str, str, Figure], ...]:
    """Returns (slice, value, share of right outcomes), the lowest first, below the whole's and over enough cases."""
    found = [(name, v, item) for name, own in shares.items() if name not in _INTERNAL for v, item in own.items()]
    low = (each for each in found if each[2].n >= SMALL and each[2].value < overall)
    return tuple(sorted(low, key=lambda each: (each[2].value, -each[2].n))[:most])
