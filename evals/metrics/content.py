"""Content: recall of nuggets, the facts that a good answer holds, and precision and recall of a set of States."""

import re

from app.records import Answer
from evals.cases.case import Nugget
from evals.metrics.citations import overlaps
from evals.metrics.eval_sample import EvalSample
from evals.metrics.integrity import is_sound


def nuggets(sample: EvalSample) -> tuple[float, ...] | None:
    """Returns (vital strict, vital, all strict, all weighted, vital nuggets, nuggets) of an answer; None without any.

    A nugget is supported strictly where a verified citation meets one of its spans, and in part where only the words
    of a claim match one of its patterns. Strict support counts 1; partial support counts 0.5, in strict sums 0.
    Abstentions are left out, since evidence recall and the metrics of abstention count them.

    Source: Pradeep et al., The Great Nugget Recall (2025): strict_vital, vital, strict_all, all.
    """
    case, answer = sample.case, sample.answer
    if not case.nuggets or answer.status == "abstained" or case.expect.status == "abstained":
        return None
    every = [_credit(nugget, sample) for nugget in case.nuggets]
    vital = [_credit(nugget, sample) for nugget in case.nuggets if nugget.importance == "vital"]
    supported = [(float(credits.count(1.0)), sum(credits)) for credits in (vital, every)]
    return (*supported[0], *supported[1], float(len(vital)), float(len(every)))


def missing_nuggets(sample: EvalSample) -> tuple[Nugget, ...]:
    """Returns the vital nuggets that nothing in the answer supports."""
    return tuple(n for n in sample.case.nuggets if n.importance == "vital" and _credit(n, sample) == 0.0)


def _credit(nugget: Nugget, sample: EvalSample) -> float:
    spans = [span for span in sample.case.evidence if span.id in nugget.evidence]
    if any(overlaps(citation, *spans) and is_sound(citation, sample) for citation in sample.answer.citations):
        return 1.0
    texts = [claim.text for claim in sample.answer.claims]
    return 0.5 if any(re.search(pattern, text) for pattern in nugget.any_of for text in texts) else 0.0


def claimed_states(answer: Answer) -> frozenset[str]:
    """Returns the codes of the parties that an answer makes claims about."""
    return frozenset(claim.state for claim in answer.claims if claim.state is not None)


def state_set(sample: EvalSample) -> tuple[float, float, float, float] | None:
    """Returns (precision, recall, F1, 1) of the set of States that an answer to "which States …" makes claims about.

    With C the codes of the claims and G those of `expect.states`: P = |C∩G| / |C|, R = |C∩G| / |G|,
    F1 = 2·|C∩G| / (|C| + |G|). All three are 0 if only one of the sets is empty. None if the case does not ask for
    States, or both sets are empty, which the metrics of abstention count.
    """
    if sample.case.type != "list_states":
        return None
    claimed, expected = claimed_states(sample.answer), set(sample.case.expect.states)
    if not claimed and not expected:
        return None
    common, sizes = len(claimed & expected), (len(claimed), len(expected))
    precision, recall = (common / size if size else 0.0 for size in sizes)
    return precision, recall, 2 * common / sum(sizes), 1.0
