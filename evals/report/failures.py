"""Error analysis in the report: each failed case with what was asked, expected and given, and where it broke."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from markupsafe import Markup

from app.answering.verify import reads_as
from app.records import Answer, Citation
from evals.cases.case import Case, Evidence
from evals.cases.documents import Documents
from evals.failure_taxonomy import STAGES, Stage
from evals.metrics.citations import covers, evidence_spans, overlaps, ruling
from evals.metrics.eval_sample import EvalSample
from evals.report.marked import in_context, word_changes
from evals.report.words import GIVEN, STATUS, milliseconds, party, plain, shortened
from evals.runs import AnswerRecord, Run, ScoreRecord
from evals.score import Rulings, eval_samples
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


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The answer of a case that is shown: of its repeats the first that came out as the case did."""

    record: AnswerRecord
    sample: EvalSample | None
    score: ScoreRecord

    @property
    def outcome(self) -> str:
        """What was given, in words."""
        if self.sample is None:
            return "failed"
        answer = self.sample.answer
        missing = f", without the {plain(answer.missing)}" if answer.missing else ""
        reason = f" ({plain(answer.abstention.reason)})" if answer.abstention is not None else ""
        return f"{GIVEN[answer.status]}{missing}{reason}"

    @property
    def message(self) -> str:
        """What is said in place of an answer."""
        if self.sample is not None:
            return self.sample.answer.abstention.message if self.sample.answer.abstention is not None else ""
        return self.record.error.message if self.record.error is not None else "what came back is not an answer"

    @property
    def claims(self) -> list[str]:
        """Claims that say more than their quotations."""
        if self.sample is None:
            return []
        quoted = {citation.number: citation.quote for citation in self.sample.answer.citations}
        claims = self.sample.answer.claims
        return [c.text for c in claims if not any(quoted.get(n, "\0") in c.text for n in c.citations)]

    @property
    def facts(self) -> list[str]:
        """How sure and how fast it was, and what it took."""
        model = [f"model {self.score.model}"] if self.score.model is not None else []
        times = [f"{step} {milliseconds(value)}" for step, value in self.score.timings_ms.items()]
        tokens = [f"{plain(name)} {count}" for name, count in self.score.tokens.items()]
        return [f"confidence {self.score.confidence:.2f}", *times, *tokens, *model]


