"""The verdict on a run in plain sentences: what came out, against what, whether the gates held, what is weakest."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from evals.compare import Comparison
from evals.compare import ComparisonVerdict as ChangeVerdict
from evals.gates import GateReport
from evals.report.words import listed, p_value, shown, slice_label, slice_value
from evals.runs import RunManifest, ScoreRecord
from evals.summary import QUANTITIES, RIGHT, SliceFigures, by_case, by_slice, slice_names
from ingest.parties.party_table import PartyTable

Tone = Literal["good", "bad", "warn", "plain"]
# Slices that say how a case was made, and not what users ask for.
_INTERNAL: Final = frozenset({"split", "source", "expected", "trap"})


@dataclass(frozen=True, kw_only=True)
class RunVerdict:
    """What a run shows.

    Attributes:
        headline: One sentence, on the baseline where there is one.
        gates: One sentence; empty where none were checked.
        more: Sentences that go with it.
    """

    tone: Tone
    headline: str
    gates: str
    more: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class WeakSlice:
    """A group of cases that comes out worse than the whole."""

    name: str
    figures: SliceFigures


def verdict(
    manifest: RunManifest,
    scores: Iterable[ScoreRecord],
    parties: PartyTable,
    *,
    comparison: Comparison | None = None,
    gates: GateReport | None = None,
) -> RunVerdict:
    """Returns the verdict: against the baseline where there is one, else what was measured."""
    scores = tuple(scores)
    cases = by_case(scores)
    if not cases:
        return RunVerdict(tone="warn", headline="No case was scored, so nothing can be said.", gates="", more=())
    right = sum(case.stage is None for case in cases)
    tone: Tone = "plain"
    more: list[str] = []
    gated = ""
    if comparison is None:
        share = shown(right / len(cases), RIGHT.name)
        headline = f"{right} of the {len(cases)} questions of “{manifest.dataset}” came out right ({share})."
    else:
        headline, told, tone = _compared(comparison)
        more += [f"{right} of {len(cases)} questions came out right.", *told]
    if gates is not None:
        gated, gate_tone = _gated(gates)
        tone = gate_tone if gate_tone != "good" or tone == "plain" else tone
        more += [f"Not decided: {problem}." for problem in gates.problems]
    weak = weakest(scores)
    if weak:
        named = [
            f"{slice_label(item.name)} “{slice_value(item.name, item.figures.value, parties)}” "
            f"({item.figures.right:.0%} of {item.figures.n} right)"
            for item in weak
        ]
        more.append(f"Weakest groups of questions: {listed(named)}.")
    drafts = sum(not case.gates for case in cases)
    if drafts:
        more.append(f"{drafts} of {len(cases)} questions are drafts; no gate counts them.")
    unreviewed = sum(case.gates and not case.reviewed for case in cases)
    if unreviewed:
        more.append(f"The gold of {unreviewed} of {len(cases)} questions was reviewed by no person; gates count it.")
    return RunVerdict(tone=tone, headline=headline, gates=gated, more=tuple(more))


def weakest(scores: Iterable[ScoreRecord], most: int = 3) -> tuple[WeakSlice, ...]:
    """Returns the groups with the lowest shares of right outcomes, below the whole's and with enough cases."""
    scores = tuple(scores)
    cases = by_case(scores)
    overall = sum(case.stage is None for case in cases) / (len(cases) or 1)
    found = [
        WeakSlice(name=name, figures=figures)
        for name in slice_names(scores)
        if name not in _INTERNAL
        for figures in by_slice(scores, name)
        if not figures.small and figures.right < overall
    ]
    return tuple(sorted(found, key=lambda item: (item.figures.right, -item.figures.n))[:most])


def _compared(found: Comparison) -> tuple[str, list[str], Tone]:
    """The paired test over groups of questions decides; it is stricter than one that takes them for independent."""
    right = found.right
    after = f"{shown(right.b, right.metric)} of the outcomes are right, before it was {shown(right.a, right.metric)}"
    headlines: dict[ChangeVerdict, tuple[str, Tone]] = {
        "better": (f"The assistant is better than in the baseline “{found.baseline}”: {after}.", "good"),
        "worse": (f"The assistant is worse than in the baseline “{found.baseline}”: {after}.", "bad"),
        "same": (f"The assistant cannot be told apart from the baseline “{found.baseline}”: {after}.", "plain"),
    }
    headline, tone = headlines[right.verdict]
    lost, won = len(found.regressions), len(found.improvements)
    told = [
        f"{lost} of {len(found.pairs)} questions that came out right no longer do, and {won} that did not now do "
        f"({'this may be chance' if right.verdict == 'same' else 'more than chance'}, p = {p_value(right.p)})."
    ]
    if found.unpaired:
        told.append(f"{len(found.unpaired)} questions are in one of the runs only and were left out of the comparison.")
    return headline, told, tone


def _gated(gates: GateReport) -> tuple[str, Tone]:
    failed = [QUANTITIES[result.metric].label for result in gates.results if result.verdict == "fail"]
    undecided = [QUANTITIES[result.metric].label for result in gates.results if result.verdict == "invalid"]
    warned = [QUANTITIES[result.metric].label for result in gates.results if result.verdict == "warn"]
    total = len(gates.results)
    if failed:
        return f"{len(failed)} of {total} gates failed: {listed(failed, 5)}.", "bad"
    if undecided or gates.problems:
        what = f": {listed(undecided, 5)}" if undecided else ""
        return f"The gates could not be decided{what}.", "warn"
    if warned:
        return f"All {total} gates held, {len(warned)} with a warning: {listed(warned, 5)}.", "warn"
    return f"All {total} gates held.", "good"
