"""Error analysis in the report: each failed case with what was asked, expected and given, and where it broke."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from app.answering.verify import reads_as
from app.records import Answer, Citation, RetrievedPassage
from evals.cases.case import Case, Evidence
from evals.cases.documents import Documents
from evals.failure_taxonomy import STAGES, Stage
from evals.metrics.citations import covers, evidence_spans, overlaps, ruling
from evals.metrics.eval_sample import EvalSample
from evals.report.marked_evidence import Context, Word, context, word_changes
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


class Shown(NamedTuple):
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
        if self.sample is None:
            return self.record.error.message if self.record.error is not None else "what came back is not an answer"
        return self.sample.answer.abstention.message if self.sample.answer.abstention is not None else ""

    @property
    def claims(self) -> list[str]:
        """Claims that say more than their quotations."""
        answer = self.sample.answer if self.sample is not None else Answer(question="", answer="", status="abstained")
        quoted = {citation.number: citation.quote for citation in answer.citations}
        return [c.text for c in answer.claims if not any(quoted.get(n, "\0") in c.text for n in c.citations)]

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
        return Shown(self._records[name, like.repeat], self._sample.get((name, like.repeat)), like)

    def party(self, code: str | None) -> str:
        """Returns the name of a State or group."""
        return party(code, self.documents.parties)

    def expected(self, case: Case) -> str:
        """Returns the right outcome in words."""
        expect = case.expect
        lists = (
            ("States", [self.party(code) for code in expect.states]),
            ("not to be cited", [self.party(code) for code in expect.states_forbidden]),
            ("years", [*map(str, expect.years)]),
            ("reason", [plain(expect.reason)] if expect.reason else []),
            ("to be named as missing", [plain(expect.missing)] if expect.missing else []),
            ("kind", [plain(case.unanswerable_kind)] if case.unanswerable_kind else []),
        )
        return "; ".join([STATUS[expect.status], *(f"{name}: {', '.join(found)}" for name, found in lists if found)])

    def read_as(self, answer: Answer) -> str:
        """Returns how the question was read, in words."""
        scope = answer.scope
        lists = (
            ("States and groups", [self.party(code) for code in (*scope.states, *scope.groups)]),
            ("years", [*scope.years, *scope.months]),
            ("sessions", scope.sessions),
            ("bodies", scope.bodies),
            ("treaties and articles", [f"{t.treaty} {', '.join(t.articles)}".strip() for t in scope.treaties]),
            ("agenda items", scope.agenda_items),
            ("topic", [scope.topic] if scope.topic else []),
        )
        return "; ".join(f"{name}: {', '.join(found)}" for name, found in lists if found)

    def evidence(self, span: Evidence, given: Sequence[Citation]) -> Context | None:
        """Returns evidence in the text around it; None where the file is not in the corpus."""
        document = self.documents.by_file.get(span.file)
        if document is None or not span.located:
            return None
        cited = [(c.number, c.start, c.end) for c in given if c.file == span.file]
        return context(document.text, (span.start, span.end), [(span.start, span.end)], cited)

    def holder(self, span: Evidence) -> str:
        """Returns the name of whoever holds the position of a span."""
        document = self.documents.by_file.get(span.file)
        return self.party(span.state or (document.state if document is not None else None))

    def citation(self, citation: Citation, sample: EvalSample) -> tuple[Context | None, tuple[Word, ...]]:
        """Returns (the quotation in the text around it, how it differs from the words at its offsets), one of them."""
        words, exact = self._compared(citation, sample)
        if not exact:
            return None, word_changes(words or citation.source_quote, citation.quote)
        spans = [(s.start, s.end) for s in evidence_spans(sample.case) if s.file == citation.file and s.located]
        text = sample.documents[citation.file].text
        given = (citation.number, citation.start, citation.end)
        return context(text, (citation.start, citation.end), spans, [given]) if words else None, ()

    def badges(self, citation: Citation, sample: EvalSample) -> Iterator[Badge]:
        """Yields what is known of a citation."""
        document, (words, exact) = sample.documents.get(citation.file), self._compared(citation, sample)
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

    def passages(self, sample: EvalSample) -> list[tuple[RetrievedPassage, str, str, str, bool]]:
        """Returns (passage, State, file, text, whether it holds expected evidence), the best first."""
        found = []
        for passage in sorted(sample.answer.retrieved, key=lambda item: item.rank):
            file = sample.files.get(passage.statement_id)
            document = sample.documents.get(file or "")
            text = document.text[max(0, passage.start) : max(0, passage.end)] if document is not None else ""
            state = self.party(document.state) if document is not None else ""
            held = any(covers(passage, file, span) for span in evidence_spans(sample.case))
            snippet = shortened(" ".join(text[: 4 * _SNIPPET].split()), _SNIPPET)
            found.append((passage, state, file or passage.statement_id, snippet, held))
        return found

    def _compared(self, citation: Citation, sample: EvalSample) -> tuple[str, bool]:
        """Returns (the words at a citation's offsets, whether the quotation reads as them)."""
        document = sample.documents.get(citation.file)
        if document is None:
            return "", False
        words = document.text[citation.start : citation.end] if citation.start >= 0 else ""
        return words, reads_as(citation.quote, words, heads=_cached_heads(document.text))
