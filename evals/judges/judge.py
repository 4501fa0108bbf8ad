"""Judges of claims: a chat model, or a cross-encoder for entailment; advice beside the metrics, never a gate.

A judge sees a claim and the quotations that it cites, and nothing else of the source. Its verdicts are kept in the run:

    judgements.jsonl    one record per claim and judge, appended as they come; equal claims are judged once

Every figure of a judge is hidden until it agrees well enough with what persons decided on the same claims.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from evals.errors import EvalError, RunError
from evals.judges.chat import VOTES, ChatJudge, Vote, open_chat
from evals.judges.claims import QuotedClaim, claims_of
from evals.judges.labels import read_labels
from evals.metrics.support import agreement, citation_figures, judged_support
from evals.paths import EvalPaths
from evals.runs import Run, mend_end, read_lines
from vectorstore.entailment import EntailmentConfig, EntailmentModel
from vectorstore.private import private_opener

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

JUDGEMENTS: Final = "judgements.jsonl"
# Fewer labelled claims, or less agreement with them, and a judge's figures are not shown.
LABELS_NEEDED: Final = 100
KAPPA_NEEDED: Final = 0.6
# So many claims in a row without any reply mean that the judge is out of reach.
_PATIENCE: Final = 3

# Tells of (premise, hypothesis) pairs whether the first entails the second.
Entails = Callable[[Sequence[tuple[str, str]]], Sequence[bool]]


class JudgementRecord(BaseModel):
    """What a judge decided on a claim, as stored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    judge: str
    version: str
    case: str
    repeat: int
    claim: int
    sha256: str
    supported: bool | None
    """None where the votes gave no majority."""
    votes: tuple[bool | None, ...] = ()
    rationales: tuple[str, ...] = ()
    citations: tuple[bool, ...] | None = None
    """Of entailment: which citations are good; see `citation_figures`."""


@dataclass(frozen=True, kw_only=True)
class JudgedClaim:
    """One claim with what was decided on it.

    Attributes:
        supported: None where the judge gave no verdict.
        rationale: Of the first vote that agrees with the verdict.
        label: What a person decided; None where nobody did.
    """

    case: str
    repeat: int
    claim: int
    text: str
    quotes: tuple[str, ...]
    supported: bool | None
    votes: tuple[bool | None, ...]
    rationale: str
    label: bool | None


@dataclass(frozen=True, kw_only=True)
class Judgements:
    """What one judge says of one run.

    Attributes:
        judge: Name of the model.
        version: Of prompt and method.
        claims: Claims of all answers.
        judged: Claims with a verdict.
        failed: Claims on which the judge gave no reply; the next call asks again.
        verbatim: Claims that are a quotation and nothing else; that these are supported says little.
        supported: Share of the claims judged that are supported, 0 to 1; None while hidden.
        citation_recall: See `evals.metrics.support.citation_figures`; None for a chat model, and while hidden.
        citation_precision: The same.
        kappa: Agreement with persons, -1 to 1; None where it is not defined.
        labels: Distinct claims that both a person and the judge decided on.
        hidden: Why the figures are hidden; empty where they are shown.
    """

    run: str
    judge: str
    version: str
    claims: int
    judged: int
    failed: int
    verbatim: int
    supported: float | None
    citation_recall: float | None
    citation_precision: float | None
    kappa: float | None
    labels: int
    hidden: str
    per_claim: tuple[JudgedClaim, ...]


class _Judge(Protocol):
    name: str
    version: str

    def decide(self, claim: QuotedClaim) -> "_Decision": ...


@dataclass(frozen=True, kw_only=True)
class _Decision:
    supported: bool | None
    votes: tuple[Vote, ...] = ()
    citations: tuple[bool, ...] | None = None

    @property
    def failure(self) -> str:
        """Why nothing is decided, where replies are missing that could have decided; else empty."""
        missing = [vote.rationale for vote in self.votes if vote.failed]
        return missing[0] if missing and self.supported is None else ""


class _Voting:
    """A chat model; more than half of its votes decide."""

    def __init__(self, name: str, chat: "BaseChatModel") -> None:
        self.name = name
        self._judge = ChatJudge(chat, votes=VOTES)
        self.version = self._judge.version

    def decide(self, claim: QuotedClaim) -> _Decision:
        if not claim.quotes:
            return _Decision(supported=False)
        votes = self._judge.votes(claim)
        decided = [value for value in (True, False) if 2 * sum(vote.supported is value for vote in votes) > len(votes)]
        return _Decision(supported=decided[0] if decided else None, votes=votes)


