"""A run's report: the same sentence and tables as HTML for people and as Markdown for CI.

The HTML is one file, readable without scripts and without a network. Text of others (questions, statements, file names)
is autoescaped; only our own style and script are marked as safe, and the Content Security Policy admits no other.
"""

import hashlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from rich.markup import escape

from app.ui.templates import say_html
from app.ui.words import digits, language, say, worded
from evals.cases.documents import Documents
from evals.cases.lint import lint
from evals.compare import Comparison, compare, difference_of_data, gating
from evals.errors import RunError
from evals.files import EVALS
from evals.gates import GateReport, gates_of, load_gates
from evals.metrics import citations, integrity
from evals.metrics.table import METRICS, RIGHT
from evals.pipeline_variants import VARIANTS
from evals.report import tables, words
from evals.report.failures import Answers, in_context
from evals.report.tables import Table
from evals.runs import Run, list_runs
from evals.score import Rulings
from evals.summary import FEWEST_CLUSTERS, Shares, by_case, figure, latency, shares, summarise
from ingest.language.detection import direction_of
from ingest.parties.party_table import PartyTable

_VERDICT: Final = "report/verdict.txt.j2"


class Report:
    """A run with what its report shows beside it; tiles and tables show the same figures."""

    def __init__(
        self, run: Run, documents: Documents, rulings: Rulings, baseline: Run | None = None, gates: Path | None = None
    ) -> None:
        """Compares a run with its baseline over cases of both, and checks gates of a file, by default the program's."""
        self.run, self.documents, self.rulings, self.scores = run, documents, rulings, run.scores()
        self.figures, self.shares = summarise(self.scores), shares(self.scores)
        # Without a baseline, the run is compared with the previous one, but only absolute gates are checked.
        self.before = baseline or previous_run(run)
        bars = load_gates(gates)
        self.comparison = compare(self.before, run, bars.margins) if self.before is not None else None
        self.gated = gates_of(run, baseline, gates)
        self.verdict = verdict(run, self.shares, documents.parties, self.gated, self.comparison)

    @cached_property
    def tables(self) -> Mapping[str, Sequence[Table]]:
        """The tables by section of the report."""
        parties, found = self.documents.parties, self.comparison
        cases = {case.id: case for case in self.run.cases()}
        before = shares(found.before) if found is not None else None
        names = dict.fromkeys((*words.SLICES, *self.shares))
        slices = [tables.slice_table(name, self.shares, parties, before) for name in names]
        remarks = [(self.run.manifest.dataset, remark) for remark in lint(cases.values(), self.documents)]
        return {
            "flips": [tables.flips_table(found, cases, self.documents)] if found is not None else [],
            "failures": [tables.stages_table(self.scores)], "gates": [tables.gates_table(self.gated)],
            "figures": [tables.figures_table(self.figures, found)], "health": [tables.remarks_table(remarks)],
            "slices": [table for table in slices if len(table.rows) > 1], "definitions": [tables.metrics_table()],
            "manifest": [tables.changes_table(found)] if found is not None else [],
        }  # fmt: skip

    def written(self, suffix: str) -> str:
        """Returns the report in the format of a suffix: `.html` or `.md`."""
        formats = {".html": self._html, ".md": self._markdown}
        if suffix not in formats:
            raise RunError(f"no report is written as {suffix!r}: end its name with {' or '.join(formats)}")
        return formats[suffix]()

    def _markdown(self) -> str:
        key = tables.figures_table(self.figures, self.comparison, "brief")
        weak = tables.weakest_table(self.shares, self.figures, self.documents.parties)
        brief = [table for name in ("flips", "failures", "gates") for table in self.tables[name]]
        return _environment(False).get_template("report/report.md.j2").render(report=self, tables=[*brief, key, weak])

    def _html(self) -> str:
        style, script = ((EVALS / "report" / name).read_text(encoding="utf-8") for name in ("style.css", "script.js"))
        # Content Security Policy: this style and this script, and nothing else. Source: https://www.w3.org/TR/CSP3/
        own = [f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in (style, script)]
        allowed = f"style-src {own[0]}; script-src {own[1]}"
        before = self.before
        # Style and script are our own files.
        return _environment().get_template("report/template.html.j2").render(
            report=self, cases=self.run.cases(), times=latency(self.scores), style=Markup(style), script=Markup(script),
            policy=f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'",
            earlier=latency(before.scores()) if before is not None else {},
            other_data=difference_of_data(before.manifest, self.run.manifest) if before is not None else None,
            tiles=[item for name, item in self.figures.items() if "tile" in METRICS[name].shown_in],
            answers=Answers(self.run, self.documents, self.rulings),
            before=Answers(before, self.documents, self.rulings) if before is not None and before.answers() else None,
        )  # fmt: skip


