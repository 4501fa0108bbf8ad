"""Citation spans: which neighbours a chosen sentence is quoted with, and the citation made of a span.

"We do not support that proposal." is quoted with the sentence before it, which names the proposal; "These measures …"
with the nearest sentence before that speaks of measures.
"""

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any, Final, Literal

import regex

from app.answering.list_context import Bond, bonds_of
from app.records import Citation, CitationKind, Sources
from ingest.language.anaphora import OUTWARD, POINTING, TAKES_UP, TAKES_UP_WORDS
from ingest.language.lexicons import load_lexicon
from ingest.loaders.scanned import mean_confidence
from ingest.text.quotation_marks import is_quoted, quoted_spans
from ingest.text.readable import readable
from ingest.text.whole_quotations import edges, is_whole
from vectorstore.records import Sentence, SentenceId, Statement

# What a citation takes from the metadata of its statement as it is.
PROVENANCE: Final = ("speaker", "body", "session", "date", "agenda_item", "title", "symbol")
# Marks and points at the edges of a quotation within a quotation.
_EDGES: Final = " \t\r\n\f“”„«»‹›「」『』❝❞\"＂‘’'`<>(),.!?…。！？؟"
_WORDS: Final = load_lexicon("spans")
_ANNOUNCING: Final = regex.compile(_WORDS["announcing"], regex.VERBOSE)
_TAKES_BACK: Final = regex.compile(f"{_WORDS['disowns']}|{_WORDS['revises']}", regex.VERBOSE)
_FURTHEST: Final = 8
# Sentences in a span at most.
_LONGEST: Final = 4
# Sentences with which a quotation goes on, and its characters with these: about three lines.
CONTEXT_SENTENCES: Final = 2
_MAX_EXTENDED_CHARS: Final = 320
# Characters from the opening of a list to its item within which they are quoted as one.
_LONGEST_WITH_OPENING: Final = 600
_MARKED: Final[tuple[Literal["list_item", "text"], ...]] = ("list_item", "text")
_ANNOUNCING_WORDS: Final = 18


@dataclass(frozen=True, kw_only=True)
class BoundSpan:
    """Sentences of a statement that are quoted as one, by ordinal, with what it would bend the sense to leave out."""

    statement_id: str
    span: range
    distant: range | None = None
    """Others that it refers back to."""
    opening: range | None = None
    """Others on which it hangs, such as the words that open a long list, of which it is an item."""

    @property
    def parts(self) -> list[range]:
        """All of these: the span after what it hangs on, and before what it refers back to."""
        return [part for part in (self.opening, self.span, self.distant) if part is not None]


def resolve_anaphora(sentences: Sequence[Sentence], ordinal: int) -> int | None:
    """Returns the ordinal of the sentence that a sentence refers back to; None where it needs no antecedent.

    "These measures" refers to the nearest sentence before that names measures; without a noun, or where no sentence
    names it, to the one just before.
    """
    match = POINTING.match(sentences[ordinal].text)
    if match is None or ordinal == 0 or OUTWARD.match(sentences[ordinal].text):
        return None
    noun = match.group("noun")
    if noun is not None and len(noun) > 4:
        stem = noun.lower()[: max(4, len(noun) - 2)]
        for earlier in range(ordinal - 1, max(-1, ordinal - 1 - _FURTHEST), -1):
            if regex.search(rf"\b{regex.escape(stem)}", sentences[earlier].text, regex.IGNORECASE):
                return earlier
    # A heading or salutation cannot be an antecedent.
    return ordinal - 1 if sentences[ordinal - 1].paragraph is not None else None


def is_antecedent_of_next(sentences: Sequence[Sentence], ordinal: int) -> bool:
    """Returns whether the next sentence refers back to this one, or is announced by it: both are quoted."""
    if ordinal + 1 >= len(sentences):
        return False
    here, following = sentences[ordinal], sentences[ordinal + 1]
    if announces(here.text):
        return True
    if following.paragraph != here.paragraph or len(following.text.split()) > TAKES_UP_WORDS:
        return False
    if OUTWARD.match(following.text):
        return False
    pointed = resolve_anaphora(sentences, ordinal + 1)
    return pointed == ordinal or (pointed is None and TAKES_UP.search(following.text) is not None)


