"""Golden cases: questions with their evidence as spans of files, never as passage ids."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from evals.errors import DatasetError

Status = Literal["answered", "partial", "abstained"]


class Evidence(BaseModel):
    """One span of a file that answers; `quote` stands where the text may be published."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    file: str
    state: str | None = None
    start: int
    end: int
    sha256: str | None = None
    quote: str | None = None
    lang: str | None = None


class Expectation(BaseModel):
    """The right outcome."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: Status
    states: tuple[str, ...] = ()
    years: tuple[str | int, ...] = ()
    reason: str | None = None
    missing: str | None = None


class Review(BaseModel):
    """Who has looked at a case: `human`, `template`, `llm` or `chat`; a draft never gates."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: Literal["reviewed", "draft"] = "draft"
    source: str = "human"


class Case(BaseModel):
    """One question with its right outcome."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    question: str
    history: tuple[str, ...] = ()
    type: str
    lang: str = "en"
    answerable: bool
    unanswerable_kind: str | None = None
    tags: Mapping[str, Any] = {}
    expect: Expectation
    evidence: tuple[Evidence, ...] = ()
    evidence_groups: tuple[tuple[str, ...], ...] = ()
    review: Review = Review()

    @property
    def cluster(self) -> str:
        """What cases share that are not independent: the first State asked about."""
        return self.expect.states[0] if self.expect.states else self.id.split("-")[0]


def load_cases(path: Path, *, corpus: Path | None = None) -> tuple[Case, ...]:
    """Loads cases from YAML, or from JSON lines of questions with evidence as text.

    Args:
        path: `.yaml` in the project's format, or `.jsonl` with `qid`, `question`, `answerable`, `evidence`, `gold_doc`
            and, optionally, `year`.
        corpus: The folder of statements, which JSON lines need to find their evidence.

    Raises:
        DatasetError: The file is not what it should be.
    """
    try:
        if path.suffix == ".jsonl":
            lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
            return tuple(_from_record(line, corpus) for line in lines)
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        return tuple(Case.model_validate(case) for case in content["cases"])
    except (OSError, KeyError, ValueError, ValidationError, yaml.YAMLError) as exc:
        raise DatasetError(f"cannot read the cases of {str(path)!r}: {exc}") from exc


def _from_record(record: Mapping[str, Any], corpus: Path | None) -> Case:
    spans: list[Evidence] = []
    if record["answerable"]:
        if corpus is None:
            raise DatasetError("questions with evidence as text need the folder of statements: give --corpus")
        file = f"txt/{record['gold_doc']}.txt"
        text = (corpus / file).read_bytes().decode("utf-8")
        for number, quote in enumerate(record["evidence"]):
            start, end = locate(quote, text)
            spans.append(Evidence(id=f"e{number}", file=file, state=record["gold_doc"][:3], start=start, end=end))
    return Case(
        id=record["qid"],
        question=record["question"],
        type="single_state" if record["answerable"] else "unanswerable",
        answerable=record["answerable"],
        expect=Expectation(
            status="answered" if record["answerable"] else "abstained",
            states=(re.split(r"[_-]", record["qid"])[1],),
            years=(str(record["year"]),) if "year" in record else (),
        ),
        evidence=tuple(spans),
        evidence_groups=(tuple(span.id for span in spans),) if spans else (),
    )


def locate(quote: str, text: str) -> tuple[int, int]:
    """Returns where a quotation stands in a text whose white space and line-end hyphens may differ.

    Raises:
        DatasetError: It is not there.
    """
    letters = [re.escape(char) for char in quote if not char.isspace()]
    match = re.search(r"[\s-]*".join(letters), text)
    if match is None:
        raise DatasetError(f"evidence not found: {quote[:60]!r}")
    return match.span()


def groups_of(case: Case) -> Sequence[Sequence[Evidence]]:
    """Returns a case's evidence groups: each must be met, by any of its spans."""
    by_id = {span.id: span for span in case.evidence}
    return [[by_id[identifier] for identifier in group] for group in case.evidence_groups]
