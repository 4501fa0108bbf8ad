"""Citations against evidence: recall of the evidence, precision of the citations, and the overlap that both count.

A citation c overlaps a span of evidence g in the same file if |c∩g| / min(|c|, |g|) ≥ 0.5 and c is neither a scrap nor
so long that it points at nothing: min(8, |g|) ≤ |c| ≤ max(4·|g|, 1200) characters.
"""

from typing import Final

from app.records import Citation, RetrievedPassage
from evals.cases.case import Evidence
from evals.metrics.eval_sample import EvalSample, Share, share

FIRST: Final = 5
# Bounds of a citation's length in characters; the upper one is `_LONG`, or for long evidence `_TIMES` its length.
_SCRAP: Final = 8
_LONG: Final = 1200
_TIMES: Final = 4


def overlaps(citation: Citation, span: Evidence) -> bool:
    """Returns whether a citation quotes a span: same file, and at least half of the shorter of the two in common."""
    cited, expected = citation.end - citation.start, span.end - span.start
    in_proportion = min(_SCRAP, expected) <= cited <= max(_TIMES * expected, _LONG)
    return citation.file == span.file and in_proportion and _common(citation, span) >= 0.5 * min(cited, expected)


def covers(passage: RetrievedPassage, file: str | None, span: Evidence) -> bool:
    """Returns whether a retrieved passage of `file` covers a span: at least half of the shorter one in common."""
    return file == span.file and _common(passage, span) >= 0.5 * min(passage.end - passage.start, span.end - span.start)


def _common(found: Citation | RetrievedPassage, span: Evidence) -> int:
    return min(found.end, span.end) - max(found.start, span.start)


def evidence_all(sample: EvalSample, k: int | None = None) -> Share:
    """Returns (share of evidence groups that the first `k` citations meet, 1); None if there are none to be met."""
    groups = sample.case.groups
    if not groups or sample.case.expect.status == "abstained":
        return None
    first = sample.answer.citations[:k]
    met = [any(overlaps(citation, span) for citation in first for span in group) for group in groups]
    return sum(met) / len(met), 1.0


def evidence_first(sample: EvalSample) -> Share:
    """Returns the evidence recall of the first citation, for cases about one State."""
    return evidence_all(sample, 1) if sample.case.type == "single_state" else None


def evidence_five(sample: EvalSample) -> Share:
    """Returns the evidence recall of the first five citations if `answered` is expected; None for lists of States."""
    is_list, expected = sample.case.type == "list_states", sample.case.expect.status
    return evidence_all(sample, FIRST) if expected == "answered" and not is_list else None


def ruling(sample: EvalSample, citation: Citation) -> bool | None:
    """Returns whether a citation answers the case: by its evidence, else by a person's ruling; None without either."""
    if any(overlaps(citation, span) for span in sample.case.spans):
        return True
    return sample.rulings.get((citation.file, citation.start, citation.end))


def citation_precision(sample: EvalSample) -> Share:
    """Returns (citations that meet evidence or were accepted, citations judged) of cases that have evidence."""
    return share(ruling(sample, citation) for citation in sample.answer.citations) if sample.case.groups else None


def judged_citations(sample: EvalSample) -> Share:
    """Returns (citations judged, citations) of cases that have evidence."""
    judged = (ruling(sample, citation) is not None for citation in sample.answer.citations)
    return share(judged) if sample.case.groups else None
