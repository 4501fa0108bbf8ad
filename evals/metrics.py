"""Metrics as pure functions over cases and answers; a case to which a metric does not apply yields no score."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal

from app.answer import Answer, Citation
from app.verify import reads_as
from evals.cases import Case, Evidence, groups_of
from ingest.furniture import running_heads

# Types of cases whose expected States are those that the question names.
_ABOUT_NAMED = frozenset({"single_state", "unanswerable", "partial", "compare", "multi_state", "temporal", "follow_up"})


# Why a case failed, by the first step that was wrong.
Failure = Literal["wrong_state", "wrong_year", "over_abstained", "should_abstain", "not_cited", "misattributed"]
FIRST: Final = 5


def overlaps(citation: Citation, span: Evidence) -> bool:
    """Returns whether a citation quotes a span: same file, and at least half of the shorter of the two in common."""
    if citation.file != span.file:
        return False
    common = min(citation.end, span.end) - max(citation.start, span.start)
    return common >= 0.5 * min(citation.end - citation.start, span.end - span.start)


def evidence_recall(case: Case, answer: Answer, k: int) -> float | None:
    """Returns the share of evidence groups that the first k citations meet, 0 to 1; None without evidence."""
    groups = groups_of(case)
    if not groups or not case.answerable:
        return None
    first = answer.citations[:k]
    met = [any(overlaps(citation, span) for citation in first for span in group) for group in groups]
    return sum(met) / len(met)


def quotes_verified(answer: Answer, texts: Mapping[str, str]) -> tuple[int, int]:
    """Returns (sound, all) over an answer's citations: the offsets hold exactly the words that are quoted."""
    citations = (*answer.citations, *answer.related)
    sound = 0
    for citation in citations:
        text = texts.get(citation.statement_id, "")
        same = text[citation.start : citation.end] == citation.source_quote
        sound += same and reads_as(citation.quote, citation.source_quote, heads=running_heads(text))
    return sound, len(citations)


def misattributed(case: Case, answer: Answer) -> int:
    """Returns how many citations come from a State or group that was not asked about; open questions have none.

    What was asked about is what the case says, not how the assistant read the question. What a group said for a State
    that was asked about counts as right where every claim on it names the group.
    """
    asked = set(case.expect.states) if case.type in _ABOUT_NAMED else set()
    wanted = asked or set(answer.scope.states) | set(answer.scope.groups)
    if not wanted:
        return 0
    named = {number: claim.state for claim in answer.claims for number in claim.citations}
    labelled = {group for group, members in answer.spoken_for.items() if set(members) <= wanted}
    return sum(
        c.state not in wanted and not (c.state in labelled and c.on_behalf_of == c.state == named.get(c.number))
        for c in answer.citations
    )


@dataclass(frozen=True, kw_only=True)
class Rates:
    """Abstention as a decision: unanswerable is the positive class.

    Attributes:
        precision: Of the abstentions, how many were right, 0 to 1; None without any.
        recall: Of the unanswerable cases, how many were abstained from, 0 to 1; None without any.
    """

    precision: float | None
    recall: float | None
    right: int
    wrong: int
    missed: int


def abstention_rates(cases: Sequence[Case], answers: Mapping[str, Answer]) -> Rates:
    """Returns precision and recall of abstention; `partial` counts as answered, cases that expect it are left out."""
    right = wrong = missed = 0
    for case in cases:
        if case.id not in answers or case.expect.status == "partial":
            continue
        abstained = answers[case.id].status == "abstained"
        should = case.expect.status == "abstained"
        right += abstained and should
        wrong += abstained and not should
        missed += should and not abstained
    return Rates(
        precision=right / (right + wrong) if right + wrong else None,
        recall=right / (right + missed) if right + missed else None,
        right=right,
        wrong=wrong,
        missed=missed,
    )


@dataclass(frozen=True, kw_only=True)
class SetScore:
    """How well a set was found, all 0 to 1, higher is better."""

    precision: float
    recall: float
    f1: float


def state_set(case: Case, answer: Answer) -> SetScore | None:
    """Scores the set of States that an answer to "which States …" claims something of.

    With C the codes of the claims and G those of `expect.states`: P = |C∩G| / |C|, R = |C∩G| / |G|,
    F1 = 2·|C∩G| / (|C| + |G|). An empty C beside a G that is not, and the reverse, score 0.

    Returns:
        None where the case does not ask for States, or both sets are empty: abstention rates count those.
    """
    if case.type != "list_states":
        return None
    claimed = {claim.state for claim in answer.claims if claim.state is not None}
    gold = set(case.expect.states)
    if not claimed and not gold:
        return None
    common = len(claimed & gold)
    return SetScore(
        precision=common / len(claimed) if claimed else 0.0,
        recall=common / len(gold) if gold else 0.0,
        f1=2 * common / (len(claimed) + len(gold)),
    )


