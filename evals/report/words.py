"""The words of reports and terminal: figures and codes (0.875 is "87.5 %"), and the verdict on a run in a sentence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Final

import yaml
from babel import Locale

from evals.compare import Comparison
from evals.files import EVALS
from evals.gates import GateReport
from evals.metrics.table import METRICS, RIGHT
from evals.runs import RunManifest, ScoreRecord
from evals.summary import SMALL, Figure, Shares, by_case, figure
from ingest.parties.party_table import PartyTable

NOTHING: Final = "–"
_SPACE: Final = "\N{NO-BREAK SPACE}"
# Rounding error of floats: sums of fractions that make 1 may come out as 1 − 1e-16.
_SAME: Final = 1e-9
_WORDS: Final[dict[str, dict[str, str]]] = yaml.load(
    (EVALS / "report" / "words.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
)
STATUS, GIVEN, VERDICT, TONE, SLICES = (_WORDS[name] for name in ("status", "given", "verdict", "tone", "slices"))
# Slices that say how a case was made, and not what users ask for.
_INTERNAL: Final = frozenset({"split", "source", "expected", "trap"})


def shown(value: float | None, metric: str) -> str:
    """Returns a figure in per cent of a share; what is not quite all, or not quite nothing, does not look like it."""
    if value is None or not isfinite(value):
        return NOTHING
    if not METRICS[metric].share:
        return _number(value, ".0f" if float(value).is_integer() else ".2f")
    text = f"{100 * value:.1f}"
    not_quite = (text == "100.0" and value < 1 - _SAME) or (text == "0.0" and value > _SAME)
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


def party(code: str | None, parties: PartyTable) -> str:
    """Returns the name of a State or group."""
    if code is None:
        return "nobody named"
    return parties.display(code) if parties.get(code) is not None else code


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


@dataclass(frozen=True, kw_only=True)
class RunVerdict:
    """What a run shows: its tone (good, bad, warn or none), one sentence, and others that go with it."""

    tone: str
    sentence: str
    more: tuple[str, ...]


def verdict(
    manifest: RunManifest,
    scores: Iterable[ScoreRecord],
    by_slice: Shares,
    parties: PartyTable,
    *,
    comparison: Comparison | None = None,
    gates: GateReport | None = None,
) -> RunVerdict:
    """Returns the verdict, on gates and baseline where there are some."""
    cases = by_case(scores)
    right = figure(cases, RIGHT)
    if right is None:
        return RunVerdict(tone="warn", sentence="No case was scored, so nothing can be said.", more=())
    counted = f"{right.numerator:.6g} of {right.n} cases of “{Path(manifest.dataset).name}”"
    parts = [f"{counted} came out right ({shown(right.value, RIGHT.name)})"]
    more: list[str] = []
    tone = TONE[comparison.right.verdict] if comparison is not None else ""
    if gates is not None:
        said, gate_tone = gates_told(gates)
        parts.append(said)
        tone = gate_tone if gate_tone != "good" or not tone else tone
    if comparison is not None:
        parts.append(changed(comparison))
        if comparison.unpaired:
            more.append(f"{len(comparison.unpaired)} cases are in one of the runs only and were not compared.")
    weak = [
        f"{slice_label(name)} “{slice_value(name, value, parties)}” ({shown(item.value, RIGHT.name)} of {item.n})"
        for name, value, item in weakest(by_slice, right.value)
    ]
    more += [f"Weakest slices: {listed(weak)}."] if weak else []
    drafts = sum(not case.gates for case in cases)
    more += [f"{drafts} of {len(cases)} cases are drafts; no gate counts them."] if drafts else []
    unreviewed = sum(case.gates and not case.reviewed for case in cases)
    if unreviewed:
        more.append(f"The evidence of {unreviewed} of {len(cases)} cases was reviewed by no person; gates count it.")
    return RunVerdict(tone=tone, sentence=f"{'; '.join(parts)}.", more=tuple(more))


def changed(found: Comparison) -> str:
    """Says what changed; the paired test over clusters decides, which takes no two cases of a State for independent."""
    verdicts = {"better": "better than", "worse": "worse than", "same": "not to be told apart from"}
    chance = "may be chance" if found.right.verdict == "same" else "is more than chance"
    return (
        f"{verdicts[found.right.verdict]} “{found.baseline}”, {len(found.regressions)} of {len(found.pairs)} cases "
        f"lost and {len(found.improvements)} won, which {chance} (p = {p_value(found.right.p)})"
    )


def weakest(shares: Shares, overall: float, most: int = 3) -> tuple[tuple[str, str, Figure], ...]:
    """Returns (slice, value, share of right outcomes), the lowest first, below the whole's and over enough cases."""
    found = [
        (name, value, item)
        for name, values in shares.items()
        if name not in _INTERNAL
        for value, item in values.items()
        if item.n >= SMALL and item.value < overall
    ]
    return tuple(sorted(found, key=lambda each: (each[2].value, -each[2].n))[:most])


def gates_told(gates: GateReport) -> tuple[str, str]:
    """Says whether a run is good enough, and by which gates; with its tone."""
    total = len(gates.results)
    failed, undecided, warned = (
        [METRICS[result.metric].label for result in gates.results if result.verdict == verdict]
        for verdict in ("fail", "invalid", "warn")
    )
    lost = f"{len(failed)} of {total} gates failed{_named(failed)}"
    if undecided or gates.problems:
        what = f"{lost}, and whether the rest" if failed else "whether that"
        # What no case may break is broken, however few the cases are.
        hard = (result for result in gates.results if result.kind == "hard" and result.bar in (0.0, 1.0))
        tone = "bad" if any(result.verdict == "fail" for result in hard) else "warn"
        return f"{what} is good enough cannot be decided by the gates{_named([*gates.problems, *undecided])}", tone
    if failed:
        return f"not good enough, {lost}", "bad"
    if warned:
        return f"good enough, all {total} gates held, {len(warned)} with a warning{_named(warned)}", "warn"
    return f"good enough, all {total} gates held", "good"


def _named(labels: list[str]) -> str:
    return f" ({listed(labels, 5)})" if labels else ""
