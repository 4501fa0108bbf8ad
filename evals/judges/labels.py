"""Labels: what persons decided on claims, kept among their other decisions as records of kind `claim`.

    {"kind": "claim", "case": …, "repeat": …, "claim": …, "sha256": …, "supported": …, "by": …, "at": …}

`sha256` is over the words of claim and quotations (`evals.judges.claims`), so that a label counts in every run in which
these recur, and in no other: the third claim of another run's answer may be another claim.
"""

import json
from datetime import UTC, datetime
from typing import Final

from filelock import FileLock, Timeout

from evals.errors import EvalError, RunError
from evals.golden.sets import Home
from evals.judges.claims import claims_of
from evals.review.decisions import reviewer_name
from evals.runs import Run, mend_end, read_lines

_KIND: Final = "claim"
# Writing one line takes milliseconds; whoever holds the lock for longer is stuck.
_WAIT_SECONDS: Final = 5.0


def label_claim(home: Home, run: Run, *, case: str, repeat: int, claim: int, supported: bool, by: str) -> None:
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
    path = home.reviews
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock"), timeout=_WAIT_SECONDS):
            mend_end(path)
            with path.open("a", encoding="ascii") as file:
                file.write(json.dumps(record) + "\n")
    except Timeout as exc:
        raise EvalError(f"not noted: another process holds {exc.lock_file!r}; wait until it is done") from exc
    except OSError as exc:
        raise EvalError(
            f"not noted: {str(path)!r} cannot be written ({exc.strerror}); check its permissions and the free space"
        ) from exc


def read_labels(home: Home) -> dict[str, bool]:
    """Returns what persons decided, by the claims' hash; the newest decision on a claim holds.

    Raises:
        RunError: The file cannot be read.
    """
    return {
        str(record["sha256"]): bool(record["supported"])
        for record in read_lines(home.reviews, torn_end=True)
        if record.get("kind") == _KIND and "sha256" in record and "supported" in record
    }
