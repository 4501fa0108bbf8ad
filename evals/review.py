"""Decisions of reviewers: drafts accepted or rejected, and citations that no evidence knows ruled on.

A decision is a line of JSON that is appended and never changed; of several about the same thing the newest holds. So
the file is also the audit trail: who decided what, and when.
"""

import copy
import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.records import Citation
from evals.cases.case import Case, Evidence, Review, locate
from evals.cases.checks import contradictions
from evals.cases.documents import Documents, state_code
from evals.errors import DatasetError, EvalError, first_fault
from evals.files import mend_end, read_lines
from evals.metrics.citations import evidence_spans, ruling
from evals.metrics.eval_sample import FileSpan
from evals.paths import EvalPaths
from evals.runs import Run
from evals.score import eval_samples
from ingest.parties.party_table import PartyTable
from vectorstore.private import make_private_folder, private_opener

Decided = Literal["reviewed", "rejected"]
EDITABLE: Final = (
    "question", "history", "type", "lang", "unanswerable_kind", "expect.status", "expect.states",
    "expect.states_forbidden", "expect.years", "expect.reason", "expect.missing", "evidence", "evidence_groups",
    "nuggets",
)  # fmt: skip
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
    """What a person decided on a draft.

    Attributes:
        changes: New values of fields of the saved draft, by the names of `EDITABLE`; all of them, also those of
            decisions before.
    """

    kind: Literal["draft"] = "draft"
    status: Decided
    changes: dict[str, Any] = {}


