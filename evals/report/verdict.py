"""The verdict on a run in one sentence: what came out, whether it is good enough by which gates, and what changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from evals.compare import Comparison
from evals.gates import GateReport, GateVerdict
from evals.report.words import listed, p_value, shown, slice_label, slice_value
from evals.runs import RunManifest, ScoreRecord
from evals.summary import QUANTITIES, RIGHT, SliceFigures, by_case, by_slice, slice_names
from ingest.parties.party_table import PartyTable

Tone = Literal["good", "bad", "warn", "plain"]
# Slices that say how a case was made, and not what users ask for.
_INTERNAL: Final = frozenset({"split", "source", "expected", "trap"})
_OF_CHANGE: Final[dict[str, Tone]] = {"better": "good", "worse": "bad", "same": "plain"}


@dataclass(frozen=True, kw_only=True)
class RunVerdict:
    """What a run shows: one sentence, and others that go with it."""

    tone: Tone
    sentence: str
    more: tuple[str, ...]


def verdict(
    manifest: RunManifest,
    scores: Iterable[ScoreRecord],
    parties: PartyTable,
    *,
    comparison: Comparison | None = None,
    gates: GateReport | None = None,
) -> RunVerdict:
    """Returns the verdict, on gates and baseline where there are some."""
    scores = tuple(scores)
    cases = by_case(scores)
    if not cases:
        return RunVerdict(tone="warn", sentence="No case was scored, so nothing can be said.", more=())
    right = sum(case.stage is None for case in cases)
    parts = [f"{right} of {len(cases)} cases of “{manifest.dataset}” came out right ({_percent(right, len(cases))})"]
    tone: Tone = "plain"
    more: list[str] = []
    if comparison is not None:
        tone = _OF_CHANGE[comparison.right.verdict]
        if comparison.unpaired:
            more.append(f"{len(comparison.unpaired)} cases are in one of the runs only and were not compared.")
    if gates is not None:
        said, gate_tone = gates_told(gates)
        parts.append(said)
        tone = gate_tone if gate_tone != "good" or tone == "plain" else tone
        more += [f"Not decided: {problem}." for problem in gates.problems]
    parts += [changed(comparison)] if comparison is not None else []
    weak = [
        f"{slice_label(name)} “{slice_value(name, item.value, parties)}” ({item.right:.0%} of {item.n} right)"
        for name, item in weakest(scores)
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


def weakest(scores: Iterable[ScoreRecord], most: int = 3) -> tuple[tuple[str, SliceFigures], ...]:
    """Returns (slice, its value with the lowest share of right outcomes), below the whole's and with enough cases."""
    scores = tuple(scores)
    cases = by_case(scores)
    overall = sum(case.stage is None for case in cases) / (len(cases) or 1)
    found = [
        (name, item)
        for name in slice_names(scores)
        if name not in _INTERNAL
        for item in by_slice(scores, name)
        if not item.small and item.right < overall
    ]
    return tuple(sorted(found, key=lambda pair: (pair[1].right, -pair[1].n))[:most])


def _percent(part: int, whole: int) -> str:
    return shown(part / whole, RIGHT.name)


def gates_told(gates: GateReport) -> tuple[str, Tone]:
    """Says whether a run is good enough, and by which gates."""

    def of(verdict: GateVerdict) -> list[str]:
        return [QUANTITIES[result.metric].label for result in gates.results if result.verdict == verdict]

    failed, undecided, warned, total = of("fail"), of("invalid"), of("warn"), len(gates.results)
    if failed:
        return f"not good enough, {len(failed)} of {total} gates failed ({listed(failed, 5)})", "bad"
    if undecided or gates.problems:
        return f"whether that is good enough cannot be decided by the gates{_named(undecided)}", "warn"
    if warned:
        return f"good enough, all {total} gates held, {len(warned)} with a warning{_named(warned)}", "warn"
    return f"good enough, all {total} gates held", "good"


def _named(labels: list[str]) -> str:
    return f" ({listed(labels, 5)})" if labels else ""
