"""Integrity: whether quotations are exact, stand at their offsets, and are attributed to the State that spoke them."""

import re
from collections.abc import Iterable
from typing import Final

from app.answering.verify import reads_as
from app.records import Citation, Claim
from app.retrieval.terms import content_terms
from evals.cases.documents import FACTS, Document
from evals.metrics.eval_sample import EvalSample
from ingest.text.furniture import running_heads
from ingest.text.squash import squash

_QUOTED: Final = re.compile(r"[“«„]([^“”«»„]+)[”»“]|\"([^\"]+)\"|《([^》]+)》|「([^」]+)」")
# Share of a claim's content words that its quotations have to hold.
_WORDED: Final = 0.5
# Types of cases whose expected States are those that the question names.
ABOUT_NAMED: Final = frozenset(
    {"single_state", "unanswerable", "partial", "compare", "multi_state", "temporal", "follow_up"}
)


def _shown(sample: EvalSample) -> tuple[Citation, ...]:
    return (*sample.answer.citations, *sample.answer.related)


def quotes(sample: EvalSample) -> tuple[float, float] | None:
    """Returns (quotations that read as the text at their offsets, all quotations shown).

    The words at the offsets are taken from the file, not from the answer.
    """
    shown = _shown(sample)
    return (float(sum(_is_exact(citation, sample) for citation in shown)), float(len(shown))) if shown else None


def _is_exact(citation: Citation, sample: EvalSample) -> bool:
    text = _text(citation, sample)
    return reads_as(citation.quote, text[citation.start : citation.end], heads=running_heads(text))


def is_sound(citation: Citation, sample: EvalSample) -> bool:
    """Returns whether a citation holds, whatever it says of itself: the exact words of the file, at its offsets."""
    return _is_exact(citation, sample) and _points(citation, sample)


def claims_covered(sample: EvalSample) -> tuple[float, float] | None:
    """Returns (claims with at least one citation that holds, claims) of answers with claims."""
    sound = {citation.number for citation in sample.answer.citations if is_sound(citation, sample)}
    claims = sample.answer.claims
    return (float(sum(bool(sound & set(c.citations)) for c in claims)), float(len(claims))) if claims else None


def claims_worded(sample: EvalSample) -> tuple[float, float] | None:
    """Returns (claims that speak of what they cite, claims) of answers with claims.

    Whatever a claim quotes has to stand in one of its citations, and at least half of its content words (stemmed) in
    their quotations. A paraphrase may use other words, but not mostly. Claims on a statement itself, such as its
    session and title, are words of ours, whose facts `metadata` compares with the manifest.
    """
    claims = sample.answer.claims if sample.answer.kind not in ("metadata", "list") else ()
    return (float(sum(_is_worded(claim, sample) for claim in claims)), float(len(claims))) if claims else None


def _is_worded(claim: Claim, sample: EvalSample) -> bool:
    cited = [citation for citation in sample.answer.citations if citation.number in claim.citations]
    quoted = [squash(citation.quote) for citation in cited]
    for match in _QUOTED.finditer(claim.text):
        words = squash(next(group for group in match.groups() if group))
        if not any(words in text for text in quoted):
            return False
    language = (cited[0].language or "en") if cited else "en"
    wanted = content_terms(claim.text, language)
    found = content_terms(" ".join(citation.quote for citation in cited), language)
    return len(wanted & found) >= _WORDED * len(wanted)


def pointers(sample: EvalSample) -> tuple[float, float] | None:
    """Returns (citations whose file exists and holds `source_quote` exactly at the offsets, all shown)."""
    shown = _shown(sample)
    return (float(sum(_points(citation, sample) for citation in shown)), float(len(shown))) if shown else None


def _points(citation: Citation, sample: EvalSample) -> bool:
    there = _text(citation, sample)[citation.start : citation.end]
    return 0 <= citation.start < citation.end and there == citation.source_quote


def _text(citation: Citation, sample: EvalSample) -> str:
    document = sample.documents.get(citation.file)
    return "" if document is None else document.text


def attribution(sample: EvalSample) -> tuple[float, float] | None:
    """Returns (citations whose State is the one that spoke the span, those whose speaker is known)."""
    known = [(citation, speaker) for citation, speaker in _with_speakers(sample) if speaker is not None]
    return (float(sum(c.state == speaker for c, speaker in known)), float(len(known))) if known else None


def _with_speakers(sample: EvalSample) -> Iterable[tuple[Citation, str | None]]:
    for citation in _shown(sample):
        document = sample.documents.get(citation.file)
        yield citation, None if document is None or _for_a_group(citation, document, sample) else document.state


def _for_a_group(citation: Citation, document: Document, sample: EvalSample) -> bool:
    """Whether a State is said to have spoken for a group, of which the manifest says neither yes nor no."""
    delivered = citation.speaker is not None and citation.state == citation.on_behalf_of
    return delivered and sample.is_group(citation.state) and "on_behalf_of" not in document.facts


def misattributed(sample: EvalSample) -> tuple[float]:
    """Returns (number of citations in the wrong mouth,).

    Wrong is a State other than the one that spoke the span; a State that was not asked about, among the citations that
    support the answer; and a claim under another State than its citation's. What a group said for a State that was
    asked about counts as right where every claim on it names the group.
    """
    spoken_by_other = {
        (c.file, c.start) for c, speaker in _with_speakers(sample) if speaker is not None and c.state != speaker
    }
    wrong = spoken_by_other | {(c.file, c.start) for c in sample.answer.citations if _in_wrong_mouth(c, sample)}
    return (float(len(wrong)),)


def _in_wrong_mouth(citation: Citation, sample: EvalSample) -> bool:
    answer, case = sample.answer, sample.case
    claimed = {claim.state for claim in answer.claims if citation.number in claim.citations}
    if claimed - {citation.state, citation.on_behalf_of}:
        return True
    asked = set(case.expect.states) if case.type in ABOUT_NAMED else set()
    wanted = asked or set(answer.scope.states) | set(answer.scope.groups)
    if not wanted or citation.state in wanted:
        return False
    labelled = {
        group
        for group, members in answer.spoken_for.items()
        if members and set(members) <= wanted and sample.is_group(group)
    }
    return not (citation.state in labelled and citation.on_behalf_of == citation.state and claimed == {citation.state})


def metadata(sample: EvalSample) -> tuple[float, float] | None:
    """Returns (facts of citations that are as the manifest has them, facts that it has)."""
    right = known = 0
    for citation in _shown(sample):
        document = sample.documents.get(citation.file)
        for name, value in ({} if document is None else _facts(document)).items():
            known += 1
            right += getattr(citation, name) == value
    return (float(right), float(known)) if known else None


def _facts(document: Document) -> dict[str, str]:
    return {name: value for name, value in document.facts.items() if name in FACTS}


def forbidden(sample: EvalSample) -> tuple[float, float] | None:
    """Returns (citations of States that do not answer, citations) of cases that say which do not.

    Each is in the right mouth; but whoever merely quotes another, or speaks beside the question, is no answer to it.
    """
    states, citations = sample.case.expect.states_forbidden, sample.answer.citations
    return (float(sum(c.state in states for c in citations)), float(len(citations))) if states and citations else None
