"""Error analysis in the report: each failed case with what was asked, expected and given, and where it broke."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

from markupsafe import Markup

from app.answering.verify import reads_as
from app.records import Citation
from evals.cases.case import Case, Evidence
from evals.cases.documents import Documents
from evals.failure_taxonomy import STAGES, Stage
from evals.metrics.citations import covers, overlaps, ruling
from evals.metrics.eval_sample import EvalSample
from evals.report.marked import in_context, word_changes
from evals.report.words import party, plain, shortened
from evals.runs import Run
from evals.score import Rulings, judged_answers
from evals.summary import by_case
from ingest.text.furniture import running_heads

# Retrieved passages shown, beside those that hold evidence.
PASSAGES: Final = 8
_SNIPPET: Final = 90
_cached_heads = lru_cache(maxsize=512)(running_heads)
# A finding about a citation: a sign, a word and whether it is good.
Badge = tuple[str, str, str]
_RULED: Final[dict[bool | None, Badge]] = {
    True: ("✔", "accepted by a reviewer", "good"),
    False: ("✗", "rejected by a reviewer", "bad"),
    None: ("○", "not expected, and not judged", "plain"),
}


class Answers:
    """The answers of one run with what they are judged by; the report's template asks it and words what it says."""

    def __init__(self, run: Run, documents: Documents, rulings: Rulings | None) -> None:
        self.documents = documents
        self.cases = {case.id: case for case in run.cases()}
        self.scores = sorted(run.scores(), key=lambda score: score.repeat)
        self.stages = {case.case: case.stage for case in by_case(self.scores)}
        judged = judged_answers(run, documents, rulings)
        self._judged = {(each.record.case, each.record.repeat): each for each in judged}
        failed = [name for stage in STAGES for name in self.cases if self.stages.get(name) == stage]
        # Made of nothing that others wrote.
        self.anchors = {name: f"case-{number}" for number, name in enumerate(failed, start=1)}

    def failed(self) -> list[tuple[Stage, list[Case]]]:
        """Returns the failed cases by the stage that broke first, in the order of the stages."""
        found = [(stage, [self.cases[n] for n in self.anchors if self.stages[n] == stage]) for stage in STAGES]
        return [(stage, cases) for stage, cases in found if cases]

    def shown(self, name: str) -> dict[str, Any] | None:
        """Returns the score, record and sample that are shown of a case: the first that came out as the case did."""
        scores = [score for score in self.scores if score.case == name and score.stage == self.stages[name]]
        judged = self._judged.get((name, scores[0].repeat)) if scores else None
        return None if judged is None else {"score": scores[0], "record": judged.record, "sample": judged.sample}

    def party(self, code: str | None) -> str:
        """Returns the name of a State or group."""
        return party(code, self.documents.parties)

    def evidence(self, span: Evidence, given: Sequence[Citation]) -> tuple[str, Markup | None]:
        """Returns (who holds the position, evidence in the text around it; None without its file)."""
        document = self.documents.by_file.get(span.file)
        holder = self.party(span.state or (document.state if document is not None else None))
        if document is None or not span.located:
            return holder, None
        cited = [(c.number, c.start, c.end) for c in given if c.file == span.file]
        return holder, in_context(document.text, (span.start, span.end), [(span.start, span.end)], cited)

    def citation(self, citation: Citation, sample: EvalSample) -> tuple[Markup, bool]:
        """Returns (the quotation in the text around it, or how it differs from the words there; whether it differs)."""
        words, exact = _compared(citation, sample)
        if not exact:
            return word_changes(words or citation.source_quote, citation.quote), True
        spans = [(s.start, s.end) for s in sample.case.spans if s.file == citation.file and s.located]
        given = (citation.number, citation.start, citation.end)
        return in_context(sample.documents[citation.file].text, given[1:], spans, [given]), False

    def badges(self, citation: Citation, sample: EvalSample) -> Iterator[Badge]:
        """Yields what is known of a citation."""
        document, (words, exact) = sample.documents.get(citation.file), _compared(citation, sample)
        if document is None:
            yield "✗", "file not in the corpus", "bad"
        else:
            yield ("✔", "word for word", "good") if exact else ("✗", "not what the file says there", "bad")
            if words != citation.source_quote:
                yield "✗", "offsets point elsewhere", "bad"
        if citation.verdict != "verified":
            yield "▲", f"the assistant's own check: {plain(citation.verdict)}", "warn"
        if document is not None and document.state is not None and document.state != citation.state:
            yield "✗", "another State said this", "bad"
        if any(overlaps(citation, span) for span in sample.case.spans):
            yield "★", "expected evidence", "good"
        elif sample.case.groups:
            yield _RULED[ruling(sample, citation)]

    def passages(self, sample: EvalSample) -> Iterator[dict[str, Any]]:
        """Yields what was retrieved, the best first: its rank, score, State, file, text, and if it holds evidence."""
        for passage in sorted(sample.answer.retrieved, key=lambda item: item.rank):
            file = sample.files.get(passage.statement_id)
            document = sample.documents.get(file or "")
            text = document.text[max(0, passage.start) : max(0, passage.end)] if document is not None else ""
            yield {
                "rank": passage.rank, "score": passage.score, "file": file or passage.statement_id,
                "state": self.party(document.state) if document is not None else "",
                "text": shortened(" ".join(text[: 4 * _SNIPPET].split()), _SNIPPET),
                "held": any(covers(passage, file, span) for span in sample.case.spans),
            }  # fmt: skip


def _compared(citation: Citation, sample: EvalSample) -> tuple[str, bool]:
    """Returns (the words at a citation's offsets, whether the quotation reads as them)."""
    document = sample.documents.get(citation.file)
    if document is None:
        return "", False
    words = document.text[citation.start : citation.end] if citation.start >= 0 else ""
    return words, bool(words) and reads_as(citation.quote, words, heads=_cached_heads(document.text))