class _Entailing:
    """A cross-encoder: the quotations together are the premise, what is claimed is the hypothesis."""

    version = "entailment/1"

    def __init__(self, name: str, entails: Entails) -> None:
        self.name = name
        self._entails = entails

    def decide(self, claim: QuotedClaim) -> _Decision:
        quotes = claim.quotes
        if not quotes:
            return _Decision(supported=False, citations=())
        alone = [(quote, claim.content) for quote in quotes] if len(quotes) > 1 else []
        together, *single = self._entails([("\n".join(quotes), claim.content), *alone])
        if not together or not single:
            return _Decision(supported=together, citations=(together,) * len(quotes))
        doubtful = [index for index, enough in enumerate(single) if not enough]
        without = [("\n".join(quotes[:index] + quotes[index + 1 :]), claim.content) for index in doubtful]
        spared = dict(zip(doubtful, self._entails(without) if without else (), strict=True))
        return _Decision(supported=True, citations=tuple(not spared.get(index, False) for index in range(len(quotes))))


def judge_run(
    run: Run,
    home: EvalPaths,
    *,
    model: str | None = None,
    entailment: str | None = None,
    allow_download: bool = False,
    chat: "BaseChatModel | None" = None,
    scorer: Entails | None = None,
    on_claim: Callable[[int, int], None] | None = None,
) -> Judgements:
    """Lets a judge decide on every claim of a run that it has not decided on yet.

    Args:
        run: The run; its scores are not touched.
        home: Where labels of persons are.
        model: A chat model as `PROVIDER:NAME`; best of another family than the one that wrote the answers.
        entailment: A cross-encoder for entailment, by name or folder.
        allow_download: Whether the cross-encoder may be fetched from a hub.
        chat: The chat model itself, under the name that `model` gives.
        scorer: Decides on entailment itself, under the name that `entailment` gives.
        on_claim: Told how many distinct claims are done, of how many.

    Raises:
        EvalError: Not exactly one judge is named, or it cannot be used; what it decided before is kept.
        ModelError: The cross-encoder cannot be used.
    """
    judge = _judge_of(model, entailment, chat, scorer, allow_download=allow_download)
    claims = claims_of(run)
    distinct: dict[str, QuotedClaim] = {}
    for claim in claims:
        distinct.setdefault(claim.sha256, claim)
    records = {key: record for key, record in _stored(run, judge).items() if key in distinct}
    in_a_row = 0
    for key, claim in distinct.items():
        if key in records:
            continue
        decision = judge.decide(claim)
        if decision.failure:
            in_a_row += 1
            if in_a_row == _PATIENCE:
                raise EvalError(
                    f"the judge {judge.name!r} does not reply ({decision.failure}): what it decided is kept, and the"
                    " same command goes on with the rest"
                )
            continue
        in_a_row = 0
        records[key] = _record(judge, claim, decision)
        _append(run.path / JUDGEMENTS, records[key])
        if on_claim is not None:
            on_claim(len(records), len(distinct))
    return _judgements(run, judge.name, judge.version, claims, records, read_labels(home))


def read_judgements(run: Run, home: EvalPaths) -> tuple[Judgements, ...]:
    """Returns what judges have said of a run so far, the newest version of each judge, without asking any."""
    claims, labels = claims_of(run), read_labels(home)
    keys = {claim.sha256 for claim in claims}
    newest: dict[str, str] = {}
    found: dict[tuple[str, str], dict[str, JudgementRecord]] = {}
    for record in _records(run):
        newest[record.judge] = record.version
        if record.sha256 in keys:
            found.setdefault((record.judge, record.version), {})[record.sha256] = record
    return tuple(
        _judgements(run, name, version, claims, found.get((name, version), {}), labels)
        for name, version in newest.items()
    )


def _judge_of(
    model: str | None,
    entailment: str | None,
    chat: "BaseChatModel | None",
    scorer: Entails | None,
    *,
    allow_download: bool,
) -> _Judge:
    voting, entailing = bool(model or chat), bool(entailment or scorer)
    if voting == entailing:
        raise EvalError("name one judge at a time, a chat model or a cross-encoder: the verdicts of both are kept")
    if voting:
        return _Voting(model or type(chat).__name__, chat or open_chat(model or ""))
    name = entailment or "entailment"
    found = EntailmentModel(EntailmentConfig(model=name, allow_download=allow_download)).entails
    return _Entailing(name, scorer or found)


