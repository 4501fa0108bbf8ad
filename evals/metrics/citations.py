"""Citations against gold evidence: what was found, what was worth citing, and what claims stand on.

Overlap of a citation c and a gold span g: same file, and |c∩g| / min(|c|, |g|) ≥ 0.5, where c is neither a scrap nor so
long that it points at nothing: min(8, |g|) ≤ |c| ≤ max(4·|g|, 1200) characters.
"""

from collections.abc import Iterable
from typing import Final

from app.records import Citation, RetrievedPassage
from evals.golden.cases import Case, Evidence
from evals.metrics.judged import Judged

FIRST: Final = 5
# Characters: what is shorter is no quotation of anything; what is longer, and many times longer than gold, quotes all.
_SCRAP: Final = 8
_LONG: Final = 1200
_TIMES: Final = 4


def overlaps(citation: Citation, span: Evidence) -> bool:
    """Returns whether a citation quotes a span: same file, and at least half of the shorter of the two in common."""
    cited, gold = citation.end - citation.start, span.end - span.start
    in_proportion = min(_SCRAP, gold) <= cited <= max(_TIMES * gold, _LONG)
    return citation.file == span.file and in_proportion and _common(citation, span) >= 0.5 * min(cited, gold)


def covers(passage: RetrievedPassage, file: str | None, span: Evidence) -> bool:
    """Returns whether a retrieved passage of a file holds at least half of a span, or is held by it."""
    return file == span.file and _common(passage, span) >= 0.5 * min(passage.end - passage.start, span.end - span.start)


def _common(found: Citation | RetrievedPassage, span: Evidence) -> int:
    return min(found.end, span.end) - max(found.start, span.start)


def gold_spans(case: Case) -> Iterable[Evidence]:
    """Yields the spans that meet some group."""
    for group in case.groups:
        yield from group


def evidence_recall(judged: Judged, k: int | None = None) -> tuple[float, float] | None:
    """Returns (share of evidence groups that the first k citations meet, 1); None without evidence.

    An abstention meets none: 0. All citations count without k.
    """
    groups = judged.case.groups
    if not groups or judged.case.expect.status == "abstained":
        return None
    first = judged.answer.citations[:k]
    met = [any(overlaps(citation, span) for citation in first for span in group) for group in groups]
    return sum(met) / len(met), 1.0


def evidence_first(judged: Judged) -> tuple[float, float] | None:
    """Returns the recall of the first citation, of cases about one State."""
    return evidence_recall(judged, 1) if judged.case.type == "single_state" else None


def evidence_five(judged: Judged) -> tuple[float, float] | None:
    """Returns the recall of the first five citations; a list of States may name more than five can."""
    if judged.case.type == "list_states" or judged.case.expect.status != "answered":
        return None
    return evidence_recall(judged, FIRST)


def evidence_all(judged: Judged) -> tuple[float, float] | None:
    """Returns the recall of all citations, over all cases that have evidence."""
    return evidence_recall(judged)


def ruling(judged: Judged, citation: Citation) -> bool | None:
    """Returns whether a citation answers the case: by its gold, else by what a person ruled; None where nobody has."""
    if any(overlaps(citation, span) for span in gold_spans(judged.case)):
        return True
    return judged.rulings.get((citation.file, citation.start, citation.end))


def citation_precision(judged: Judged) -> tuple[float, float] | None:
    """Returns (citations that meet gold or were accepted, citations judged) of cases that have evidence."""
    if not judged.case.groups or not judged.answer.citations:
        return None
    rulings = [ruling(judged, citation) for citation in judged.answer.citations]
    known = [found for found in rulings if found is not None]
    return float(sum(known)), float(len(known))


def judged_citations(judged: Judged) -> tuple[float, float] | None:
    """Returns (citations judged, citations) of cases that have evidence."""
    if not judged.case.groups or not judged.answer.citations:
        return None
    known = [citation for citation in judged.answer.citations if ruling(judged, citation) is not None]
    return float(len(known)), float(len(judged.answer.citations))


def citations_per_claim(judged: Judged) -> tuple[float, float] | None:
    """Returns (citations, claims) of answers with claims: many for one claim is padding."""
    claims = judged.answer.claims
    return (float(sum(len(claim.citations) for claim in claims)), float(len(claims))) if claims else None