def macro(scores: Iterable[SetScore | None]) -> SetScore | None:
    """Returns the mean of each score over the cases that have one, so that long lists weigh no more than short ones."""
    scored = [score for score in scores if score is not None]
    if not scored:
        return None
    return SetScore(
        precision=sum(score.precision for score in scored) / len(scored),
        recall=sum(score.recall for score in scored) / len(scored),
        f1=sum(score.f1 for score in scored) / len(scored),
    )


def is_wrong(case: Case, answer: Answer) -> bool | None:
    """Returns whether an answer that was given is wrong; None for an abstention, or without evidence to judge by.

    It is wrong where it should have abstained, and where none of its first five citations meets the evidence.
    """
    if answer.status == "abstained":
        return None
    if case.expect.status == "abstained":
        return True
    spans = [span for group in groups_of(case) for span in group]
    if not spans:
        return None
    return not any(overlaps(citation, span) for citation in answer.citations[:FIRST] for span in spans)


@dataclass(frozen=True, kw_only=True)
class CurvePoint:
    """What answering only from some confidence on would give.

    Attributes:
        coverage: Share of all cases that are answered, 0 to 1.
        risk: Share of wrong ones among them, 0 to 1, lower is better.
    """

    confidence: float
    coverage: float
    risk: float


@dataclass(frozen=True, kw_only=True)
class RiskCoverage:
    """Whether confidence tells right answers from wrong ones.

    Attributes:
        points: Highest confidence first; one for each confidence that occurs.
        aurc: Mean risk over the coverage reached, 0 to 1, lower is better; None without any answer.
        cases: Single-party cases, those abstained from included.
    """

    points: tuple[CurvePoint, ...]
    aurc: float | None
    cases: int


def risk_coverage(cases: Sequence[Case], answers: Mapping[str, Answer]) -> RiskCoverage:
    """Returns the risk-coverage curve over the cases about one party.

    With n cases, of which the k answered are sorted by falling confidence: after the first i, coverage = i/n and
    risk = (wrong among them)/i. Equal confidences make one step, since no threshold can part them.
    AURC = Σ risk·Δcoverage / (last coverage); where no confidences are equal this is the mean of the risks.

    Source: Geifman, Uziel, El-Yaniv, Bias-Reduced Uncertainty Estimation for Deep Neural Classifiers (ICLR 2019).
    """
    single = [
        case for case in cases if case.id in answers and len(case.expect.states) == 1 and case.type != "list_states"
    ]
    judged = [(answers[case.id].confidence, is_wrong(case, answers[case.id])) for case in single]
    abstained = sum(answers[case.id].status == "abstained" for case in single)
    given = sorted(((chance, wrong) for chance, wrong in judged if wrong is not None), reverse=True)
    points: list[CurvePoint] = []
    seen = wrongs = 0
    area = 0.0
    total = len(given) + abstained
    for chance, step in groupby(given, key=lambda pair: pair[0]):
        outcomes = [wrong for _, wrong in step]
        seen, wrongs = seen + len(outcomes), wrongs + sum(outcomes)
        points.append(CurvePoint(confidence=chance, coverage=seen / total, risk=wrongs / seen))
        area += wrongs / seen * len(outcomes)
    return RiskCoverage(points=tuple(points), aurc=area / seen if seen else None, cases=total)


def failure(case: Case, answer: Answer, sessions: Mapping[str, str]) -> Failure | None:
    """Returns the first step that went wrong on a case about named States; None where the outcome is right.

    A State or year that was read wrongly is a failure even where the outcome happens to be right.

    Args:
        case: The case.
        answer: What it got.
        sessions: The session of a year, where that is one.
    """
    scope = answer.scope
    if case.type in _ABOUT_NAMED and {*scope.states, *scope.groups} != set(case.expect.states):
        return "wrong_state"
    if case.type in _ABOUT_NAMED and not _right_year(case, answer, sessions):
        return "wrong_year"
    if case.expect.status == "abstained":
        return None if answer.status == "abstained" else "should_abstain"
    if answer.status == "abstained":
        return "over_abstained"
    if is_wrong(case, answer):
        return "not_cited"
    return "misattributed" if misattributed(case, answer) else None


def _right_year(case: Case, answer: Answer, sessions: Mapping[str, str]) -> bool:
    expected = {str(year) for year in case.expect.years}
    scope = answer.scope
    named = {sessions[year] for year in expected if year in sessions}
    return not expected or set(scope.years) == expected or (bool(scope.sessions) and set(scope.sessions) == named)