def without_following(citation: Citation, sentences: Sequence[Sentence], chosen: Mapping[SentenceId, bool]) -> str:
    """Returns the words of a citation without the sentences with which it only goes on, each on a line of its own.

    What takes the others back stays. An item of a long list comes after the words that open it, a citation of their
    own. Of all `sentences` of its statement, those `chosen` (identifiers) are quoted for what they say, whether they
    answer or stand beside one that does; of a citation with none that answers, no words count.
    """
    own = [sentences[each.ordinal] for each in citation.sentence_ids if each.ordinal < len(sentences)]
    ordinals = [sentence.ordinal for sentence in own if sentence.sentence_id in chosen]
    if not ordinals:
        return citation.quote
    if not any(chosen.get(each.sentence_id) for each in own):
        return ""
    made = spans(sentences, ordinals)
    end = max(bound.span.stop for bound in made)
    opening = next((bound.opening for bound in made if bound.opening is not None), range(0))
    opened = [sentences[at] for at in opening if at < own[0].ordinal]
    kept = (each for each in (*opened, *own) if each.ordinal < end or takes_back(each.text))
    return "\n".join(sentence.text for sentence in kept)


def takes_back(text: str) -> bool:
    """Returns whether a sentence says that what stands before is not, or no longer, the speaker's view."""
    return _TAKES_BACK.search(text) is not None


def _goes_on(sentences: Sequence[Sentence], first: int, last: int) -> bool:
    """Returns whether the next sentence is of the same paragraph, and short enough to be quoted as well."""
    if last + 1 >= len(sentences):
        return False
    here, following = sentences[last], sentences[last + 1]
    length = following.end - sentences[first].start
    return here.paragraph is not None and following.paragraph == here.paragraph and length <= _MAX_EXTENDED_CHARS


def announces(text: str) -> bool:
    """Returns whether a sentence only names what the next one speaks of: "I wish to turn to joint investigations"."""
    short = len(text.split()) <= _ANNOUNCING_WORDS and len(text) <= 200
    return short and _ANNOUNCING.search(text) is not None


def spans(
    sentences: Sequence[Sentence], chosen: Sequence[int], *, source: str = "", going_on: Collection[int] = ()
) -> list[BoundSpan]:
    """Turns sentences of a statement, `chosen` by ordinals, into spans to quote, in this order: the strongest first.

    A sentence is quoted once, but for the opening of a long list, and chosen neighbours join up to the longest span.
    With those that are `going_on` a short span goes on in its paragraph: after "it is an offence to use their services"
    often stands what was asked, "six persons have been convicted". The sentences stand in the `source`.
    """
    result: list[BoundSpan] = []
    used: set[int] = set()
    wanted = set(chosen)
    bonds = bonds_of(sentences, source)
    for ordinal in chosen:
        if ordinal in used:
            continue
        first = last = ordinal
        pointed = resolve_anaphora(sentences, ordinal)
        distant: range | None = None
        if pointed == ordinal - 1 and pointed not in used:
            first = pointed
        elif pointed is not None and pointed not in used:
            distant = range(pointed, pointed + 1)
        while last + 1 - first < _LONGEST and last + 1 not in used and _brings_next(sentences, bonds, last):
            last += 1
        while last + 1 - first < _LONGEST and last + 1 in wanted - used:
            last += 1
        while last + 1 - first < _LONGEST and first - 1 in wanted - used:
            first -= 1
        for _ in range(CONTEXT_SENTENCES if ordinal in going_on else 0):
            if last + 1 - first < _LONGEST and last + 1 not in used and _goes_on(sentences, first, last):
                last += 1
        bound = _bound(sentences, bonds, first, last, source)
        # Of a list of which an earlier span holds the opening, an item is quoted as part of that span.
        held = next((at for at, other in enumerate(result) if {*bound.span} & {*other.span}), None)
        if held is not None:
            joined = result[held].span
            span = range(min(joined.start, bound.span.start), max(joined.stop, bound.span.stop))
            result[held] = replace(result[held], span=span)
            used.update(span)
            continue
        if distant is not None and distant.start >= bound.span.start:
            distant = None
        used.update(bound.span, distant or ())
        result.append(replace(bound, distant=distant))
    return result


