"""Decisions of reviewers: saved answers made into cases or rejected, and citations that no evidence knows ruled on.

A decision is a line of JSON that is appended and never changed; of several about the same thing the newest holds. So
the file is also the audit trail: who decided what, and when. What an answer showed is never taken for evidence: a saved
answer is a case only once a person has said whether it was right, and which words answer.
"""

import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.records import Citation
from evals.cases.case import Case, CaseType, Evidence, Expectation, Review, locate
from evals.cases.documents import Documents, state_code
from evals.cases.lint import contradictions
from evals.errors import DatasetError, EvalError, first_fault
from evals.files import mend_end, read_lines
from evals.metrics.citations import ruling
from evals.metrics.eval_sample import FileSpan
from evals.paths import EvalPaths
from evals.runs import Run
from evals.score import eval_samples
from ingest.parties.party_table import PartyTable
from vectorstore.private import make_private_folder, private_opener

# Writing one line takes milliseconds; whoever holds the lock for longer is stuck.
_WAIT_SECONDS: Final = 5.0
_LONGEST_NAME: Final = 80


class _Decision(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    case: str = Field(min_length=1)
    by: str = Field(min_length=1)
    at: datetime


class CitationDecision(_Decision):
    """What a person decided on a cited span: whether it answers the case."""

    kind: Literal["citation"] = "citation"
    file: str = Field(min_length=1)
    start: int = Field(ge=0)
    end: int = Field(ge=1)
    accepted: bool

    @property
    def span(self) -> FileSpan:
        """Where the citation stands."""
        return self.file, self.start, self.end


class DraftDecision(_Decision):
    """What a person made of a saved answer: the case, whole, or nothing."""

    kind: Literal["draft"] = "draft"
    decided: Case | None = None


@dataclass(frozen=True, kw_only=True)
class CaseDraft:
    """An answer that the chat saved.

    Attributes:
        case: The case as decided, else as it was saved.
        saved: The case as it was saved: what was shown, which nobody has called right.
        decision: The newest one; None while nobody has decided.
    """

    case: Case
    saved: Case
    decision: DraftDecision | None = None


@dataclass(frozen=True, kw_only=True)
class Unjudged:
    """A cited span of which nobody knows whether it answers the case.

    Attributes:
        case: The case; of a variant, the one that it is a variant of.
        citation: The first citation of the span.
        times: How many answers cite it.
        runs: Names of the runs whose answers cite it.
    """

    case: Case
    citation: Citation
    times: int
    runs: tuple[str, ...]

    @property
    def span(self) -> FileSpan:
        """Where it stands."""
        return self.citation.file, self.citation.start, self.citation.end

    @property
    def evidence(self) -> Evidence:
        """The span as if it were evidence."""
        cited = self.citation
        return Evidence(id="c", file=cited.file, state=cited.state, start=cited.start, end=cited.end)


def read_decisions(path: Path) -> tuple[CitationDecision | DraftDecision, ...]:
    """Returns all decisions, the oldest first; records of another kind are left out."""
    models: dict[str, type[CitationDecision | DraftDecision]] = {"citation": CitationDecision, "draft": DraftDecision}
    found = []
    for number, record in read_lines(path, torn_end=True):
        model = models.get(record.get("kind", ""))
        if model is not None:
            try:
                found.append(model.model_validate(record))
            except ValidationError as exc:
                raise EvalError(f"{path.name}, line {number}: {first_fault(exc)}; mend or remove the line") from exc
    return tuple(found)


def read_rulings(path: Path) -> dict[str, Mapping[FileSpan, bool]]:
    """Returns what was ruled on cited spans, by case; the newest ruling on a span holds."""
    found: dict[str, dict[FileSpan, bool]] = {}
    for decision in read_decisions(path):
        if isinstance(decision, CitationDecision):
            found.setdefault(decision.case, {})[decision.span] = decision.accepted
    return dict(found)


def add_ruling(paths: EvalPaths, *, case: str, span: FileSpan, accepted: bool, by: str) -> None:
    """Notes whether a cited span answers a case; of a variant, the case that it is a variant of."""
    file, start, end = span
    if not case or not file or not 0 <= start < end:
        raise EvalError(f"no citation to rule on: {case!r}, {file!r}, {start} to {end}")
    name, at = reviewer_name(by), datetime.now(UTC)
    decision = CitationDecision(case=case, file=file, start=start, end=end, accepted=accepted, by=name, at=at)
    append_record(paths.reviews, decision.model_dump(mode="json"))


def drafts(paths: EvalPaths) -> tuple[CaseDraft, ...]:
    """Returns the answers that the chat saved, each with the newest decision on it, in the order of saving."""
    newest = {d.case: d for d in read_decisions(paths.reviews) if isinstance(d, DraftDecision)}
    found = []
    for _, record in read_lines(paths.drafts, torn_end=True):
        try:
            saved = Case.model_validate(record)
        except ValidationError as exc:
            raise EvalError(f"case {record.get('id')!r}: {first_fault(exc)}") from exc
        decision = newest.get(saved.id)
        case = decision.decided if decision is not None and decision.decided is not None else saved
        found.append(CaseDraft(case=case, saved=saved, decision=decision))
    return tuple(found)


def saved_cases(paths: EvalPaths) -> tuple[Case, ...]:
    """Returns the cases that persons made of saved answers; an answer that nobody has judged is none."""
    found = drafts(paths)
    cases = tuple(draft.case for draft in found if draft.decision is not None and draft.decision.decided is not None)
    if not cases:
        waiting = sum(draft.decision is None for draft in found)
        raise DatasetError(f"{waiting} saved answers wait for a person's word: `untoc-eval serve`, Review")
    return cases


def decide_draft(paths: EvalPaths, draft: CaseDraft, decided: Case | None, *, by: str) -> None:
    """Notes what a person made of a saved answer: a case, or with None nothing."""
    name, at = reviewer_name(by), datetime.now(UTC)
    if decided is not None:
        for what, todo in contradictions(decided):
            raise EvalError(f"the case {what}: {todo}")
        before = (draft.decision.by,) if draft.decision is not None else ()
        reviewers = (*draft.case.review.by, *before, name)
        review = Review(
            status="reviewed", source=draft.saved.review.source, by=tuple(dict.fromkeys(reviewers)), on=at.date()
        )
        decided = decided.model_copy(update={"review": review})
    decision = DraftDecision(case=draft.saved.id, decided=decided, by=name, at=at)
    append_record(paths.reviews, decision.model_dump(mode="json", exclude_defaults=True) | {"kind": "draft"})


def corrected(
    draft: CaseDraft,
    *,
    right: bool | None,
    expect: Expectation,
    question: str,
    evidence: Sequence[Evidence] = (),
    all_needed: bool = False,
) -> Case:
    """Returns the case that a person makes of a saved answer.

    Args:
        draft: The saved answer.
        right: What the person says of it; without a word there is no case.
        expect: The right outcome.
        question: The question, as it should be asked.
        evidence: What answers; none for silence.
        all_needed: Whether all of it is needed; else any one is enough.
    """
    if right is None:
        raise EvalError("was the answer right? say so, or what would have been right")
    saved = draft.saved
    silent = expect.status == "abstained"
    spans = () if silent else tuple(evidence)
    if right and expect.status != saved.expect.status:
        raise EvalError("a right answer has the outcome that was shown: call it wrong, or leave the outcome")
    if not right and (expect, question, {*spans}) == (saved.expect, saved.question, {*saved.evidence}):
        raise EvalError("what would have been right? change the outcome, or mark the words that answer")
    ids = tuple(span.id for span in spans)
    values = saved.model_dump() | {
        "question": question, "type": _type(saved, expect), "answerable": expect.status == "answered",
        "expect": expect.model_dump(), "evidence": [span.model_dump() for span in spans],
        "evidence_groups": [(name,) for name in ids] if all_needed else [ids] if ids else [], "nuggets": (),
    }  # fmt: skip
    if not silent:
        values["unanswerable_kind"] = None
    try:
        return Case.model_validate(values)
    except ValidationError as exc:
        raise EvalError(f"case {saved.id!r}: {first_fault(exc)}") from exc


def _type(case: Case, expect: Expectation) -> CaseType:
    """Returns the type that fits the right outcome; what a question is like beyond that stays."""
    if expect.status == "abstained":
        return "ambiguous" if expect.reason == "ambiguous" else "unanswerable"
    if expect.status == "partial":
        return "partial"
    if case.type in ("follow_up", "temporal", "multi_state", "list_states"):
        return case.type
    return "compare" if len(expect.states) > 1 else "single_state" if expect.states else "list_states"


def unjudged(run: Run, documents: Documents, rulings: Mapping[str, Mapping[FileSpan, bool]]) -> tuple[Unjudged, ...]:
    """Returns the cited spans of a run's answerable cases that neither evidence nor a ruling knows.

    Args:
        run: The run; it need not be complete.
        documents: The statements that it searched. A citation that they do not hold word for word is left out, since
            nobody could see it where it stands.
        rulings: What was ruled on before.

    Returns:
        Each span of a case once, in the order of the cases; of one case, the most cited first.
    """
    by_id = {case.id: case for case in run.cases()}
    found = []
    for sample in eval_samples(run, documents, rulings).values():
        if sample is None or not sample.case.groups:
            continue
        case = by_id.get(sample.case.variant_of or sample.case.id, sample.case)
        for citation in sample.answer.citations:
            if ruling(sample, citation) is None and _stands(citation, documents):
                found.append(Unjudged(case=case, citation=citation, times=1, runs=(run.name,)))
    return pooled([found])


def pooled(
    queues: Iterable[Sequence[Unjudged]], rulings: Mapping[str, Mapping[FileSpan, bool]] | None = None
) -> tuple[Unjudged, ...]:
    """Returns what is unjudged in several runs, each span of a case once; what was ruled on since is left out."""
    found: dict[tuple[str, FileSpan], Unjudged] = {}
    for item in (item for queue in queues for item in queue):
        if item.span in (rulings or {}).get(item.case.id, {}):
            continue
        known = found.get((item.case.id, item.span))
        if known is not None:
            item = replace(known, times=known.times + item.times, runs=tuple(dict.fromkeys(known.runs + item.runs)))
        found[item.case.id, item.span] = item
    order = {name: number for number, name in enumerate(dict.fromkeys(item.case.id for item in found.values()))}
    return tuple(sorted(found.values(), key=lambda item: (order[item.case.id], -item.times, item.span)))


def evidence_of(quote: str, file: str, documents: Documents, taken: Iterable[str] = ()) -> Evidence:
    """Returns new evidence from words that a person copied out of a statement.

    Args:
        quote: The words; white space may differ.
        file: The statement's file, as citations name it.
        documents: The statements.
        taken: Ids of other evidence.
    """
    document = documents.by_file.get(file)
    if document is None:
        raise EvalError(f"no statement {file!r}: choose one of the corpus")
    if len(quote.split()) < 2:
        raise EvalError("the words of the evidence are missing: copy at least two of them from the statement")
    try:
        start, end = locate(quote, document.text)
    except DatasetError:
        raise EvalError(
            f"these words do not stand in {file!r}: {quote[:60]!r}; copy them from the statement as they are"
        ) from None
    used = {*taken}
    identifier = next(name for number in range(1, len(used) + 2) if (name := f"e{number}") not in used)
    return document.evidence(identifier, start, end)


def states_of(text: str, parties: PartyTable) -> tuple[str, ...]:
    """Returns the codes of States and groups that a person typed, as codes or names."""
    chunks = text.replace("\n", ";").split(";")
    # Not at a comma that is part of a name, as in `Korea, Republic of`.
    parts = (p for c in chunks for p in ([c] if len(parties.resolve(c).codes) == 1 else c.split(",")))
    return tuple(dict.fromkeys(state_code(part.strip(), parties) for part in parts if part.strip()))


def reviewer_name(name: str) -> str:
    """Returns a reviewer's name, tidied."""
    tidy = " ".join(name.split())
    if not tidy:
        raise EvalError("who decides? give your name or initials")
    if len(tidy) > _LONGEST_NAME or any(unicodedata.category(char) in ("Cc", "Cs") for char in tidy):
        raise EvalError(
            f"the reviewer's name is longer than {_LONGEST_NAME} characters, or holds characters without a shape"
        )
    return tidy


def _stands(citation: Citation, documents: Documents) -> bool:
    document = documents.by_file.get(citation.file)
    return document is not None and document.text[citation.start : citation.end] == citation.source_quote


def append_record(path: Path, record: Mapping[str, object]) -> None:
    """Adds a record at the end, whatever other processes add at the same time; a torn last line is cut off first."""
    # ASCII only: other readers break lines at more characters than JSON escapes.
    line = json.dumps(record) + "\n"
    try:
        make_private_folder(path.parent)
        with FileLock(path.with_suffix(".lock"), timeout=_WAIT_SECONDS, mode=0o600):
            mend_end(path)
            with open(path, "a", encoding="ascii", opener=private_opener) as file:
                file.write(line)
    except Timeout as exc:
        raise EvalError(f"not noted: another process holds {exc.lock_file!r}; wait until it is done") from exc
    except OSError as exc:
        raise EvalError(
            f"not noted: {str(path)!r} cannot be written ({exc.strerror}); check its permissions and the free space"
        ) from exc
