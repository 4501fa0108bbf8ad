"""Reading of the question: whether the State and the time were resolved as meant."""

from evals.metrics.eval_sample import EvalSample, Share, share


def states_read(sample: EvalSample) -> Share:
    """Returns (1 if exactly the States and groups meant are in scope, 1) for cases that name some."""
    # The program may add groups that spoke for the States in scope.
    expected, spoken_for = sample.asked_about, sample.answer.spoken_for.items()
    scope = {*sample.answer.scope.named_parties}
    groups = {code for code, members in spoken_for if set(members) <= scope}
    # States in scope are right where the case expects the group that spoke for them.
    members = {state for code, represented in spoken_for if code in expected for state in represented}
    return share([scope <= expected | scope & members and expected <= scope | groups] if expected else [])


def time_read(sample: EvalSample) -> Share:
    """Returns (1 if the time in scope is that meant, 1) for cases that name a time or are read as if.

    The years or sessions in scope have to be those meant; an interval with an open end ("since 2018") has to hold them.
    """
    case, scope = sample.case, sample.answer.scope
    expected = {str(year) for year in case.expect.years}
    turns = " ".join((*case.history, case.question))
    read = bool(scope.years or scope.sessions or scope.months or scope.interval)
    if not expected or not sample.names_parties or not (read or any(year in turns for year in expected)):
        return None
    sessions = {sample.sessions.get(year, "") for year in expected}
    months = {month[:4] for month in scope.months}
    # A question on change over time may have more years in scope than there is evidence for.
    pairs = (expected, {*scope.years}), (sessions, {*scope.sessions}), (expected, months)
    first, last = ((end or "")[:4] for end in scope.interval or ("", ""))
    is_within = bool(first or last) and not scope.years and all(first <= year <= (last or year) for year in expected)
    same = (meant <= found if case.type == "temporal" else meant == found for meant, found in pairs)
    return share([is_within or any(same)])
