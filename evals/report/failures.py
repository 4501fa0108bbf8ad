"""Error analysis in the report: each failed case with what was asked, expected and given, and where it broke."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from app.answering.verify import reads_as
from app.records import Answer, Citation
from evals.failure_taxonomy import MEANING, STAGES, Stage
from evals.golden.cases import Case, Evidence
from evals.golden.documents import Document, Documents
from evals.metrics.citations import covers, gold_spans, overlaps, ruling
from evals.metrics.eval_sample import EvalSample
from evals.metrics.table import METRICS
from evals.report.marked_evidence import context, shortened, word_changes
from evals.report.views import (
    AnswerView,
    Badge,
    CaseView,
    CitationView,
    Disagreement,
    GoldView,
    PassageView,
    StageView,
)
from evals.report.words import GIVEN, STATUS, milliseconds, party, plain
from evals.runs import AnswerRecord, Run, ScoreRecord
from evals.score import Rulings, eval_samples
from evals.summary import by_case
from ingest.text.furniture import running_heads

# Retrieved passages shown, beside those that hold evidence.
PASSAGES: Final = 8
_SNIPPET: Final = 90
_AGREEMENTS: Final = tuple(METRICS[name].key for name in ("paraphrase_agreement", "language_agreement"))
_cached_heads = lru_cache(maxsize=512)(running_heads)


_RULED: Final = {
    True: Badge(sign="✔", text="accepted by a reviewer", tone="good"),
    False: Badge(sign="✗", text="rejected by a reviewer", tone="bad"),
    None: Badge(sign="○", text="not expected, and not judged", tone="plain"),
}


class Answers:
    """The answers of one run with what they are judged by."""

    def __init__(self, run: Run, documents: Documents, rulings: Rulings | None) -> None:
        self.documents = documents
        self.cases = {case.id: case for case in run.cases()}
        self.scores = run.scores()
        self.stages = {case.case: case.stage for case in by_case(self.scores)}
        self._sample = eval_samples(run, documents, rulings)
        self._records = {(record.case, record.repeat): record for record in run.answers()}

    def shown(self, name: str) -> tuple[AnswerRecord, EvalSample | None, ScoreRecord] | None:
        """Returns the first answer to a case that came out as the case did over all repeats."""
        scores = sorted((score for score in self.scores if score.case == name), key=lambda score: score.repeat)
        like = next((score for score in scores if score.stage == self.stages[name]), None)
        if like is None or (name, like.repeat) not in self._records:
            return None
        return self._records[name, like.repeat], self._sample.get((name, like.repeat)), like

    def first(self, name: str) -> EvalSample | None:
        """Returns the first answer to a case."""
        return self._sample.get((name, 0))


def anchors(answers: Answers) -> dict[str, str]:
    """Returns the anchor of each failed case, in the order of the stages."""
    order = [name for stage in STAGES for name in answers.cases if answers.stages.get(name) == stage]
    return {name: f"case-{number}" for number, name in enumerate(order, start=1)}


def failures(answers: Answers, baseline: Answers | None = None) -> tuple[StageView, ...]:
    """Returns the failed cases by the stage that broke first, in the order of the stages."""
    names = anchors(answers)
    by_stage: dict[Stage, list[CaseView]] = {}
    for name, anchor in names.items():
        view = _case(answers.cases[name], anchor, answers, baseline)
        by_stage.setdefault(view.stage, []).append(view)
    return tuple(
        StageView(stage=stage, meaning=MEANING[stage], cases=tuple(by_stage[stage]))
        for stage in STAGES
        if stage in by_stage
    )


def _case(case: Case, anchor: str, answers: Answers, baseline: Answers | None) -> CaseView:
    stage = answers.stages[case.id]
    if stage is None:
        raise ValueError(f"the case {case.id!r} did not fail")
    found = answers.shown(case.id)
    sample = found[1] if found is not None else None
    given = sample.answer.citations if sample is not None else ()
    return CaseView(
        anchor=anchor,
        id=case.id,
        question=case.question,
        history=case.history,
        lang=case.lang,
        type=plain(case.type),
        stage=stage,
        expected=STATUS[case.expect.status],
        expected_more=tuple(_expected(case, answers.documents)),
        groups=tuple(tuple(_gold(span, given, answers.documents) for span in group) for group in case.groups),
        nuggets=tuple((nugget.text, nugget.importance == "vital") for nugget in case.nuggets),
        answer=_answer(case, answers),
        baseline=_answer(case, baseline) if baseline is not None and case.id in baseline.cases else None,
        regressed=baseline is not None and case.id in baseline.stages and baseline.stages[case.id] is None,
        draft=not case.gates,
    )


def _expected(case: Case, documents: Documents) -> Iterable[str]:
    expect, parties = case.expect, documents.parties
    if expect.states:
        yield f"States: {', '.join(party(code, parties) for code in expect.states)}"
    if expect.states_forbidden:
        yield f"not to be cited: {', '.join(party(code, parties) for code in expect.states_forbidden)}"
    if expect.years:
        yield f"years: {', '.join(map(str, expect.years))}"
    if expect.reason:
        yield f"reason: {plain(expect.reason)}"
    if expect.missing:
        yield f"to be named as missing: {plain(expect.missing)}"
    if case.unanswerable_kind:
        yield f"kind: {plain(case.unanswerable_kind)}"


def _gold(span: Evidence, given: Sequence[Citation], documents: Documents) -> GoldView:
    document = documents.by_file.get(span.file)
    source = None
    if document is not None and span.located:
        cited = [(c.number, c.start, c.end) for c in given if c.file == span.file]
        source = context(document.text, (span.start, span.end), [(span.start, span.end)], cited)
    state = span.state or (document.state if document is not None else None)
    return GoldView(
        id=span.id, state=party(state, documents.parties), file=span.file, source=source, quote=span.quote or ""
    )


def _answer(case: Case, answers: Answers) -> AnswerView:
    stage, found = answers.stages.get(case.id), answers.shown(case.id)
    meaning = MEANING[stage] if stage is not None else "the outcome is right"
    if found is None:
        return AnswerView(outcome="was not asked", stage=stage, meaning=meaning)
    record, sample, score = found
    if sample is None:
        message = record.error.message if record.error is not None else "what came back is not an answer"
        return AnswerView(outcome="failed", stage=stage, meaning=meaning, message=message)
    answer = sample.answer
    missing = f", without the {plain(answer.missing)}" if answer.missing else ""
    reason = f" ({plain(answer.abstention.reason)})" if answer.abstention is not None else ""
    quoted = {citation.number: citation.quote for citation in answer.citations}
    passages = _passages(sample, answers.documents)
    return AnswerView(
        outcome=f"{GIVEN[answer.status]}{missing}{reason}",
        stage=stage,
        meaning=meaning,
        message=answer.abstention.message if answer.abstention is not None else "",
        options=answer.abstention.options if answer.abstention is not None else (),
        read_as=tuple(_read_as(answer, answers.documents)),
        claims=tuple(
            claim.text for claim in answer.claims if not any(quoted.get(n, "\0") in claim.text for n in claim.citations)
        ),
        citations=tuple(_citation(citation, sample, answers.documents) for citation in answer.citations),
        related=tuple(_citation(citation, sample, answers.documents) for citation in answer.related),
        dropped=tuple((shortened(claim.text, 300), claim.reason) for claim in answer.dropped_claims),
        passages=tuple(passage for number, passage in enumerate(passages) if number < PASSAGES or passage.gold),
        retrieved=len(passages),
        gold_ranks=tuple(passage.rank for passage in passages if passage.gold),
        facts=tuple(_facts(answer, score)),
    )


def _read_as(answer: Answer, documents: Documents) -> Iterable[str]:
    scope = answer.scope
    parties = [party(code, documents.parties) for code in (*scope.states, *scope.groups)]
    articles = [f"{treaty.treaty} {', '.join(treaty.articles)}".strip() for treaty in scope.treaties]
    for name, values in (
        ("States and groups", parties),
        ("years", (*scope.years, *scope.months)),
        ("sessions", scope.sessions),
        ("bodies", scope.bodies),
        ("treaties and articles", articles),
        ("agenda items", scope.agenda_items),
        ("topic", (scope.topic,) if scope.topic else ()),
    ):
        if values:
            yield f"{name}: {', '.join(values)}"


def _facts(answer: Answer, score: ScoreRecord) -> Iterable[str]:
    yield f"confidence {answer.confidence:.2f}"
    yield from (f"{step} {milliseconds(value)}" for step, value in score.timings_ms.items())
    yield from (f"{plain(name)} {count}" for name, count in score.tokens.items())
    if answer.model is not None:
        yield f"model {answer.model}"


def _citation(citation: Citation, sample: EvalSample, documents: Documents) -> CitationView:
    document = sample.documents.get(citation.file)
    words = document.text[citation.start : citation.end] if document is not None and citation.start >= 0 else ""
    exact = document is not None and reads_as(citation.quote, words, heads=_cached_heads(document.text))
    source = None
    if document is not None and words:
        gold = [
            (span.start, span.end) for span in gold_spans(sample.case) if span.file == citation.file and span.located
        ]
        span = (citation.number, citation.start, citation.end)
        source = context(document.text, (citation.start, citation.end), gold, [span])
    where = (citation.body, _session(citation.session), citation.date, citation.file, _page(citation))
    return CitationView(
        number=citation.number,
        state=party(citation.state, documents.parties),
        place=" · ".join(part for part in where if part),
        quote=shortened(citation.quote),
        source=source if exact else None,
        badges=tuple(_badges(citation, sample, document, words, exact=exact)),
        changes=() if exact else word_changes(words or citation.source_quote, citation.quote),
    )


def _session(session: str | None) -> str:
    return f"session {session}" if session else ""


def _page(citation: Citation) -> str:
    if citation.page is not None:
        return f"page {citation.page}"
    return f"paragraph {citation.paragraph}" if citation.paragraph is not None else ""


def _badges(
    citation: Citation, sample: EvalSample, document: Document | None, words: str, *, exact: bool
) -> Iterable[Badge]:
    if document is None:
        yield Badge(sign="✗", text="file not in the corpus", tone="bad")
    elif exact:
        yield Badge(sign="✔", text="word for word", tone="good")
    else:
        yield Badge(sign="✗", text="not what the file says there", tone="bad")
    if document is not None and words != citation.source_quote:
        yield Badge(sign="✗", text="offsets point elsewhere", tone="bad")
    if citation.verdict != "verified":
        yield Badge(sign="▲", text=f"the assistant's own check: {plain(citation.verdict)}", tone="warn")
    if document is not None and document.state is not None and document.state != citation.state:
        yield Badge(sign="✗", text="another State said this", tone="bad")
    if any(overlaps(citation, span) for span in gold_spans(sample.case)):
        yield Badge(sign="★", text="expected evidence", tone="good")
    elif sample.case.groups:
        yield _RULED[ruling(sample, citation)]


def _passages(sample: EvalSample, documents: Documents) -> list[PassageView]:
    found = []
    for passage in sorted(sample.answer.retrieved, key=lambda item: item.rank):
        file = sample.files.get(passage.statement_id)
        document = sample.documents.get(file or "")
        text = document.text[max(0, passage.start) : max(0, passage.end)] if document is not None else ""
        found.append(
            PassageView(
                rank=passage.rank,
                score=passage.score,
                state=party(document.state, documents.parties) if document is not None else "",
                file=file or passage.statement_id,
                text=shortened(" ".join(text[: 4 * _SNIPPET].split()), _SNIPPET),
                gold=any(covers(passage, file, span) for span in gold_spans(sample.case)),
            )
        )
    return found


def disagreements(answers: Answers) -> tuple[Disagreement, ...]:
    """Returns the variants whose outcome is not their original's, in the order of the run."""
    scores: Mapping[str, ScoreRecord] = {score.case: score for score in answers.scores if score.repeat == 0}
    found = []
    for name, score in scores.items():
        case = answers.cases[name]
        original = answers.cases.get(case.variant_of or "")
        rows = [score.components[key] for key in _AGREEMENTS if key in score.components]
        if original is not None and original.id in scores and any(row[0] == 0 for row in rows):
            found.append(
                Disagreement(
                    case=case,
                    original=original,
                    outcome=_outcome(score, answers.documents),
                    original_outcome=_outcome(scores[original.id], answers.documents),
                )
            )
    return tuple(found)


def _outcome(score: ScoreRecord, documents: Documents) -> str:
    given = GIVEN.get(score.status or "", "failed")
    states = ", ".join(party(code, documents.parties) for code in score.states)
    return f"{given}: {states}" if states else given
