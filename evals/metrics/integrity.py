"""Integrity: whether quotations are exact, stand at their offsets, and are attributed to the State that spoke them."""

import re
from functools import lru_cache
from typing import Final

from app.answering.verify_citations import reads_as
from app.records import Citation, Claim
from app.retrieval.terms import content_terms
from evals.metrics.eval_sample import EvalSample, Share, share
from ingest.text.canonical_form import squash
from ingest.text.page_furniture import running_heads

_QUOTED: Final = re.compile(r"[“«„]([^“”«»„]+)[”»“]|\"([^\"]+)\"|《([^》]+)》|「([^」]+)」")
# Share of a claim's content words that its quotations have to hold.
_WORDED: Final = 0.5
# What follows the name that leads a claim; Chinese has no space after it.
_COLON: Final = re.compile(r": |：")
_heads = lru_cache(maxsize=512)(running_heads)


def quotes(sample: EvalSample) -> Share:
    """Returns (quotations that read as the file's text at their offsets, all quotations shown)."""
    return share(is_exact(citation, sample) for citation in sample.shown)


def pointers(sample: EvalSample) -> Share:
    """Returns (citations whose file exists and holds `source_quote` exactly at the offsets, all shown)."""
    return share(points(citation, sample) for citation in sample.shown)


def is_sound(citation: Citation, sample: EvalSample) -> bool:
    """Returns whether a citation has the exact words of the file at its offsets, whatever its `verdict` says."""
    return is_exact(citation, sample) and points(citation, sample)


def is_exact(citation: Citation, sample: EvalSample) -> bool:
    """Returns whether a quotation reads as the words of the file at its offsets."""
    return reads_as(citation.quote, sample.words_at(citation), heads=_heads(sample.text_of(citation)))


def points(citation: Citation, sample: EvalSample) -> bool:
    """Returns whether a file holds a citation's `source_quote` at its offsets."""
    return citation.start < citation.end and sample.words_at(citation) == citation.source_quote


def claims_covered(sample: EvalSample) -> Share:
    """Returns (claims with at least one sound citation, claims) for answers with claims."""
    sound = {citation.number for citation in sample.answer.citations if is_sound(citation, sample)}
    return share(bool(sound & set(claim.citations)) for claim in sample.answer.claims)


def claims_worded(sample: EvalSample) -> Share:
    """Returns (claims in the words of what they cite, claims) for answers with claims.

    What a claim puts in quotation marks must stand in one of its citations. At least half of its content words, stemmed
    and without the name before a colon, must stand in its citations; a paraphrase may use other words for the rest.
    Claims about a statement itself, such as its session, are left out: `metadata` compares them with the manifest.
    """
    claims = sample.answer.claims if sample.answer.kind not in ("metadata", "source", "list") else ()
    return share(_is_worded(claim, sample) for claim in claims)


def _is_worded(claim: Claim, sample: EvalSample) -> bool:
    cited = [citation for citation in sample.answer.citations if citation.number in claim.citations]
    quoted = [squash(citation.quote) for citation in cited]
    for match in _QUOTED.finditer(claim.text):
        words = squash(next(group for group in match.groups() if group))
        if not any(words in text for text in quoted):
            return False
    language = (cited[0].language or "en") if cited else "en"
    wanted = content_terms(_COLON.split(claim.text, maxsplit=1)[-1] or claim.text, language)
    found = content_terms(" ".join(citation.quote for citation in cited), language)
    return len(wanted & found) >= _WORDED * len(wanted)


def attribution(sample: EvalSample) -> Share:
    """Returns (citations whose State is the one that spoke the span, citations whose speaker is known)."""
    return share(_is_the_speakers(citation, sample) for citation in sample.shown)


def _is_the_speakers(citation: Citation, sample: EvalSample) -> bool | None:
    """Returns whether a citation is attributed to the party that spoke it; None where that is unknown."""
    document = sample.documents.get(citation.file)
    # Where the citation says that a speaker spoke for a group, a manifest without `on_behalf_of` can decide nothing.
    delivered = citation.speaker is not None and citation.state == citation.on_behalf_of
    for_a_group = delivered and citation.state in sample.groups
    if document is None or document.state is None or (for_a_group and "on_behalf_of" not in document.facts):
        return None
    if document.state not in citation.holders:
        return False
    return True if {*citation.holders} == _known_holders(citation, sample) else None


def _known_holders(citation: Citation, sample: EvalSample) -> set[str | None]:
    """Returns the party of a citation; of a joint statement, those that its document or the case's evidence names."""
    if not citation.held_by:
        return {citation.state}
    document = sample.documents.get(citation.file)
    speaker = (document.state if document else None) or citation.state
    named = [span.state for span in sample.case.evidence if span.file == citation.file]
    return {code for code in citation.holders if code in (speaker, *named)}


def misattributed(sample: EvalSample) -> tuple[float]:
    """Returns (number of wrongly attributed citations,).

    Wrong is a citation under States of which none spoke the span; a citation that supports the answer, of States that
    were not asked about; and a citation with a claim under another State. Of the States of a joint statement, only
    those count that the manifest or the case's evidence names. What a group said for a State that was asked about is
    right if every claim that cites it names the group.
    """
    wrong = {(c.file, c.start) for c in sample.shown if _is_the_speakers(c, sample) is False}
    wrong |= {(c.file, c.start) for c in sample.answer.citations if _is_wrongly_attributed(c, sample)}
    return (float(len(wrong)),)


def _is_wrongly_attributed(citation: Citation, sample: EvalSample) -> bool:
    answer = sample.answer
    claimed = {claim.state for claim in answer.claims if citation.number in claim.citations}
    holders = _known_holders(citation, sample)
    if claimed - {*holders, citation.on_behalf_of}:
        return True
    wanted = sample.asked_about or {*answer.scope.named_parties}
    if not wanted or wanted & holders:
        return False
    by_group = citation.state in sample.spoke_for(wanted) and citation.on_behalf_of == citation.state
    return not (by_group and claimed == {citation.state})


def metadata(sample: EvalSample) -> Share:
    """Returns (facts of citations that equal those of the manifest, facts that the manifest has)."""
    cited = [(citation, sample.documents.get(citation.file)) for citation in sample.shown]
    facts = [(c, name, value) for c, document in cited if document for name, value in document.facts.items()]
    return share(getattr(citation, name) == value for citation, name, value in facts)


def forbidden(sample: EvalSample) -> Share:
    """Returns (citations of `states_forbidden`, such as one that quotes others, citations) for cases that have some."""
    states = sample.case.expect.states_forbidden
    return share(citation.state in states for citation in sample.answer.citations) if states else None
