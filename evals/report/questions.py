"""The data section of the report: what the set of cases consists of, and what its lint found."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from evals.cases.lint import Health, Problem, health, lint
from evals.report.failures import Answers
from evals.report.words import STATUS, language, party, plain
from evals.runs import ScoreRecord
from evals.summary import QUANTITIES

_SEVERITIES: Final = {"error": "Errors in the cases", "warning": "Warnings", "note": "Notes"}


def questions_of(answers: Answers) -> dict[str, Any]:
    """Returns what the cases consist of (`health_facts`) and what a person should look at (`findings`)."""
    cases, parties = tuple(answers.cases.values()), answers.documents.parties
    found = health(cases, answers.documents)
    facts = [
        ("Cases", _counted(found)),
        ("Right outcome", _counts((STATUS.get(name, name), n) for name, n in found.by_status.items())),
        ("Type", _counts((plain(name), n) for name, n in found.by_type.items())),
        ("Language", _counts((language(name), n) for name, n in found.by_lang.items())),
        ("Written by", _counts(found.by_source.items())),
        ("Without an answer", f"{found.unanswerable:.0%}; {found.near_misses:.0%} of these are near misses"),
        ("Kinds of these", _counts((plain(name), n) for name, n in found.by_kind.items())),
        ("Citations nobody judged", _unjudged(answers.scores)),
    ]
    if found.overlap is not None:
        low, high = found.overlap
        told = (
            f"a third of the questions share less than {low:.0%} of their words with their evidence, "
            f"a third more than {high:.0%}: a question that repeats its evidence is easy to search for"
        )
        facts.append(("Words shared with the evidence", told))
    problems: dict[str, list[str]] = {}
    for problem in lint(cases, answers.documents):
        problems.setdefault(problem.severity, []).append(_told(problem))
    gaps = [f"{party(state, parties)}: {article}" for state, article in found.gaps]
    findings = [(_SEVERITIES[severity], texts) for severity, texts in problems.items()]
    findings += [("Articles that a State cites and no question asks it about", gaps)] if gaps else []
    return {"health_facts": [(name, value) for name, value in facts if value], "findings": findings}


def _counted(found: Health) -> str:
    return f"{found.cases}: {found.unreviewed} of them whose evidence no person has reviewed, {found.drafts} drafts"


def _counts(items: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{name} {count}" for name, count in items)


def _told(problem: Problem) -> str:
    where = f"{problem.case}: " if problem.case else ""
    return f"{where}{problem.what}; {problem.todo}"


def _unjudged(scores: Sequence[ScoreRecord]) -> str:
    key = QUANTITIES["citations_judged"].key
    rows = [score.components[key] for score in scores if key in score.components]
    judged, total = (sum(row[column] for row in rows) for column in (0, 1))
    return f"{total - judged:.0f} of {total:.0f}: neither expected nor ruled on" if total else ""