def _in_quotation(source: str, opening: Sentence, sentence: Sentence) -> bool:
    """Returns whether an opening stands in the quotation marks of its item, where that has some."""
    own = within_marks(source, sentence.start, sentence.end) if source else (0, 0)
    around = next((span for span in quoted_spans(source) if span[0] <= own[0] and own[1] <= span[1]), None)
    return around is None or around[0] <= opening.start


def _brings_next(sentences: Sequence[Sentence], bonds: Sequence[Bond], ordinal: int) -> bool:
    """Returns whether a sentence is quoted with the next: one refers to the other, announces or opens it."""
    opened = ordinal + 1 < len(bonds) and ordinal in bonds[ordinal + 1].openings
    return opened or is_antecedent_of_next(sentences, ordinal)


def _bound(sentences: Sequence[Sentence], bonds: Sequence[Bond], first: int, last: int, source: str) -> BoundSpan:
    """Returns a span with the whole of its rows and with its opening: joined to it, or as a span of its own."""
    # Another's words in quotation marks are shown as such without "As Belmora said:".
    first, last = bonds[first].first, bonds[last].last
    before = [
        at for at in bonds[first].openings if at < first and _in_quotation(source, sentences[at], sentences[first])
    ]
    length = sentences[last].end - sentences[first].start
    near = [at for at in before if sentences[last].end - sentences[at].start <= max(_LONGEST_WITH_OPENING, length)]
    bound = BoundSpan(statement_id=sentences[first].statement_id, span=range(min(near, default=first), last + 1))
    far = [at for at in before if at < bound.span.start]
    if not far or not bonds[first].is_item:
        return bound
    together = sentences[far[0]].end - sentences[far[-1]].start <= _LONGEST_WITH_OPENING
    return replace(bound, opening=range(far[-1] if together else far[0], far[0] + 1))


def holds(outer: Citation, inner: Citation) -> bool:
    """Returns whether a citation holds all of another."""
    same = outer.statement_id == inner.statement_id
    return same and outer.start <= inner.start and inner.end <= outer.end


def citation_kind(statement: Statement) -> CitationKind:
    """Returns what a citation of a statement is: words that a record summarises are reported, not the speaker's."""
    return "reported" if statement.span.summarised else statement.kind


def cite(statement: Statement, sentences: Sequence[Sentence], span: range, number: int) -> Citation:
    """Makes the citation of sentences, by ordinal; its words are copied from the stored statement alone."""
    first, last = sentences[span[0]], sentences[span[-1]]
    return replace(
        cite_place(statement, first.start, last.end, page=first.page, paragraph=first.paragraph),
        number=number,
        quote=readable(statement.source_text, statement.edits, first.start, last.end),
        source_quote=statement.source_text[first.start : last.end],
        sentence_ids=tuple(sentences[ordinal].sentence_id for ordinal in span),
        language=statement.language_at(first.start),
        ocr_confidence=_confidence(statement, first.start, last.end),
        edge=_edge(statement, first.start, last.end),
        quoting=_is_quoted(statement, first.start, last.end),
    )


def _is_quoted(statement: Statement, start: int, end: int) -> bool:
    return is_quoted(statement.source_text, *within_marks(statement.source_text, start, end))


def _stays_in_quotation(statement: Statement, sentences: Sequence[Sentence], ordinal: int) -> bool:
    """Returns whether the sentences that follow are the speaker's words, or another's, as the sentence itself is."""
    following = sentences[ordinal : ordinal + 1 + CONTEXT_SENTENCES]
    return len({_is_quoted(statement, each.start, each.end) for each in following}) == 1


