"""Decisions of reviewers: saved answers made into cases or rejected, and rulings on citations outside known evidence.

A decision is a line of JSON that is appended and never changed, so that the file is also the audit trail; of several
about the same answer or span the newest holds. Quotations become evidence only if a person says that they answer.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Annotated, Final, Literal

from filelock import FileLock, Timeout
from pydantic import Field, RootModel, ValidationError

from evals.cases.case import Case, CaseReview, CaseType, Evidence, Expectation
from evals.cases.documents import Documents
from evals.cases.lint import contradictions
from evals.errors import DatasetError, EvalError, first_fault
from evals.files import EvalPaths, StoredRecord, append_line, read_records, written
from evals.metrics.citations import ruling
from evals.metrics.eval_sample import FileSpan
from evals.metrics.integrity import points
from evals.runs import Run
from evals.score import Rulings, judged_answers
from vectorstore.private_files import make_private_folder
from vectorstore.stems import words_of

# Writing one line takes milliseconds, so a process that holds the lock for longer than this is stuck.
_WAIT_SECONDS: Final = 5.0
_LONGEST_NAME: Final = 80


class _Decision(StoredRecord):
    case: str = Field(min_length=1)
    by: str = Field(min_length=1)
    at: datetime


class CitationDecision(_Decision):
    """What a person decided on a cited span: whether it answers the case."""

    kind: Literal["citation"]
    file: str = Field(min_length=1)
    start: int = Field(ge=0)
    end: int = Field(ge=1)
    accepted: bool


class DraftDecision(_Decision):
    """What a person made of a saved answer: a complete case, or None to reject it."""

    kind: Literal["draft"]
    decided: Case | None = None


class _Line(RootModel[Annotated[CitationDecision | DraftDecision, Field(discriminator="kind")]]):
    """A line of the file of decisions."""


@dataclass(frozen=True, kw_only=True)
class CaseDraft:
    """An answer saved in the chat, which becomes a case only by a person's decision, and the newest decision on it."""

    saved: Case
    decision: DraftDecision | None = None

    @property
    def case(self) -> Case:
        """The case as decided, else as it was saved."""
        return self.decision.decided if self.decision is not None and self.decision.decided is not None else self.saved

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The spans that may be marked as evidence: the quotations that were shown, and those that a person added."""
        return tuple({span.id: span for span in (*self.saved.evidence, *self.case.evidence)}.values())


@dataclass(frozen=True, kw_only=True)
class Unexpected:
    """A cited span, in the form of evidence, that the evidence of its case does not cover: a person must rule on it."""

    case: Case
    """The case; of a reworded variant, the original case."""
    evidence: Evidence
    times: int
    """How many answers of the run cite it."""
    decision: bool | None

    @property
    def span(self) -> FileSpan:
        """File, start and end of the cited span."""
        return self.evidence.file, self.evidence.start, self.evidence.end


def read_decisions(path: Path) -> tuple[CitationDecision | DraftDecision, ...]:
    """Returns all decisions, the oldest first."""
    return tuple(line.root for line in read_records(path, _Line, torn_end=True, todo="mend or remove the line"))


def read_rulings(path: Path) -> dict[str, Mapping[FileSpan, bool]]:
    """Returns what was ruled on cited spans, by case; the newest ruling on a span holds."""
    found: dict[str, dict[FileSpan, bool]] = {}
    for decision in read_decisions(path):
        if isinstance(decision, CitationDecision):
            found.setdefault(decision.case, {})[decision.file, decision.start, decision.end] = decision.accepted
    return dict(found)


def add_ruling(paths: EvalPaths, *, case: str, span: FileSpan, accepted: bool, by: str) -> None:
    """Stores a ruling on whether a cited span answers a case; for a reworded variant, `case` is the original's id."""
    (file, start, end), name, at = span, reviewer_name(by), datetime.now(UTC)
    decision = CitationDecision(
        kind="citation", case=case, file=file, start=start, end=end, accepted=accepted, by=name, at=at
    )
    _append(paths.reviews, decision)


def drafts(paths: EvalPaths) -> tuple[CaseDraft, ...]:
    """Returns the answers that the chat saved, each with the newest decision on it, in the order of saving."""
    newest = {d.case: d for d in read_decisions(paths.reviews) if isinstance(d, DraftDecision)}
    saved = read_records(paths.drafts, Case, torn_end=True, todo="remove the line")
    return tuple(CaseDraft(saved=case, decision=newest.get(case.id)) for case in saved)


def saved_cases(paths: EvalPaths) -> tuple[Case, ...]:
    """Returns the cases that persons made of saved answers, without answers that are rejected or not yet decided."""
    found = drafts(paths)
    cases = tuple(draft.case for draft in found if draft.decision is not None and draft.decision.decided is not None)
    if not cases:
        waiting = sum(draft.decision is None for draft in found)
        raise DatasetError(f"{waiting} saved answers wait for a person's word: `untoc-eval serve`, Review")
    return cases


def decide_draft(paths: EvalPaths, draft: CaseDraft, decided: Case | None, *, by: str) -> None:
    """Stores what a person made of a saved answer: a case, or None to reject it."""
    name, at = reviewer_name(by), datetime.now(UTC)
    if decided is not None:
        for remark in contradictions(decided):
            raise EvalError(f"{remark.what}: {remark.todo}")
        before = (draft.decision.by,) if draft.decision is not None else ()
        reviewers = tuple(dict.fromkeys((*draft.case.review.by, *before, name)))
        review = CaseReview(status="reviewed", source=draft.saved.review.source, by=reviewers, on=at.date())
        decided = decided.model_copy(update={"review": review})
    _append(paths.reviews, DraftDecision(kind="draft", case=draft.saved.id, decided=decided, by=name, at=at))


