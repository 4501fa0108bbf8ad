"""Claims that wait for a label: persons see what a judge sees, a claim and its quotations, and not what it decided."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from evals.judges.claims import QuotedClaim, claims_of
from evals.judges.judge import JUDGEMENTS
from evals.runs import Run, read_lines


@dataclass(frozen=True, kw_only=True)
class ReadClaim:
    """A claim as a person reads it, once for all places with the same words.

    Attributes:
        claim: The first of its places.
        run: Name of the run in which that is.
        times: How many claims have these words.
        judged: Whether a judge has decided on it.
    """

    claim: QuotedClaim
    run: str
    times: int
    judged: bool


def distinct_claims(run: Run) -> tuple[ReadClaim, ...]:
    """Returns the claims of a run, labelled or not, each wording once, in the order of its answers.

    Raises:
        RunError: The answers, or what judges decided, cannot be read.
    """
    judged = {
        record.get("sha256")
        for record in read_lines(run.path / JUDGEMENTS, torn_end=True)
        if record.get("supported") is not None
    }
    return _merged(
        ReadClaim(claim=claim, run=run.name, times=1, judged=claim.sha256 in judged) for claim in claims_of(run)
    )


def unlabelled(queues: Iterable[Sequence[ReadClaim]], labels: Mapping[str, bool]) -> tuple[ReadClaim, ...]:
    """Returns what waits for a label in several runs, each wording once.

    Where a judge has decided on any of the claims, those that it decided on are what its agreement is measured by, and
    no others wait. What goes without saying comes last: claims that are a quotation and nothing else, and claims that
    cite nothing.

    Args:
        queues: The claims of each run.
        labels: What persons decided, by the claims' hash.
    """
    found = _merged(item for queue in queues for item in queue)
    if any(item.judged for item in found):
        found = tuple(item for item in found if item.judged)
    waiting = (item for item in found if item.claim.sha256 not in labels)
    return tuple(sorted(waiting, key=lambda item: item.claim.verbatim or not item.claim.quotes))


def _merged(items: Iterable[ReadClaim]) -> tuple[ReadClaim, ...]:
    found: dict[str, ReadClaim] = {}
    for item in items:
        key = item.claim.sha256
        known = found.get(key)
        found[key] = (
            item
            if known is None
            else replace(known, times=known.times + item.times, judged=known.judged or item.judged)
        )
    return tuple(found.values())
