"""Lint of a set of cases: the checks of each case, and whether the set as a whole can be read for figures.

Errors make figures wrong (a quotation that is not in its file), warnings may, notes tell how far figures carry (a slice
of 12 cases).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from evals.cases.case import Case, slices
from evals.cases.checks import CHECKS, CHECKS_OF_CORPUS, Checked, Problem, Severity, articles_of, states_of
from evals.cases.corpus_facts import Article, articles_cited, content_stems, overlap, stems_in
from evals.cases.documents import Documents

__all__ = ["Health", "Problem", "health", "lint"]

# Smallest slice to read a figure from: of 20 right in 20 the 95 % interval still goes down to 84 %.
_SLICE: Final = 20
_SLICED_BY: Final = ("type", "lang", "kind", "expected")
# Share of unanswerable cases that abstention can be measured with; half of them should be near misses.
_UNANSWERABLE: Final = (0.25, 0.30)
_NEAR_MISSES: Final = 0.5


@dataclass(frozen=True, kw_only=True)
class Health:
    """What a set of cases consists of.

    Attributes:
        drafts: Cases that never decide a gate until a person accepts them.
        unreviewed: Cases that gate and that no person has reviewed.
        unanswerable: Share of the cases that expect silence, 0 to 1.
        near_misses: Share of near misses among those; 0 where there are none.
        gaps: States and articles that statements cite and no case asks about.
        overlap: Bounds of the lower and the middle third of how much of a question's words one sentence of its
            evidence holds, 0 to 1; None where no case has evidence.
    """

    cases: int
    drafts: int
    unreviewed: int
    by_status: Mapping[str, int]
    by_review: Mapping[str, int]
    by_source: Mapping[str, int]
    by_type: Mapping[str, int]
    by_lang: Mapping[str, int]
    by_kind: Mapping[str, int]
    unanswerable: float
    near_misses: float
    gaps: tuple[tuple[str, str], ...] = ()
    overlap: tuple[float, float] | None = None


def lint(cases: Iterable[Case], documents: Documents | None = None) -> tuple[Problem, ...]:
    """Checks cases; without documents, only what can be told without their corpus.

    Returns:
        The problems, errors first, else in the order of the cases.
    """
    checked = Checked(cases=tuple(cases), documents=documents)
    checks = (*CHECKS, *CHECKS_OF_CORPUS) if documents is not None else CHECKS
    found = [problem for check in (*checks, _mix, _wording) for problem in check(checked)]
    place = {case.id: number for number, case in enumerate(checked.cases)}
    rank: Mapping[Severity, int] = {"error": 0, "warning": 1, "note": 2}
    return tuple(sorted(found, key=lambda each: (rank[each.severity], place.get(each.case or "", len(place)))))


def health(cases: Iterable[Case], documents: Documents | None = None) -> Health:
    """Counts what a set of cases consists of, and what it leaves out of its corpus."""
    checked = Checked(cases=tuple(cases), documents=documents)
    silent = [case for case in checked.cases if case.expect.status == "abstained"]
    near = sum((case.unanswerable_kind or "").startswith("near_miss") for case in silent)
    return Health(
        cases=len(checked.cases),
        drafts=sum(case.review.status == "draft" for case in checked.cases),
        unreviewed=sum(case.review.status == "unreviewed" for case in checked.cases),
        by_status=_counts(case.expect.status for case in checked.cases),
        by_review=_counts(case.review.status for case in checked.cases),
        by_source=_counts(case.review.source for case in checked.cases),
        by_type=_counts(case.type for case in checked.cases),
        by_lang=_counts(case.lang for case in checked.cases),
        by_kind=_counts(case.unanswerable_kind for case in checked.cases if case.unanswerable_kind is not None),
        unanswerable=len(silent) / max(1, len(checked.cases)),
        near_misses=near / max(1, len(silent)),
        gaps=_gaps(checked),
        overlap=_thirds(sorted(_overlaps(checked).values())),
    )


def _counts(values: Iterable[str]) -> Mapping[str, int]:
    return dict(Counter(values).most_common())


def _gaps(checked: Checked) -> tuple[tuple[str, str], ...]:
    held = checked.documents.by_file.values() if checked.documents is not None else ()
    cited = {(document.state, article) for document in held if document.state for article in articles_cited(document)}
    asked = {
        (state, article)
        for case in checked.cases
        for article in articles_of(case)
        for state in states_of(case, checked)
    }
    return tuple(
        (state, " ".join(article)) for state, article in sorted(cited - asked, key=lambda gap: _in_order(*gap))
    )


def _in_order(state: str, article: Article) -> tuple[str, str, int, str]:
    treaty, number = article
    digits = re.match(r"\d+", number)
    return state, treaty, int(digits.group()) if digits is not None else 0, number


def _overlaps(checked: Checked) -> Mapping[str, float]:
    """How many of a question's own words one sentence of evidence holds, by case; other languages share none."""
    found = {}
    for case in checked.cases:
        texts = [text for span in case.evidence if (text := checked.text(span)) is not None]
        if texts:
            asked = content_stems(case.question, case.lang, checked.parties)
            found[case.id] = overlap(asked, [stems_in(text, case.lang) for text in texts])
    return found


def _thirds(values: Sequence[float]) -> tuple[float, float] | None:
    return (values[len(values) // 3], values[2 * len(values) // 3]) if values else None


def _mix(checked: Checked) -> Iterator[Problem]:
    """What the figures of a set can be read for."""

    def said(severity: Severity, what: str, todo: str) -> Problem:
        return Problem(severity=severity, case=None, what=what, todo=todo)

    found = health(checked.cases)
    if not checked.cases:
        yield said("warning", "there are no cases", "write some, or let `synth` draft them")
        return
    low, high = _UNANSWERABLE
    if not low - 0.005 <= found.unanswerable < high + 0.005:
        advised = f"{low:.0%} to {high:.0%} of the cases should have no answer"
        yield said("note", f"{found.unanswerable:.0%} of the cases have no answer", advised)
    if found.near_misses < _NEAR_MISSES:
        what = f"{found.near_misses:.0%} of the cases without an answer are near misses"
        yield said("note", what, "ask about topics that another State or another session names")
    if found.drafts:
        yield said(
            "note", f"{found.drafts} of {found.cases} cases are drafts, which never decide a gate", "review them"
        )
    if found.unreviewed:
        what = f"{found.unreviewed} of {found.cases} cases decide gates though no person has reviewed them"
        yield said("note", what, "review them")
    counts = Counter(
        (name, value) for case in checked.cases for name in _SLICED_BY for value in slices(case).get(name, ())
    )
    small = [f"{name} {value} ({count})" for (name, value), count in sorted(counts.items()) if count < _SLICE]
    if small:
        yield said("note", f"slices of fewer than {_SLICE} cases: {', '.join(small)}", "read no figure from them")


def _wording(checked: Checked) -> Iterator[Problem]:
    bounds = _thirds(sorted(_overlaps(checked).values()))
    if bounds is not None:
        shares = f"a third up to {bounds[0]:.0%}, a third more than {bounds[1]:.0%}"
        what = f"questions share their words with one sentence of their evidence: {shares}"
        todo = "read recall by thirds: questions that copy the text flatter a search by words"
        yield Problem(severity="note", case=None, what=what, todo=todo)
