"""A run in a folder, made by hand."""

from datetime import UTC, datetime
from pathlib import Path

from app.records import Answer, Citation, Claim, RetrievedPassage
from evals.cases.case import Case, Evidence, Expectation
from evals.cases.documents import Document, Documents
from evals.runs import AnswerRecord, AskError, Run, RunManifest, create_run
from ingest.parties.party_table import PartyTable

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
FILE = "txt/FRA.txt"
TEXT = "We thank you. We support the review. We shall not pay for it.\u2028The rest is silence."


NOTHING = ("on_behalf_of", "speaker", "body", "session", "date", "agenda_item", "title", "symbol", "page", "paragraph")


def citation(number, quote, *, start=0, **fields):
    given = dict.fromkeys((*NOTHING, "ocr_confidence")) | {
        "statement_id": "s1", "state": "FRA", "file": FILE, "source_quote": quote, "sentence_ids": (), "language": "en",
        "kind": "statement", "inferred": (), "verdict": "verified",
    } | fields  # fmt: skip
    return Citation(number=number, quote=quote, start=start, end=start + len(given["source_quote"]), **given)


def answer(*claims, question="What did France say?", status="answered", text="An answer.", retrieved=()):
    """Makes an answer of (claim, quotations) pairs."""
    citations, made = [], []
    for words, quotes in claims:
        numbers = []
        for quote in quotes:
            citations.append(citation(len(citations) + 1, quote, start=max(0, TEXT.find(quote))))
            numbers.append(len(citations))
        made.append(Claim(text=words, state="FRA", citations=tuple(numbers)))
    return Answer(
        question=question,
        answer=text,
        status=status,
        claims=tuple(made),
        citations=tuple(citations),
        retrieved=tuple(
            RetrievedPassage(passage_id=f"p{rank}", statement_id=statement, start=start, end=end, rank=rank, score=1.0)
            for rank, (statement, start, end) in enumerate(retrieved, start=1)
        ),
    )


def case(name, *, history=(), quotes=("We support the review.",), **fields):
    evidence = tuple(
        Evidence(id=f"e{number}", file=FILE, start=TEXT.index(quote), end=TEXT.index(quote) + len(quote))
        for number, quote in enumerate(quotes)
    )
    given = {"type": "single_state", "expect": Expectation(status="answered", states=("FRA",))} | fields
    return Case(id=name, question="What did France say?", history=history, evidence=evidence, **given)


def silent_case(name):
    return case(name, quotes=(), type="unanswerable", expect=Expectation(status="abstained", states=("FRA",)))


def make_run(root: Path, answers, cases=None, *, name="made") -> Run:
    """Makes a run of answers by case, or by (case, repeat); None stands for a failure."""
    keyed = {key if isinstance(key, tuple) else (key, 0): value for key, value in answers.items()}
    manifest = RunManifest(
        name=name,
        dataset="made",
        dataset_sha256="d",
        corpus_sha256="c",
        cases=len(keyed),
        repeats=1 + max((repeat for _, repeat in keyed), default=0),
        started=NOON,
        ended=NOON,
    )
    asked = cases if cases is not None else [case(name) for name in dict.fromkeys(name for name, _ in keyed)]
    run = create_run(root, manifest, asked, {"s1": FILE})
    for (identifier, repeat), given in keyed.items():
        run.append(
            AnswerRecord(
                case=identifier,
                repeat=repeat,
                seconds=0.5,
                answer=given.to_json() if given is not None else None,
                error=None if given is not None else AskError(kind="error", message="it broke"),
            )
        )
    return run


def documents() -> Documents:
    document = Document(file=FILE, text=TEXT, state="FRA")
    return Documents(by_file={FILE: document}, sha256="c", parties=PartyTable.load())
