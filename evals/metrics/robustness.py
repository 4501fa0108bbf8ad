"""Robustness: whether the same question gets the same answer again, in other words and in other languages."""

from app.records import Answer
from evals.metrics.content import claimed_states
from evals.metrics.eval_sample import EvalSample, Share, share


def agree(one: Answer, other: Answer) -> bool:
    """Returns whether status and parties of two answers are equal; without claims, the parties are those in scope."""
    states, other_states = (claimed_states(a) or {*a.scope.named_parties} for a in (one, other))
    return one.status == other.status and states == other_states


def repeat_agreement(sample: EvalSample) -> Share:
    """Returns (1 if asking again gave the same outcome, 1) for every repeat except the first."""
    return share([agree(sample.answer, sample.repeated)] if sample.repeated is not None else [])


def paraphrase_agreement(sample: EvalSample) -> Share:
    """Returns (1 if the outcome is that of the original, 1) for variants in the original's language."""
    return _as_original(sample) if sample.case.lang == sample.original_lang else None


def language_agreement(sample: EvalSample) -> Share:
    """Returns (1 if the outcome is that of the original, 1) for variants in another language."""
    return _as_original(sample) if sample.case.lang != sample.original_lang else None


def _as_original(sample: EvalSample) -> Share:
    return share([agree(sample.answer, sample.original)] if sample.original is not None else [])