def previous_run(run: Run) -> Run | None:
    """Returns the newest scored run before this one over the same cases and statements; None where there is none."""
    for other in list_runs(run.path.parent) if gating(run) else ():
        earlier = other.manifest.started < run.manifest.started and not other.manifest.variant
        if earlier and other.scored and difference_of_data(other.manifest, run.manifest) is None:
            with suppress(RunError):
                return other if gating(other) else None
    return None


@cache
def _environment(escapes: bool = True) -> Environment:
    found = Environment(undefined=StrictUndefined, autoescape=escapes, trim_blocks=True, lstrip_blocks=True)
    found.loader = FileSystemLoader(EVALS)
    found.filters |= {
        "figure": words.shown, "interval": words.range_of, "plain": words.plain,
        "language": words.language, "shortened": words.shortened, "milliseconds": words.milliseconds,
        "listed": words.listed, "day": words.day, "digits": digits, "worded": worded, "counted": words.counted,
        "upper_first": lambda text: text[:1].upper() + text[1:],
        # `plainly` escapes for a terminal, in the markup of rich; the others are for Markdown.
        "plainly": escape, "code": tables.code, "escaped": tables.escaped,
        "came_out": lambda found, how: [METRICS[each.metric].label for each in found if each.verdict == how],
        "party": lambda code, answers: answers.party(code),
        "treaty": lambda treaty: f"{treaty.treaty} {', '.join(treaty.articles)}".strip(),
    }  # fmt: skip
    # Whether a claim contains one of the quotations that it cites.
    found.tests["quoting"] = lambda claim, given: any(
        citation.quote in claim.text for citation in given.citations if citation.number in claim.citations
    )
    found.tests["numeric"] = lambda text: text[:1] in "\N{LEFT-TO-RIGHT MARK}−+<≥≤–0123456789" and len(text) < 24
    # On a page `say_html` escapes the values that it puts into our messages, which may hold markup.
    found.globals |= {
        "say": say_html if escapes else say,
        "METRICS": METRICS, "FEWEST_CLUSTERS": FEWEST_CLUSTERS, "language": language, "direction_of": direction_of,
        "slice_label": words.slice_label, "slice_value": words.slice_value,
        "in_context": in_context, "is_exact": integrity.is_exact, "ruling": citations.ruling,
        "meets": lambda citation, spans: citations.overlaps(citation, *spans),
        "holds": lambda passage, file, spans: citations.covers(passage, file, *spans),
    }  # fmt: skip
    return found


def rendered(template: str, macro: str, *given: object, escapes: bool = True) -> str:
    """Renders a macro of a template; `escapes` says whether its arguments are escaped, as HTML needs."""
    return str(getattr(_environment(escapes).get_template(template).module, macro)(*given)).strip()


@dataclass(frozen=True, kw_only=True)
class RunVerdict:
    """The verdict on a run: its tone (good, bad, warn or none), one sentence, and further sentences."""

    tone: str
    sentence: str
    more: tuple[str, ...] = ()


def verdict(
    run: Run, by_slice: Shares, parties: PartyTable, gates: GateReport, comparison: Comparison | None = None
) -> RunVerdict:
    """Returns the verdict, also against a baseline where there is one."""
    cases = by_case(run.scores())
    right = figure(cases, RIGHT)
    if right is None:
        return RunVerdict(tone="warn", sentence=say("report-no-scores"))
    weak, tone = words.weakest(by_slice, right.value), "bad" if gates.broken else words.TONE[gates.verdict]
    if comparison is not None and tone == "good":
        tone = words.TONE[comparison.right.verdict] or tone
    dataset = Path(run.manifest.dataset).name
    variant = run.manifest.variant or ""
    variant = worded(VARIANTS[variant].effect) if variant in VARIANTS else variant
    text = rendered(
        _VERDICT, "verdict", dataset, cases, right, weak, parties, comparison, gates, variant, escapes=False
    )
    sentence, *more = text.strip("\n").split("\n")
    return RunVerdict(tone=tone, sentence=sentence, more=tuple(more))
