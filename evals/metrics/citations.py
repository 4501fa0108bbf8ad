"""Citations against evidence: recall of the evidence, precision of the citations, and the overlap that both count.

A citation c overlaps a span of evidence g in the same file if |c∩g| / min(|c|, |g|) ≥ 0.5 and c is neither a scrap nor
so long that it points at nothing: min(8, |g|) ≤ |c| ≤ max(4·|g|, 1200) characters.
"""

from typing import Final

from app.records import Citation, RetrievedPassage
from evals.cases.case import Evidence
from evals.metrics.eval_sample import EvalSample, Share, share

FIRST: Final = 5  # citations
# Bounds of a citation's length in characters; the upper one is `_LONG`, or for long evidence `_TIMES` its length.
_SCRAP: Final = 8
_LONG: Final = 1200
_TIMES: Final = 4


def overlaps(citation: Citation, *spans: Evidence) -> bool:
    """Returns whether a citation quotes any of some spans: it covers the span, and its length is in proportion."""
    cited, lengths = citation.end - citation.start, ((span, span.end - span.start) for span in spans)
    in_proportion = (span for span, length in lengths if min(_SCRAP, length) <= cited <= max(_TIMES * length, _LONG))
    return covers(citation, citation.file, *in_proportion)


def covers(found: Citation | RetrievedPassage, file: str | None, *spans: Evidence) -> bool:
    """Returns whether words of `file` cover any of some spans: at least half of the shorter of the two in common."""
    common = ((span, min(found.end, span.end) - max(found.start, span.start)) for span in spans if span.file == file)
    return any(shared >= 0.5 * min(found.end - found.start, span.end - span.start) for span, shared in common)


def evidence_all(sample: EvalSample, k: int | None = None) -> Share:
    """Returns (share of evidence groups that the first `k` citations meet, 1); None if there are none to be met."""
    groups = sample.case.groups
    if not groups or sample.case.expect.status == "abstained":
        return None
    first = sample.answer.citations[:k]
    met = [any(overlaps(citation, *group) for citation in first) for group in groups]
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
    if overlaps(citation, *sample.case.spans):
        return True
    return sample.rulings.get((citation.file, citation.start, citation.end))


def citation_precision(sample: EvalSample) -> Share:
    """Returns (citations that meet evidence or were accepted, citations judged) of cases that have evidence."""
    return share(ruling(sample, citation) for citation in sample.answer.citations) if sample.case.groups else None


def judged_citations(sample: EvalSample) -> Share:
    """Returns (citations judged, citations) of cases that have evidence."""
    judged = (ruling(sample, citation) is not None for citation in sample.answer.citations)
    return share(judged) if sample.case.groups else None