class Answers:
    """The answers of one run with what they are judged by; the report's template asks it."""

    def __init__(self, run: Run, documents: Documents, rulings: Rulings | None) -> None:
        self.documents = documents
        self.cases = {case.id: case for case in run.cases()}
        self.scores = run.scores()
        self.stages = {case.case: case.stage for case in by_case(self.scores)}
        self._sample = eval_samples(run, documents, rulings)
        self._records = {(record.case, record.repeat): record for record in run.answers()}
        failed = [name for stage in STAGES for name in self.cases if self.stages.get(name) == stage]
        # Made of nothing that others wrote.
        self.anchors = {name: f"case-{number}" for number, name in enumerate(failed, start=1)}

    def failed(self) -> list[tuple[Stage, list[Case]]]:
        """Returns the failed cases by the stage that broke first, in the order of the stages."""
        found = [(stage, [self.cases[n] for n in self.anchors if self.stages[n] == stage]) for stage in STAGES]
        return [(stage, cases) for stage, cases in found if cases]

    def shown(self, name: str) -> Shown | None:
        """Returns the answer of a case that is shown; None where it was not asked."""
        scores = sorted((score for score in self.scores if score.case == name), key=lambda score: score.repeat)
        like = next((score for score in scores if score.stage == self.stages.get(name)), None)
        if like is None or (name, like.repeat) not in self._records:
            return None
        key = name, like.repeat
        return Shown(record=self._records[key], sample=self._sample.get(key), score=like)

    def party(self, code: str | None) -> str:
        """Returns the name of a State or group."""
        return party(code, self.documents.parties)

    def expected(self, case: Case) -> str:
        """Returns the right outcome in words."""
        expect = case.expect
        told = _listed({
            "States": [self.party(code) for code in expect.states],
            "not to be cited": [self.party(code) for code in expect.states_forbidden],
            "years": [*map(str, expect.years)],
            "reason": [plain(expect.reason or "")],
            "to be named as missing": [plain(expect.missing or "")],
            "kind": [plain(case.unanswerable_kind or "")],
        })  # fmt: skip
        return "; ".join(part for part in (STATUS[expect.status], told) if part)

    def read_as(self, answer: Answer) -> str:
        """Returns how the question was read, in words."""
        scope = answer.scope
        return _listed({
            "States and groups": [self.party(code) for code in (*scope.states, *scope.groups)],
            "years": [*scope.years, *scope.months],
            "sessions": scope.sessions,
            "bodies": scope.bodies,
            "treaties and articles": [f"{t.treaty} {', '.join(t.articles)}".strip() for t in scope.treaties],
            "agenda items": scope.agenda_items,
            "topic": [scope.topic],
        })  # fmt: skip

    def evidence(self, span: Evidence, given: Sequence[Citation]) -> Markup | None:
        """Returns evidence in the text around it; None where the file is not in the corpus."""
        document = self.documents.by_file.get(span.file)
        if document is None or not span.located:
            return None
        cited = [(c.number, c.start, c.end) for c in given if c.file == span.file]
        return in_context(document.text, (span.start, span.end), [(span.start, span.end)], cited)

    def holder(self, span: Evidence) -> str:
        """Returns the name of whoever holds the position of a span."""
        document = self.documents.by_file.get(span.file)
        return self.party(span.state or (document.state if document is not None else None))

    def citation(self, citation: Citation, sample: EvalSample) -> tuple[Markup, bool]:
        """Returns (the quotation in the text around it, or how it differs from the words there; whether it differs)."""
        words, exact = _compared(citation, sample)
        if not exact:
            return word_changes(words or citation.source_quote, citation.quote), True
        spans = [(s.start, s.end) for s in evidence_spans(sample.case) if s.file == citation.file and s.located]
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
        if any(overlaps(citation, span) for span in evidence_spans(sample.case)):
            yield "★", "expected evidence", "good"
        elif sample.case.groups:
            yield _RULED[ruling(sample, citation)]

    def passages(self, sample: EvalSample) -> list[dict[str, object]]:
        """Returns what was retrieved, the best first: its rank, score, State, file, text, and if it holds evidence."""
        found: list[dict[str, object]] = []
        for passage in sorted(sample.answer.retrieved, key=lambda item: item.rank):
            file = sample.files.get(passage.statement_id)
            document = sample.documents.get(file or "")
            text = document.text[max(0, passage.start) : max(0, passage.end)] if document is not None else ""
            found.append({
                "rank": passage.rank, "score": passage.score, "file": file or passage.statement_id,
                "state": self.party(document.state) if document is not None else "",
                "text": shortened(" ".join(text[: 4 * _SNIPPET].split()), _SNIPPET),
                "held": any(covers(passage, file, span) for span in evidence_spans(sample.case)),
            })  # fmt: skip
        return found


def _listed(parts: dict[str, Sequence[str]]) -> str:
    found = {name: ", ".join(filter(None, values)) for name, values in parts.items()}
    return "; ".join(f"{name}: {told}" for name, told in found.items() if told)


def _compared(citation: Citation, sample: EvalSample) -> tuple[str, bool]:
    """Returns (the words at a citation's offsets, whether the quotation reads as them)."""
    document = sample.documents.get(citation.file)
    if document is None:
        return "", False
    words = document.text[citation.start : citation.end] if citation.start >= 0 else ""
    return words, bool(words) and reads_as(citation.quote, words, heads=_cached_heads(document.text))