@dataclass(frozen=True, kw_only=True)
class CaseDraft:
    """A case that the chat saved.

    Attributes:
        case: The case with the newest decision applied.
        saved: The case as it was saved.
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
    def key(self) -> tuple[str, FileSpan]:
        """What a ruling is about."""
        return self.case.id, self.span


def read_rulings(path: Path) -> dict[str, Mapping[FileSpan, bool]]:
    """Returns what was ruled on cited spans, by case; the newest ruling on a span holds.

    Raises:
        EvalError: The file cannot be read.
    """
    found: dict[str, dict[FileSpan, bool]] = {}
    for decision in read_decisions(path):
        if isinstance(decision, CitationDecision):
            found.setdefault(decision.case, {})[decision.span] = decision.accepted
    return dict(found)


def read_decisions(path: Path) -> tuple[CitationDecision | DraftDecision, ...]:
    """Returns all decisions, the oldest first; records of another kind are left out.

    Raises:
        EvalError: The file cannot be read.
    """
    models: dict[str, type[CitationDecision | DraftDecision]] = {"citation": CitationDecision, "draft": DraftDecision}
    found = []
    for number, record in enumerate(read_lines(path, torn_end=True), start=1):
        model = models.get(record.get("kind", "")) if isinstance(record, dict) else None
        if model is not None:
            try:
                found.append(model.model_validate(record))
            except ValidationError as exc:
                raise EvalError(f"{path.name}, decision {number}: {first_fault(exc)}; mend or remove the line") from exc
    return tuple(found)


def add_ruling(paths: EvalPaths, *, case: str, span: FileSpan, accepted: bool, by: str) -> CitationDecision:
    """Notes whether a cited span answers a case.

    Args:
        paths: Where decisions are kept.
        case: Its id; of a variant, the id of the case that it is a variant of.
        span: Where the citation stands.
        accepted: Whether it answers.
        by: The reviewer.

    Raises:
        EvalError: There is no reviewer, the span is none, or the decision cannot be written.
    """
    file, start, end = span
    if not case or not file or not 0 <= start < end:
        raise EvalError(f"no citation to rule on: {case!r}, {file!r}, {start} to {end}")
    decision = CitationDecision(
        case=case, file=file, start=start, end=end, accepted=accepted, by=reviewer_name(by), at=datetime.now(UTC)
    )
    append_record(paths.reviews, decision.model_dump(mode="json"))
    return decision


def drafts(paths: EvalPaths) -> tuple[CaseDraft, ...]:
    """Returns the cases that the chat saved, each with the newest decision applied, in the order of saving.

    Raises:
        EvalError: A draft or a decision cannot be read, or a decision does not fit its draft.
    """
    decisions: dict[str, list[DraftDecision]] = {}
    for decision in read_decisions(paths.reviews):
        if isinstance(decision, DraftDecision):
            decisions.setdefault(decision.case, []).append(decision)
    records = read_lines(paths.drafts, torn_end=True)
    return tuple(_draft(record, decisions.get(str(record.get("id")), [])) for record in records)


def saved_cases(paths: EvalPaths) -> tuple[Case, ...]:
    """Returns the cases of the set `saved`: reviewed drafts, which gate, and those that nobody has decided on.

    Raises:
        EvalError: A draft or a decision cannot be read, or a decision does not fit its draft.
    """
    return tuple(draft.case for draft in drafts(paths) if draft.case.review.status != "rejected")


def decide_draft(
    paths: EvalPaths, case: str, status: Decided, *, by: str, changes: Mapping[str, Any] | None = None
) -> DraftDecision:
    """Accepts or rejects a draft, with changes; changes of decisions before stay unless they are changed again.

    Args:
        paths: Where drafts and decisions are kept.
        case: The draft's id.
        status: The decision.
        by: The reviewer.
        changes: New values by the names of `EDITABLE`.

    Raises:
        EvalError: There is no such draft, the changed case would not be a case, or the decision cannot be written.
    """
    name = reviewer_name(by)
    record = next((r for r in read_lines(paths.drafts, torn_end=True) if r.get("id") == case), None)
    if record is None:
        raise EvalError(f"no draft {case!r}: somebody may have removed it")
    before = _decisions_on(paths, case)
    merged = {**(before[-1].changes if before else {}), **(changes or {})}
    if status == "reviewed":
        merged = _completed(record, merged, changes or {})
    decision = DraftDecision(case=case, status=status, changes=merged, by=name, at=datetime.now(UTC))
    changed = _changed(record, decision.changes)
    if status == "reviewed":
        for what, todo in contradictions(changed):
            raise EvalError(f"the case {what}: {todo}")
    append_record(paths.reviews, decision.model_dump(mode="json"))
    return decision


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
    found: dict[tuple[str, FileSpan], Unjudged] = {}
    for sample in eval_samples(run, documents, rulings).values():
        if sample is None or not sample.case.groups:
            continue
        case = by_id.get(sample.case.variant_of or sample.case.id, sample.case)
        for citation in sample.answer.citations:
            if ruling(sample, citation) is None and _stands(citation, documents):
                item = Unjudged(case=case, citation=citation, times=1, runs=(run.name,))
                known = found.get(item.key)
                found[item.key] = item if known is None else replace(known, times=known.times + 1)
    return pooled([tuple(found.values())])


def pooled(
    queues: Iterable[Sequence[Unjudged]], rulings: Mapping[str, Mapping[FileSpan, bool]] | None = None
) -> tuple[Unjudged, ...]:
    """Returns what is unjudged in several runs, each span of a case once; what was ruled on since is left out."""
    found: dict[tuple[str, FileSpan], Unjudged] = {}
    for item in (item for queue in queues for item in queue):
        if item.span in (rulings or {}).get(item.case.id, {}):
            continue
        known = found.get(item.key)
        if known is not None:
            item = replace(known, times=known.times + item.times, runs=tuple(dict.fromkeys(known.runs + item.runs)))
        found[item.key] = item
    order = {name: number for number, name in enumerate(dict.fromkeys(item.case.id for item in found.values()))}
    return tuple(sorted(found.values(), key=lambda item: (order[item.case.id], -item.times, item.span)))


def evidence_once(case: Case) -> tuple[Evidence, ...]:
    """Returns the evidence that answers a case, each span once."""
    return tuple({span.id: span for span in evidence_spans(case)}.values())


def evidence_of(quote: str, file: str, documents: Documents, draft: CaseDraft) -> Evidence:
    """Returns new evidence from words that a person copied out of a statement.

    Args:
        quote: The words; white space may differ.
        file: The statement's file, as citations name it.
        documents: The statements.
        draft: What it answers.

    Raises:
        EvalError: There is no such statement, or the words do not stand in it.
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
    words = document.text[start:end]
    used = {span.id for span in (*draft.saved.evidence, *draft.case.evidence)}
    identifier = next(name for number in range(1, len(used) + 2) if (name := f"e{number}") not in used)
    return Evidence(
        id=identifier,
        file=file,
        state=document.state,
        start=start,
        end=end,
        sha256=hashlib.sha256(words.encode()).hexdigest(),
        quote=words,
        lang=document.language,
    )


