"""The verdict on a run in one sentence: what came out, whether it is good enough by which gates, and what changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evals.compare import Comparison
from evals.gates import GateReport
from evals.metrics.table import METRICS, RIGHT
from evals.report.words import TONE, listed, p_value, shown, slice_label, slice_value
from evals.runs import RunManifest, ScoreRecord
from evals.summary import SMALL, Figure, Shares, by_case, figure
from ingest.parties.party_table import PartyTable

# Slices that say how a case was made, and not what users ask for.
_INTERNAL: Final = frozenset({"split", "source", "expected", "trap"})


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