def within_marks(source: str, start: int, end: int) -> tuple[int, int]:
    """Returns a span of a text without the quotation marks and points at its edges."""
    inner = source[start:end].strip(_EDGES)
    begin = source.index(inner, start)
    return begin, begin + len(inner)


def cite_place(statement: Statement, start: int, end: int, *, page: int | None, paragraph: int | None) -> Citation:
    """Makes a citation of a place in a statement, numbered 1 and without its words."""
    metadata = statement.metadata
    return Citation(
        **provenance_of(statement), number=1, state=metadata.state, on_behalf_of=metadata.on_behalf_of,
        held_by=metadata.held_by or (), page=page, paragraph=paragraph, start=start, end=end, quote="", source_quote="",
        sentence_ids=(), language=metadata.language, kind=citation_kind(statement), ocr_confidence=None,
        verdict="verified", summarised=statement.span.summarised,
    )  # fmt: skip


def provenance_of(statement: Statement) -> dict[str, Any]:
    """Returns where the words of a statement stand and were said, as fields of a citation."""
    told = {name: getattr(statement.metadata, name) for name in PROVENANCE}
    return told | {"statement_id": statement.statement_id, "file": statement.file, "inferred": statement.inferred}


def _edge(statement: Statement, start: int, end: int) -> Literal["list_item", "text"] | None:
    """Returns where a span begins or ends other than with a sentence; an item of a list goes first."""
    found = edges(statement, start, end)
    return next((kind for kind in _MARKED if kind in found), None)


def quotable_spans(
    chosen: Sequence[Sentence], sources: Sources, *, going_on: Collection[Sentence] = ()
) -> list[BoundSpan]:
    """Returns the spans around chosen sentences of several statements, in the order of their best sentences.

    The sentences come strongest first; with those of them that are `going_on`, a short span goes on in its paragraph.
    """
    by_statement: dict[str, list[int]] = {}
    for sentence in chosen:
        by_statement.setdefault(sentence.statement_id, []).append(sentence.ordinal)
    rank = {sentence.sentence_id: place for place, sentence in enumerate(chosen)}
    found: list[BoundSpan] = []
    for statement_id, ordinals in by_statement.items():
        statement, sentences = sources.statements[statement_id], sources.sentences[statement_id]
        own = (sentence.ordinal for sentence in going_on if sentence.statement_id == statement_id)
        on = [ordinal for ordinal in own if _stays_in_quotation(statement, sentences, ordinal)]
        made = spans(sentences, ordinals, source=statement.source_text, going_on=on)
        found += (replace(bound, span=_trimmed(statement, sentences, bound.span, ordinals)) for bound in made)

    def best(bound: BoundSpan) -> int:
        sentences = sources.sentences[bound.statement_id]
        return min(rank.get(sentences[ordinal].sentence_id, len(rank)) for ordinal in bound.span)

    return sorted(found, key=best)


def _trimmed(statement: Statement, sentences: Sequence[Sentence], span: range, chosen: Sequence[int]) -> range:
    """Takes neighbours off a span that is not whole with them, as one that begins within a sentence."""

    def whole(span: range) -> bool:
        return is_whole(statement, sentences[span[0]].start, sentences[span[-1]].end)

    # First those that were not chosen go; of several chosen ones the strongest that is whole by itself stays.
    own = [ordinal for ordinal in chosen if ordinal in span]
    if not own or whole(span):
        return span
    bonds = bonds_of(sentences, statement.source_text)
    candidates = ((min(own), max(own)), *((ordinal, ordinal) for ordinal in own))
    bound = (_bound(sentences, bonds, *ends, statement.source_text).span for ends in candidates)
    return next(filter(whole, bound), span)


def _confidence(statement: Statement, start: int, end: int) -> float | None:
    """Returns how sure text recognition was of a span, or None where it was not read from an image."""
    first = bisect_left(statement.document.scanned, start, key=lambda word: word.end - 1)
    words = list(takewhile(lambda word: word.start < end, statement.document.scanned[first:]))
    return round(mean_confidence(words), 3) if words else None
