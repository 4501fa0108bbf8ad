"""Labels: what persons decided on claims, kept among their other decisions as records of kind `claim`.

    {"kind": "claim", "case": …, "repeat": …, "claim": …, "sha256": …, "supported": …, "by": …, "at": …}

`sha256` is over the words of claim and quotations (`evals.judges.claims`), so that a label counts in every run in which
these recur, and in no other: the third claim of another run's answer may be another claim.
"""

from datetime import UTC, datetime
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evals.errors import RunError
from evals.judges.claims import claims_of
from evals.paths import EvalPaths
from evals.review.decisions import reviewer_name
from evals.review.ledger import append_record
from evals.runs import Run, read_lines

_KIND: Final = "claim"


class Label(BaseModel):
    """What a person decided on a claim."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    sha256: str = Field(min_length=1)
    supported: bool
    by: str = Field(min_length=1)
    at: datetime


def label_claim(home: EvalPaths, run: Run, *, case: str, repeat: int, claim: int, supported: bool, by: str) -> None:
    """Notes whether a person finds a claim supported by its quotations; the newest decision on a claim holds.

    Args:
        home: Where decisions are kept.
        run: The run in which the claim was read.
        case: Id of the case.
        repeat: Which answer to it, from 0.
        claim: Index of the claim in the answer, from 0.
        supported: The decision.
        by: Who decides.

    Raises:
        RunError: The run has no such claim.
        EvalError: Nobody is named, or the decision cannot be written.
    """
    found = next((c for c in claims_of(run) if (c.case, c.repeat, c.claim) == (case, repeat, claim)), None)
    if found is None:
        raise RunError(f"the run {run.name!r} has no claim {claim} in answer {repeat} to the case {case!r}")
    record = {
        "kind": _KIND,
        "case": case,
        "repeat": repeat,
        "claim": claim,
        "sha256": found.sha256,
        "supported": supported,
        "by": reviewer_name(by),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    append_record(home.reviews, record)


def label_records(home: EvalPaths) -> tuple[Label, ...]:
    """Returns all labels, the oldest first; records without words or a decision are left out.

    Raises:
        RunError: The file cannot be read.
    """
    found = []
    for number, record in enumerate(read_lines(home.reviews, torn_end=True), start=1):
        if record.get("kind") == _KIND and "sha256" in record and "supported" in record:
            try:
                found.append(Label.model_validate(record))
            except ValidationError as exc:
                problem = exc.errors()[0]
                place = ".".join(str(part) for part in problem["loc"])
                raise RunError(
                    f"{home.reviews.name}, decision {number}: {place}: {problem['msg']}; mend or remove the line"
                ) from exc
    return tuple(found)


def read_labels(home: EvalPaths) -> dict[str, bool]:
    """Returns what persons decided, by the claims' hash; the newest decision on a claim holds.

    Raises:
        RunError: The file cannot be read.
    """
    return {label.sha256: label.supported for label in label_records(home)}
