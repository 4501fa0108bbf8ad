"""Hand-made inputs of the evals: cases, answers, scores and runs, with defaults for what a test does not set."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.records import Answer, Claim, RetrievedPassage
from evals.cases.case import Case, Expectation
from evals.cases.documents import Document, Documents
from evals.runs import AnswerRecord, AskError, Run, RunManifest, ScoreRecord, create_run
from ingest.parties.party_table import PartyTable
from tests.made import citation

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
FILE = "txt/FRA.txt"
TEXT = "We thank you. We support the review. We shall not pay for it.\u2028The rest is silence."


def span(words: str) -> tuple[int, int]:
    """Returns the start and end of words in `TEXT`."""
    return TEXT.index(words), TEXT.index(words) + len(words)


SUPPORT = span("We support the review.")


def documents(*given: Document) -> Documents:
    """Returns a corpus of these statements; without any, of one statement of France, whose text is `TEXT`."""
    statements = given or (Document(file=FILE, text=TEXT, state="FRA"),)
    return Documents(by_file={each.file: each for each in statements}, sha256="c", parties=PartyTable.load())


def case(name: str = "c", *spans: tuple[int, int], file: str = FILE, **fields: Any) -> Case:
    """Returns a case whose evidence is these spans of a file; fields of `Expectation`, as `states`, go to `expect`."""
    expect = {key: fields.pop(key) for key in [*fields] if key in Expectation.model_fields}
    evidence = [{"id": f"e{n}", "file": file, "start": start, "end": end} for n, (start, end) in enumerate(spans)]
    usual = {"id": name, "question": "What did France say?", "type": "single_state", "evidence": evidence}
    return Case.model_validate(usual | {"expect": {"status": "answered", "states": ("FRA",)} | expect} | fields)


def answer(*claims: tuple[str, Sequence[str]], **fields: Any) -> Answer:
    """Returns an answer about France, made of (claim, quotations) pairs."""
    citations, made = [], []
    for words, quotes in claims:
        first = len(citations) + 1
        for number, quote in enumerate(quotes, first):
            start = max(0, TEXT.find(quote))
            citations.append(citation(quote, number=number, state="FRA", file=FILE, start=start))
        made.append(Claim(text=words, state="FRA", citations=tuple(range(first, len(citations) + 1))))
    usual = {"question": "What did France say?", "answer": "An answer.", "status": "answered"}
    return Answer(**{**usual, "claims": tuple(made), "citations": tuple(citations), **fields})


def passage(start: int, end: int, *, rank: int = 1, statement: str = "s1") -> RetrievedPassage:
    return RetrievedPassage(
        passage_id=f"p{rank}", statement_id=statement, start=start, end=end, rank=rank, score=1 / rank
    )


def manifest(name: str = "made", **fields: Any) -> RunManifest:
    usual = {"dataset": "made", "dataset_sha256": "d", "corpus_sha256": "c", "cases": 1, "started": NOON, "ended": NOON}
    return RunManifest(**{"name": name, **usual, **fields})


def make_run(
    root: Path,
    answers: dict[Any, Answer | None],
    cases: Sequence[Case] | None = None,
    *,
    file: str = FILE,
    broke: str = "",
    **fields: Any,
) -> Run:
    """Makes a run of answers by case or by (case, repeat); None becomes an error whose message ends in `broke`."""
    keyed = {key if isinstance(key, tuple) else (key, 0): value for key, value in answers.items()}
    asked = cases if cases is not None else [case(name, SUPPORT) for name in dict.fromkeys(name for name, _ in keyed)]
    repeats = 1 + max(repeat for _, repeat in keyed)
    run = create_run(root, manifest(**{"cases": len(asked), "repeats": repeats, **fields}), asked, {"s1": file})
    for (name, repeat), given in keyed.items():
        error = AskError(kind="error", message=f"it broke {broke}") if given is None else None
        answer_json = given.to_json() if given is not None else None
        run.append(AnswerRecord(case=name, repeat=repeat, seconds=0.5, answer=answer_json, error=error))
    return run


def score(name: str, *, cluster: str = "FRA", stage: str | None = None, **fields: Any) -> ScoreRecord:
    usual = {"gates": True, "status": "answered", "expected": "answered", "components": {}, "slices": {}}
    return ScoreRecord(**{"case": name, "cluster": cluster, "stage": stage, **usual, **fields})


def scores(wrong: Iterable[int] = (), *, n: int = 40, clusters: int = 10, **fields: Any) -> list[ScoreRecord]:
    """Returns `n` scores in `clusters` clusters in turn; those with numbers in `wrong` count as misread questions."""
    bad = {*wrong}
    return [
        score(f"c{number:03}", cluster=f"S{number % clusters}", stage="misread" if number in bad else None, **fields)
        for number in range(n)
    ]


@dataclass(frozen=True, kw_only=True)
class FakeRun(Run):
    """A run in memory, without a folder."""

    records: tuple[ScoreRecord, ...]
    scored = True

    def scores(self) -> tuple[ScoreRecord, ...]:
        return self.records


def scored_run(records: Iterable[ScoreRecord], name: str = "candidate", **fields: Any) -> FakeRun:
    """Returns a run that has scores and no answers."""
    found = tuple(records)
    run_manifest = manifest(name, **{"cases": len({record.case for record in found}), **fields})
    return FakeRun(path=Path(name), manifest=run_manifest, records=found)
