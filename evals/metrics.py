"""Metrics as pure functions over cases and answers; a case to which a metric does not apply yields no score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.answer import Answer, Citation
from app.verify import reads_as
from evals.cases import Case, Evidence, groups_of
from ingest.furniture import running_heads

# Types of cases whose expected States are those that the question names.
_ABOUT_NAMED = frozenset({"single_state", "unanswerable", "partial", "compare", "multi_state", "temporal", "follow_up"})


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

    What was asked about is what the case says, not how the assistant read the question.
    """
    asked = set(case.expect.states) if case.type in _ABOUT_NAMED else set()
    wanted = asked or set(answer.scope.states) | set(answer.scope.groups)
    return sum(citation.state not in wanted for citation in answer.citations) if wanted else 0


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