def states_of(text: str, parties: PartyTable) -> tuple[str, ...]:
    """Returns the codes of States and groups that a person typed, as codes or names, separated by commas or semicolons.

    Raises:
        DatasetError: A name is unknown, or may be several.
    """
    chunks = text.replace("\n", ";").split(";")
    # Not at a comma that is part of a name, as in `Korea, Republic of`.
    parts = (p for c in chunks for p in ([c] if len(parties.resolve(c).codes) == 1 else c.split(",")))
    return tuple(dict.fromkeys(state_code(part.strip(), parties) for part in parts if part.strip()))


def reviewer_name(name: str) -> str:
    """Returns a reviewer's name, tidied.

    Raises:
        EvalError: It is empty, too long, or holds control characters.
    """
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


def _decisions_on(paths: EvalPaths, case: str) -> list[DraftDecision]:
    """Returns the decisions on a draft, the newest last."""
    return [d for d in read_decisions(paths.reviews) if isinstance(d, DraftDecision) and d.case == case]


def _draft(record: Mapping[str, Any], decisions: Sequence[DraftDecision]) -> CaseDraft:
    saved = _changed(record, {})
    if not decisions:
        return CaseDraft(case=saved, saved=saved)
    newest = decisions[-1]
    review = Review(
        status=newest.status,
        source=saved.review.source,
        by=tuple(dict.fromkeys(decision.by for decision in decisions)),
        on=newest.at.date(),
    )
    case = _changed(record, newest.changes).model_copy(update={"review": review})
    return CaseDraft(case=case, saved=saved, decision=newest)


def _changed(record: Mapping[str, Any], changes: Mapping[str, Any]) -> Case:
    """Returns a saved record as a case, changes applied."""
    values = copy.deepcopy(dict(record))
    for name, value in changes.items():
        if name not in EDITABLE:
            raise EvalError(f"no field {name!r} to change: there are {', '.join(EDITABLE)}")
        *outer, last = name.split(".")
        place = values
        for key in outer:
            place = place.setdefault(key, {})
        place[last] = value
    try:
        return Case.model_validate(values)
    except ValidationError as exc:
        raise EvalError(f"case {record.get('id')!r}: {first_fault(exc)}") from exc


def _completed(record: Mapping[str, Any], merged: dict[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Returns changes with what follows from them and was not set beside them: a reason goes with its abstention."""
    case = _changed(record, merged)
    follows: dict[str, Any] = {}
    if case.expect.status != "abstained" and case.expect.reason is not None:
        follows["expect.reason"] = None
    if case.expect.status != "partial" and case.expect.missing is not None:
        follows["expect.missing"] = None
    if case.expect.status == "abstained" and case.evidence:
        # A case that expects silence has no evidence.
        follows |= {"evidence": [], "evidence_groups": []}
    kind = _type(case)
    if kind != case.type and {"expect.status", "expect.states", "expect.reason"} & merged.keys():
        follows["type"] = kind
    return merged | {name: value for name, value in follows.items() if name not in new}


def _type(case: Case) -> str:
    """Returns the type that fits the right outcome; what a question is like beyond that stays."""
    status, several = case.expect.status, len(case.expect.states) > 1
    if status == "abstained" and case.type in (
        "unanswerable",
        "ambiguous",
        "single_state",
        "compare",
        "list_states",
        "partial",
    ):
        return "ambiguous" if case.expect.reason == "ambiguous" else "unanswerable"
    if status == "partial" and case.type in ("unanswerable", "ambiguous", "single_state", "compare", "list_states"):
        return "partial"
    if status == "answered" and case.type in ("unanswerable", "ambiguous", "partial"):
        return "compare" if several else "single_state" if case.expect.states else "list_states"
    if case.type in ("single_state", "compare"):
        return "compare" if several else "single_state"
    return case.type


def append_record(path: Path, record: Mapping[str, object]) -> None:
    """Adds a record at the end, whatever other processes add at the same time; a torn last line is cut off first.

    Args:
        path: The file; it and its folder are made where they are missing.
        record: Values that JSON knows.

    Raises:
        EvalError: It cannot be written.
    """
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
