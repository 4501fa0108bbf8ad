"""Verification: a citation must have its statement's words, at its offsets, by the speaker whom it names.

Pure functions over the answer's records and the stored statement; equality is exact after `squash`. A quotation that
lacks the "not" of its source is `altered`; the right words under another State's name are `misattributed`. Whether a
claim follows from its citations is decided by `claims/claim_check.py`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import regex

from app.answering.citations import PROVENANCE, citation_kind
from app.answering.claims.form import NOT_QUOTED, quoted_parts
from app.records import Citation, Claim, DroppedClaim, Verdict
from ingest.text.canonical_form import squash, squash_map
from ingest.text.page_furniture import is_furniture, running_heads
from ingest.text.repair import ELLIPSIS
from ingest.text.whole_quotations import is_whole
from vectorstore.records import Statement

# A word with the white space around it; and the most characters of page furniture that may precede its last word.
_NEXT_WORD = regex.compile(r"\s*\S+\s*")
_MAX_FURNITURE_CHARS = 400
# The mark "[…]", which stands for page furniture that a quotation leaves out.
_LEFT_OUT = regex.compile(rf"\s*{regex.escape(ELLIPSIS)}\s*")
# Why a claim is dropped although its citations pass: their statement is attributed to no party.
NOBODY = "it names nobody who holds the position"


@dataclass(frozen=True, kw_only=True)
class VerifiedClaims:
    """The claims and citations that passed, and the claims that did not."""

    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    dropped: tuple[DroppedClaim, ...]


def verify_claims(
    claims: Sequence[Claim], citations: Sequence[Citation], statements: Mapping[str, Statement]
) -> VerifiedClaims:
    """Drops every claim with a citation that fails verification against its stored statement.

    The `statements` are read from the catalogue and not from the answer.
    """
    sound = {citation.number: citation for citation in sound_citations(citations, statements)}
    faults = [(claim, _fault(claim, sound)) for claim in claims]
    passed = tuple(claim for claim, fault in faults if fault is None)
    used = {number for claim in passed for number in claim.citations}
    return VerifiedClaims(
        claims=passed,
        citations=tuple(sound[c.number] for c in citations if c.number in used),
        dropped=tuple(
            DroppedClaim(text=claim.text, state=claim.state, reason=fault)
            for claim, fault in faults
            if fault is not None
        ),
    )


def sound_citations(citations: Iterable[Citation], statements: Mapping[str, Statement]) -> list[Citation]:
    """Returns the citations that pass verification against their stored statements."""
    return [c for c in citations if verify_citation(c, statements.get(c.statement_id)) == "verified"]


def verify_citation(citation: Citation, statement: Statement | None) -> Verdict:
    """Compares a citation with its stored statement.

    `altered`: other words than the statement's, or words that begin or end inside a sentence.
    `misattributed`: the right words under another party, speaker, body, session, date, item or file. Words of a
    meeting record are the speaker's only inside that speaker's intervention; those of a summary are the record's own.
    """
    if statement is None or not 0 <= citation.start < citation.end <= len(statement.source_text):
        return "not_found"
    source, known = statement.source_text, statement.metadata
    copied = source[citation.start : citation.end] == citation.source_quote
    if not copied or not reads_as(citation.quote, citation.source_quote, heads=running_heads(source)):
        return "altered"
    named = (citation.state, citation.on_behalf_of, citation.kind, citation.summarised)
    stored = (known.state, known.on_behalf_of, citation_kind(statement), statement.span.summarised)
    if named != stored or not statement.span.holds(citation.start, citation.end):
        return "misattributed"
    # A fragment could bend the sense: "made in the Council" for "I cannot accept a statement made in the Council".
    if not is_whole(statement, citation.start, citation.end):
        return "altered"
    # Not compared with what `cite_place` makes, which may be at fault itself.
    cited = (citation.language, citation.file, citation.held_by, *(getattr(citation, name) for name in PROVENANCE))
    language, held_by = statement.language_at(citation.start), known.held_by or ()
    if cited != (language, statement.file, held_by, *(getattr(known, name) for name in PROVENANCE)):
        return "misattributed"
    elsewhere = any(identifier.statement_id != citation.statement_id for identifier in citation.sentence_ids)
    return "misattributed" if elsewhere else "verified"


def reads_as(quote: str, source_quote: str, *, heads: frozenset[str] = frozenset()) -> bool:
    """Returns whether a readable quotation has exactly the words of its source.

    White space and the typography that `squash` normalises may differ. Where the quotation says `[…]`, the source
    must have page furniture, such as the running `heads` of the document, or those very characters.
    """
    if squash(quote) == squash(source_quote):
        return bool(squash(quote))
    parts = [part for part in _LEFT_OUT.split(quote) if part]
    return len(parts) > 1 and _parts_follow(parts, source_quote, heads)


def _parts_follow(parts: Sequence[str], source: str, heads: frozenset[str]) -> bool:
    """Returns whether a source consists of these parts, in order, with nothing but page furniture between them."""
    first, *rest = parts
    if not rest:
        return squash(first) == squash(source)
    wanted, squashed = squash(first), squash_map(source)
    if not wanted or not squashed.text.startswith(wanted):
        return False
    start = squashed.ends[len(wanted) - 1]
    # The longest run of furniture is tried first.
    ends = [match.end() for match in _NEXT_WORD.finditer(source, start) if match.start() - start < _MAX_FURNITURE_CHARS]
    return any(
        is_furniture(source[start:end], heads) and _parts_follow(rest, source[end:], heads) for end in reversed(ends)
    )


def _fault(claim: Claim, sound: Mapping[int, Citation]) -> str | None:
    if not claim.citations:
        return "it cites nothing"
    for number in claim.citations:
        if number not in sound:
            return f"citation {number} is not what its statement says"
        cited = sound[number]
        if claim.state is None and cited.kind != "treaty":
            return NOBODY
        if claim.state not in (cited.state, cited.on_behalf_of or cited.state, *cited.held_by):
            return f"citation {number} is not from {claim.state}"
    # Titles and names may contain quotation marks themselves, as "Mr. ‘Ali Ferro’".
    copied = ((c.quote, c.title, c.speaker, c.symbol, c.file) for c in map(sound.__getitem__, claim.citations))
    if not _quotes_only(claim.text, [words for each in copied for words in each if words]):
        return NOT_QUOTED
    return None


def _quotes_only(text: str, quotes: Sequence[str]) -> bool:
    # Longest first, since one quotation may contain another.
    for quote in sorted(quotes, key=len, reverse=True):
        text = text.replace(quote, "")
    return all(any(squash(part) in squash(quote) for quote in quotes) for part in quoted_parts(text))
