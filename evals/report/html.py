"""A run as one HTML file: no network, nothing outside the file, readable without scripts.

Whatever others wrote (questions, statements, file names) goes through autoescaping. Marked as safe are our own style
and script alone; the content security policy admits no other.
"""

import hashlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from evals.cases.documents import Documents
from evals.compare import Comparison, compare, difference_of_data
from evals.failure_taxonomy import MEANING
from evals.gates import GateReport
from evals.metrics.confidence import reliability, risk_coverage
from evals.metrics.table import METRICS
from evals.report import words
from evals.report.failures import PASSAGES, Answers
from evals.report.marked_evidence import shortened
from evals.report.questions import questions_of
from evals.report.verdict import verdict
from evals.runs import Run, ScoreRecord
from evals.score import Rulings
from evals.summary import (
    KEY_METRICS,
    QUANTITIES,
    RIGHT,
    SMALL,
    Price,
    abstention_square,
    by_case,
    by_slice,
    confusion,
    cost,
    figure,
    latency,
    outcomes,
    slice_names,
    summarise,
)

# Figures that stand at the top.
_HEADLINES: Final = (
    "right", "evidence_five", "quote_verified", "misattributed", "abstention_recall", "over_abstention",
)  # fmt: skip
_GROUPS: Final = ("Integrity", "Reading", "Retrieval", "Evidence", "Content", "Abstention", "Robustness")


def render(
    run: Run,
    documents: Documents,
    *,
    baseline: Run | None = None,
    gates: GateReport | None = None,
    rulings: Rulings | None = None,
    prices: Mapping[str, Price] | None = None,
) -> str:
    """Returns the report of a scored run.

    Args:
        run: The run in question.
        documents: The corpus it was run on, for the text around quotations.
        baseline: The run to compare with; over other cases or statements, the cases that both have are compared.
        gates: How the gates came out.
        rulings: What persons decided on citations that no case expects.
        prices: Of tokens, by the name that answers give their model.

    Raises:
        RunError: A run is not scored, or the runs share no case.
    """
    answers = Answers(run, documents, rulings)
    before = Answers(baseline, documents, rulings) if baseline is not None else None
    comparison = compare(baseline, run, intersection=True) if baseline is not None else None
    style, script = _read("style.css"), _read("script.js")
    scores, other = answers.scores, before.scores if before is not None else ()
    return (
        environment()
        .get_template("template.html.j2")
        .render(
            policy=_policy(style, script),
            style=Markup(style),  # our own file
            script=Markup(script),  # our own file
            manifest=run.manifest,
            comparison=comparison,
            baseline=baseline.manifest if baseline is not None else None,
            other_data=difference_of_data(baseline.manifest, run.manifest) if baseline is not None else None,
            verdict=verdict(run.manifest, scores, documents.parties, comparison=comparison, gates=gates),
            gates=gates,
            answers=answers,
            before=before,
            **_figures(scores, comparison),
            slices=_slices(scores, comparison),
            square=abstention_square(scores),
            confused=confusion(scores),
            single=sum(score.single for score in scores),
            reliability=reliability(outcomes(scores)),
            curve=risk_coverage(outcomes(scores)),
            other_curve=risk_coverage(outcomes(other)) if before is not None else None,
            latencies=latency(scores),
            earlier={step.step: step for step in latency(other)},
            costs=cost(scores, prices or {}),
            **questions_of(answers),
        )
    )


def environment() -> Environment:
    """Returns what reads the templates of reports, with the filters that they use."""
    found = Environment(
        loader=FunctionLoader(_read), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    found.filters |= {
        "figure": words.shown,
        "interval": words.range_of,
        "change": words.change,
        "p": words.p_value,
        "ms": words.milliseconds,
        "plain": words.plain,
        "upper_first": words.upper_first,
        "bar_of": words.bar_of,
        "language": words.language,
        "slice_label": words.slice_label,
        "slice_value": words.slice_value,
        "shortened": shortened,
    }
    found.tests["same_state"] = lambda pair: pair[0] == pair[1]
    found.globals |= {
        "QUANTITIES": QUANTITIES, "METRICS": METRICS, "MEANING": MEANING, "GATE": words.GATE, "CHANGE": words.CHANGE,
        "STATUS": words.STATUS, "SMALL": SMALL, "KEY_METRICS": KEY_METRICS, "PASSAGES": PASSAGES,
    }  # fmt: skip
    return found


def _read(name: str) -> str:
    return files("evals.report").joinpath(name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Returns a policy that admits this style and this script and nothing else.

    Source: https://www.w3.org/TR/CSP3/
    """
    style_hash, script_hash = (
        f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in (style, script)
    )
    return f"default-src 'none'; style-src {style_hash}; script-src {script_hash}; base-uri 'none'; form-action 'none'"


def _figures(scores: Sequence[ScoreRecord], comparison: Comparison | None) -> dict[str, Any]:
    found = {item.metric: item for item in summarise(scores)}
    right = figure(by_case(scores), RIGHT) if scores else None
    everything = found | ({RIGHT.name: right} if right is not None else {})
    compared = (comparison.right, *comparison.metrics) if comparison is not None else ()
    by_group = {group: [METRICS[name] for name in found if METRICS[name].group == group] for group in _GROUPS}
    return {
        "headlines": [everything[name] for name in _HEADLINES if name in everything],
        "groups": {group: metrics for group, metrics in by_group.items() if metrics},
        "differences": {item.metric: item for item in compared},
        "figures": found,
    }


def _slices(scores: Sequence[ScoreRecord], comparison: Comparison | None) -> list[tuple[str, Any, Any]]:
    """Returns (slice, its values the worst first, the baseline's shares) of what has more than one value."""
    names = dict.fromkeys((*words.SLICES, *slice_names(scores)))
    found = [(name, by_slice(scores, name)) for name in names]
    return [
        (name, items, {item.value: item.a for item in comparison.by(name)} if comparison is not None else {})
        for name, items in found
        if len(items) > 1
    ]