def corrected(
    draft: CaseDraft, *, right: bool | None, expect: Expectation, question: str, evidence: Sequence[Evidence] = ()
) -> Case:
    """Returns the case that a person makes of a saved answer; for each State, any one span of evidence is enough."""
    if right is None:
        raise EvalError("was the answer right? say so, or what would have been right")
    saved = draft.saved
    spans = () if expect.status == "abstained" else tuple(evidence)
    if right and expect.status != saved.expect.status:
        raise EvalError("a right answer has the outcome that was shown: call it wrong, or leave the outcome")
    if not right and (expect, question, {*spans}) == (saved.expect, saved.question, {*saved.evidence}):
        raise EvalError("what would have been right? change the outcome, or mark the words that answer")
    groups: defaultdict[str | None, list[str]] = defaultdict(list)
    for span in spans:
        groups[span.state].append(span.id)
    values = saved.model_dump() | {
        "question": question, "type": _type(saved, expect), "answerable": expect.status == "answered",
        "expect": expect, "evidence": spans, "evidence_groups": [*groups.values()], "nuggets": (),
        "unanswerable_kind": saved.unanswerable_kind if expect.status == "abstained" else None,
    }  # fmt: skip
    try:
        return Case.model_validate(values)
    except ValidationError as exc:
        raise EvalError(f"case {saved.id!r}: {first_fault(exc)}") from exc


def _type(case: Case, expect: Expectation) -> CaseType:
    """Returns the case type that fits the right outcome; an answered case keeps a type such as `follow_up`."""
    if expect.status == "abstained":
        return "ambiguous" if expect.reason == "ambiguous" else "unanswerable"
    if expect.status == "partial":
        return "partial"
    if case.type in ("follow_up", "temporal", "multi_state", "list_states"):
        return case.type
    return "compare" if len(expect.states) > 1 else "single_state" if expect.states else "list_states"


def unexpected(run: Run, documents: Documents, rulings: Rulings) -> tuple[Unexpected, ...]:
    """Returns the cited spans of a run's cases with evidence that the evidence does not cover, ruled on or not.

    Each span of a case is returned once, in the order of the cases; of one case, the most cited comes first.
    """
    cases = {case.id: case for case in run.cases()}
    states: defaultdict[tuple[str, FileSpan], list[str | None]] = defaultdict(list)
    for sample in (judged.sample for judged in judged_answers(run, documents)):
        if sample is not None and sample.case.groups:
            name = cases.get(sample.case.variant_of or "", sample.case).id
            for citation in sample.answer.citations:
                # A citation whose words are not at its offsets is left out, since no reviewer could see it in context.
                if ruling(sample, citation) is None and points(citation, sample):
                    states[name, (citation.file, citation.start, citation.end)].append(citation.state)
    found = []
    for (name, span), (state, *more) in states.items():
        evidence, ruled = Evidence(id="c", file=span[0], state=state, start=span[1], end=span[2]), rulings.get(name, {})
        found.append(Unexpected(case=cases[name], evidence=evidence, times=1 + len(more), decision=ruled.get(span)))
    order = [*cases]
    return tuple(sorted(found, key=lambda item: (order.index(item.case.id), -item.times, item.span)))


def evidence_of(quote: str, file: str, documents: Documents, taken: Iterable[str] = ()) -> Evidence:
    """Returns evidence for words that a person copied from a file, ignoring white space, with an id not in `taken`."""
    document = documents.by_file.get(file)
    if document is None:
        raise EvalError(f"no statement {file!r}: choose one of the corpus")
    if len(words_of(quote)) < 2:
        raise EvalError("the words of the evidence are missing: copy at least two of them from the statement")
    span, used = document.find(quote), {*taken}
    if span is None:
        fault = f"these words do not stand in {file!r}: {quote[:60]!r}"
        raise EvalError(f"{fault}; copy them from the statement as they are")
    return document.evidence(next(name for n in count(1) if (name := f"e{n}") not in used), *span)


def reviewer_name(name: str) -> str:
    """Returns a reviewer's name with its white space tidied; an empty, long or unprintable one is an error."""
    tidy = " ".join(name.split())
    if not tidy:
        raise EvalError("who decides? give your name or initials")
    if len(tidy) > _LONGEST_NAME or any(unicodedata.category(char) in ("Cc", "Cs") for char in tidy):
        fault = f"is longer than {_LONGEST_NAME} characters, or holds characters without a shape"
        raise EvalError(f"the reviewer's name {fault}")
    return tidy


def _append(path: Path, decision: CitationDecision | DraftDecision) -> None:
    """Appends a decision under a file lock, so that processes may do so at the same time."""
    with written(path):
        make_private_folder(path.parent)
        try:
            with FileLock(path.with_suffix(".lock"), timeout=_WAIT_SECONDS, mode=0o600):
                append_line(path, decision.model_dump_json(exclude_defaults=True))
        except Timeout as exc:
            raise EvalError(f"not noted: another process holds {exc.lock_file!r}; wait until it is done") from exc
