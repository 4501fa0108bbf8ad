"""Reading of the question: whether the State and the time were resolved as meant."""

from evals.metrics.eval_sample import EvalSample
from evals.metrics.integrity import ABOUT_NAMED


def states_read(sample: EvalSample) -> tuple[float, float] | None:
    """Returns (1 if exactly the States and groups meant are in scope, 1) of cases about named ones.

    Groups that spoke for the States are the program's to add: a case may expect their evidence without being about
    them.
    """
    if sample.case.type not in ABOUT_NAMED or not sample.case.expect.states:
        return None
    expected = set(sample.case.expect.states)
    scope = {*sample.answer.scope.states, *sample.answer.scope.groups}
    groups = {code for code, members in sample.answer.spoken_for.items() if set(members) <= scope}
    return float(scope <= expected | scope & _members(sample) and expected <= scope | groups), 1.0


def _members(sample: EvalSample) -> set[str]:
    """States asked about whose group's evidence the case expects."""
    expected = set(sample.case.expect.states)
    return {s for code, members in sample.answer.spoken_for.items() if code in expected for s in members}


def time_read(sample: EvalSample) -> tuple[float, float] | None:
    """Returns (1 if the years or sessions in scope are those meant, 1) of cases that name a time, or were read so.

    A question on change over time may have more years in scope than hold evidence.
    """
    case, scope = sample.case, sample.answer.scope
    expected = {str(year) for year in case.expect.years}
    turns = " ".join((*case.history, case.question))
    read = bool(scope.years or scope.sessions or scope.months)
    if not expected or case.type not in ABOUT_NAMED or not (read or any(year in turns for year in expected)):
        return None
    sessions = {sample.sessions.get(year, "") for year in expected}
    pairs = (
        (expected, set(scope.years)),
        (sessions, set(scope.sessions)),
        (expected, {month[:4] for month in scope.months}),
    )
    return float(any(meant <= found if case.type == "temporal" else meant == found for meant, found in pairs)), 1.0