def _record(judge: _Judge, claim: QuotedClaim, decision: _Decision) -> JudgementRecord:
    return JudgementRecord(
        judge=judge.name,
        version=judge.version,
        case=claim.case,
        repeat=claim.repeat,
        claim=claim.claim,
        sha256=claim.sha256,
        supported=decision.supported,
        votes=tuple(vote.supported for vote in decision.votes),
        rationales=tuple(vote.rationale for vote in decision.votes),
        citations=decision.citations,
    )


def _stored(run: Run, judge: _Judge) -> dict[str, JudgementRecord]:
    own = [record for record in _records(run) if (record.judge, record.version) == (judge.name, judge.version)]
    return {record.sha256: record for record in own}


def _records(run: Run) -> list[JudgementRecord]:
    try:
        return [JudgementRecord.model_validate(r) for r in read_lines(run.path / JUDGEMENTS, torn_end=True)]
    except ValidationError as exc:
        raise RunError(f"{JUDGEMENTS} of the run {run.name!r} cannot be read: {exc.errors()[0]['msg']}") from exc


def _append(path: Path, record: JudgementRecord) -> None:
    mend_end(path)
    # ASCII only: other readers break lines at more characters than JSON escapes.
    with open(path, "a", encoding="ascii", opener=private_opener) as file:
        file.write(json.dumps(record.model_dump(mode="json")) + "\n")


def _judgements(
    run: Run,
    name: str,
    version: str,
    claims: Sequence[QuotedClaim],
    records: Mapping[str, JudgementRecord],
    labels: Mapping[str, bool],
) -> Judgements:
    decided = {key: record.supported for key, record in records.items() if record.supported is not None}
    both = [key for key in decided if key in labels]
    kappa = agreement([labels[key] for key in both], [decided[key] for key in both])
    verdicts = [decided.get(claim.sha256) for claim in claims]
    hidden = _hidden(len(claims), len(decided), len(both), kappa)
    recall, precision = citation_figures(_entailed(claims, records))
    return Judgements(
        run=run.name,
        judge=name,
        version=version,
        claims=len(claims),
        judged=sum(verdict is not None for verdict in verdicts),
        failed=sum(claim.sha256 not in records for claim in claims),
        verbatim=sum(claim.verbatim for claim in claims),
        supported=None if hidden else judged_support(verdicts),
        citation_recall=None if hidden else recall,
        citation_precision=None if hidden else precision,
        kappa=kappa,
        labels=len(both),
        hidden=hidden,
        per_claim=tuple(_judged(claim, records.get(claim.sha256), labels) for claim in claims),
    )


def _entailed(
    claims: Iterable[QuotedClaim], records: Mapping[str, JudgementRecord]
) -> Iterator[tuple[tuple[str, int], bool, Sequence[bool]]]:
    for claim in claims:
        record = records.get(claim.sha256)
        if record is not None and record.citations is not None:
            yield (claim.case, claim.repeat), bool(record.supported), record.citations


def _judged(claim: QuotedClaim, record: JudgementRecord | None, labels: Mapping[str, bool]) -> JudgedClaim:
    supported = record.supported if record is not None else None
    voted = zip(record.votes, record.rationales, strict=False) if record is not None else ()
    return JudgedClaim(
        case=claim.case,
        repeat=claim.repeat,
        claim=claim.claim,
        text=claim.text,
        quotes=claim.quotes,
        supported=supported,
        votes=record.votes if record is not None else (),
        rationale=next((rationale for vote, rationale in voted if vote is supported), ""),
        label=labels.get(claim.sha256),
    )


def _hidden(claims: int, decided: int, labels: int, kappa: float | None) -> str:
    if not claims:
        return "the answers make no claims"
    if not decided:
        return "the judge gave no verdict"
    if labels < LABELS_NEEDED:
        return f"persons have decided on {labels} of the claims judged, {LABELS_NEEDED} are needed to trust the judge"
    if kappa is None:
        return "κ is not defined, since all decisions are the same: claims that are not supported must be among them"
    if kappa < KAPPA_NEEDED:
        return f"κ is {kappa:.2f} with {labels} claims: below {KAPPA_NEEDED} the judge does not stand in for persons"
    return ""
