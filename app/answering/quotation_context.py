"""Context of a quotation: with which of its neighbours a chosen sentence is quoted.

"We do not support that proposal." is quoted with the sentence before it, which names the proposal; "These measures …"
with the nearest earlier sentence that names measures. Words that the speaker quotes from others stay apart from its own
ones: after "As Arvandia said: “… We support a court.”", "That court would cost us dearly" is a span of its own.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import regex

from app.records import Sources
from app.retrieval.list_context import ListContext, list_contexts
from app.retrieval.model_languages import is_courtesy
from app.retrieval.positions.change_of_view import depends_on_before
from app.retrieval.positions.position_marks import is_elliptic, only_answers
from ingest.language.anaphora import (
    CONTRASTING,
    OUTWARD,
    POINTING,
    TAKES_UP,
    TAKES_UP_WORDS,
    announces,
    is_question,
)
from ingest.text.quotation_marks import quotations_around
from ingest.text.whole_quotations import is_whole
from prompts.wording import known_language
from vectorstore.records import Sentence, Statement

_Quotation = tuple[int, int] | None
# The most sentences back in which the noun of "these measures" is looked for.
_MAX_SENTENCES_BACK: Final = 8
# The most sentences in a span.
_MAX_SPAN_SENTENCES: Final = 4
# The most sentences by which a short quotation is extended, and its most characters with these: about three lines.
CONTEXT_SENTENCES: Final = 2
_MAX_EXTENDED_CHARS: Final = 320
# The most characters from the opening of a list to the end of an item that are quoted as one span.
_MAX_CHARS_WITH_OPENING: Final = 600


@dataclass(frozen=True, kw_only=True)
class QuotableSpan:
    """Sentences of a statement that are quoted as one, by ordinal, with those that their sense depends on."""

    statement_id: str
    span: range
    apart: range | None = None
    """An earlier sentence to which the span refers back, or the next one, where a quotation begins or ends between."""
    opening: range | None = None
    """Earlier sentences that govern the span, such as the words that open a long list of which it is an item."""

    @property
    def parts(self) -> list[range]:
        """All sentences to quote: first the opening, then the span, then what stands apart."""
        return [part for part in (self.opening, self.span, self.apart) if part is not None]


def resolve_anaphora(sentences: Sequence[Sentence], ordinal: int) -> int | None:
    """Returns the ordinal of the sentence that a sentence refers back to; None where it needs no antecedent.

    "These measures" refers to the nearest sentence before that names measures; without a noun, or where no sentence
    names it, to the one just before, as "We would not." does within a paragraph.
    """
    sentence = sentences[ordinal]
    match = POINTING.match(sentence.text)
    if ordinal and match is None and sentences[ordinal - 1].paragraph == sentence.paragraph:
        language = known_language(sentence.language)
        answers = only_answers(sentence.text, language) and not announces(sentence.text)
        return ordinal - 1 if answers or is_elliptic(sentence.text, language) else None
    if match is None or ordinal == 0 or OUTWARD.match(sentence.text):
        return None
    noun = match.group("noun")
    if noun is not None and len(noun) > 4:
        stem = noun.lower()[: max(4, len(noun) - 2)]
        for earlier in range(ordinal - 1, max(-1, ordinal - 1 - _MAX_SENTENCES_BACK), -1):
            if regex.search(rf"\b{regex.escape(stem)}", sentences[earlier].text, regex.IGNORECASE):
                return earlier
    # A heading or salutation cannot be an antecedent.
    return ordinal - 1 if sentences[ordinal - 1].paragraph is not None else None


def is_antecedent_of_next(sentences: Sequence[Sentence], ordinal: int) -> bool:
    """Returns whether the next sentence belongs to this one, so that both are quoted.

    It is announced by it, may answer it, refers back to it, objects to it, limits it or takes it back.
    """
    if ordinal + 1 >= len(sentences):
        return False
    here, following = sentences[ordinal], sentences[ordinal + 1]
    if announces(here.text) or is_question(here.text):
        return True
    if following.paragraph != here.paragraph or len(following.text.split()) > TAKES_UP_WORDS:
        return False
    if OUTWARD.match(following.text):
        return False
    if CONTRASTING.match(following.text) or depends_on_before(following.text):
        return True
    pointed = resolve_anaphora(sentences, ordinal + 1)
    return pointed == ordinal or (pointed is None and TAKES_UP.search(following.text) is not None)


def _may_extend(sentences: Sequence[Sentence], first: int, last: int) -> bool:
    if last + 1 >= len(sentences):
        return False
    here, following = sentences[last], sentences[last + 1]
    length = following.end - sentences[first].start
    if is_courtesy(following.text, following.language):
        return False
    return here.paragraph is not None and following.paragraph == here.paragraph and length <= _MAX_EXTENDED_CHARS


def may_be_extended(sentences: Sequence[Sentence], ordinal: int) -> bool:
    """Returns whether a sentence with the next is short enough for a quotation that is extended by what follows."""
    together = sentences[ordinal : ordinal + 2]
    return len(together) > 1 and together[1].end - together[0].start <= _MAX_EXTENDED_CHARS


def spans(
    sentences: Sequence[Sentence], chosen: Sequence[int], *, source: str = "", extendable: Collection[int] = ()
) -> list[QuotableSpan]:
    """Turns sentences of a statement, `chosen` by ordinal, strongest first, into spans to quote, in the same order.

    A sentence is quoted once, except for the opening of a long list; adjacent chosen sentences of a paragraph join, up
    to the longest span. A short span of an `extendable` sentence is extended within its paragraph: "it is an offence to
    use their services" may be followed by what was asked, "six persons have been convicted". `source` is the
    statement's text.
    """
    so_far = _Spans(sentences, list_contexts(sentences, source), quotations_around(sentences), frozenset(chosen))
    for ordinal in chosen:
        if ordinal not in so_far.used:
            so_far.add(ordinal, max_context=CONTEXT_SENTENCES if ordinal in extendable else 0)
    return so_far.spans


@dataclass
class _Spans:
    """The spans of a statement so far, and the sentences that are `used` in them."""

    sentences: Sequence[Sentence]
    lists: Sequence[ListContext]
    quotations: Sequence[_Quotation]
    chosen: Collection[int]
    spans: list[QuotableSpan] = field(default_factory=list)
    used: set[int] = field(default_factory=set)

    def add(self, ordinal: int, *, max_context: int) -> None:
        """Adds the span around a chosen sentence; one that overlaps an earlier span is joined to that."""
        antecedent = resolve_anaphora(self.sentences, ordinal)
        if antecedent in self.used:
            antecedent = None
        first, last = self._bounds(ordinal, antecedent, max_context)
        quotable = _quotable(self.sentences, self.lists, self.quotations, first, last)
        # An item whose opening is already part of an earlier span is joined to that span.
        overlapped = next((at for at, other in enumerate(self.spans) if {*quotable.span} & {*other.span}), None)
        if overlapped is None:
            apart = self._apart(quotable.span, antecedent)
            self.spans.append(replace(quotable, apart=apart))
            self.used.update(quotable.span, apart or ())
        else:
            earlier = self.spans[overlapped].span
            joined = range(min(earlier.start, quotable.span.start), max(earlier.stop, quotable.span.stop))
            self.spans[overlapped] = replace(self.spans[overlapped], span=joined)
            self.used.update(joined)

    def _bounds(self, ordinal: int, antecedent: int | None, max_context: int) -> tuple[int, int]:
        """Returns the first and the last sentence of the span around a chosen one."""
        first = ordinal - 1 if antecedent == ordinal - 1 and self._joins_next(ordinal - 1) else ordinal
        # What a sentence brings with it comes first, then chosen neighbours, and last the context of a short one.
        first, last = self._with_neighbours(first, ordinal, max_context=0)
        first, last = self._with_neighbours(first, last, max_context=max_context)
        # The longest span does not end with a sentence that the next one answers, but leaves it to a span of both.
        if last > ordinal and self._joins_next(last) and self._brings_next(last) and not self._brings_next(last - 1):
            last -= 1
        return first, last

    def _with_neighbours(self, first: int, last: int, *, max_context: int) -> tuple[int, int]:
        """Extends a span by what it brings, by chosen neighbours, and by up to `max_context` sentences after it."""
        while last + 1 - first < _MAX_SPAN_SENTENCES and self._joins_next(last):
            if not (self._brings_next(last) or self._both_chosen(last, last + 1)):
                if not max_context or not _may_extend(self.sentences, first, last):
                    break
                max_context -= 1
            last += 1
        while last + 1 - first < _MAX_SPAN_SENTENCES and self._both_chosen(first, first - 1):
            if not self._joins_next(first - 1):
                break
            first -= 1
        return first, last

    def _apart(self, span: range, antecedent: int | None) -> range | None:
        if antecedent is not None and antecedent < span.start:
            return range(antecedent, antecedent + 1)
        # What a quotation is introduced by, or the speaker says of it, is no part of it.
        end = span.stop
        if end not in self.used and self._brings_next(end - 1) and not self._joins_next(end - 1):
            return range(end, end + 1)
        return None

    def _joins_next(self, ordinal: int) -> bool:
        """Whether a sentence may be quoted with the next: both are the speaker's own, or of one quotation."""
        unused = ordinal + 1 < len(self.sentences) and ordinal + 1 not in self.used
        return unused and self.quotations[ordinal] == self.quotations[ordinal + 1]

    def _both_chosen(self, ordinal: int, neighbour: int) -> bool:
        """Whether a neighbour is chosen as well, and of the same paragraph."""
        unused = neighbour in self.chosen and neighbour not in self.used
        return unused and self.sentences[ordinal].paragraph == self.sentences[neighbour].paragraph

    def _brings_next(self, ordinal: int) -> bool:
        """Whether a sentence is quoted with the next, as one that it announces or opens, or that refers to it."""
        opened = ordinal + 1 < len(self.lists) and ordinal in self.lists[ordinal + 1].openings
        return opened or is_antecedent_of_next(self.sentences, ordinal)


def _quotable(
    sentences: Sequence[Sentence], lists: Sequence[ListContext], quotations: Sequence[_Quotation], first: int, last: int
) -> QuotableSpan:
    """Returns a span extended to whole table rows, with its list's opening in the span or, if far before it, apart."""
    # An opening outside the item's quotation, such as "As Belmora said:", is left out: the item is marked as quoted.
    # So is "Belmora wishes to add the following." before "First, …", which says nothing of it.
    first, last = lists[first].first, lists[last].last
    is_item = lists[first].is_item
    before = [at for at in lists[first].openings if at < first and quotations[at] == quotations[first]]
    before = [at for at in before if is_item or not announces(sentences[at].text)]
    length = sentences[last].end - sentences[first].start
    near = [at for at in before if sentences[last].end - sentences[at].start <= max(_MAX_CHARS_WITH_OPENING, length)]
    if not is_item:
        before = near
    quotable = QuotableSpan(statement_id=sentences[first].statement_id, span=range(min(near, default=first), last + 1))
    far = [at for at in before if at < quotable.span.start]
    if not far:
        return quotable
    together = sentences[far[0]].end - sentences[far[-1]].start <= _MAX_CHARS_WITH_OPENING
    return replace(quotable, opening=range(far[-1] if together else far[0], far[0] + 1))


def quotable_spans(
    chosen: Sequence[Sentence], sources: Sources, *, extendable: Collection[Sentence] = ()
) -> list[QuotableSpan]:
    """Returns the spans around chosen sentences of several statements, in the order of their best sentences.

    The sentences come strongest first; short spans of those in `extendable` are extended within their paragraph.
    """
    by_statement: dict[str, list[int]] = {}
    for sentence in chosen:
        by_statement.setdefault(sentence.statement_id, []).append(sentence.ordinal)
    rank = {sentence.sentence_id: place for place, sentence in enumerate(chosen)}
    quotable: list[QuotableSpan] = []
    for statement_id, ordinals in by_statement.items():
        statement, sentences = sources.statements[statement_id], sources.sentences[statement_id]
        extended = [sentence.ordinal for sentence in extendable if sentence.statement_id == statement_id]
        found = spans(sentences, ordinals, source=statement.source_text, extendable=extended)
        quotable += (replace(each, span=_trimmed(statement, sentences, each.span, ordinals)) for each in found)

    def best(each: QuotableSpan) -> int:
        sentences = sources.sentences[each.statement_id]
        return min(rank.get(sentences[ordinal].sentence_id, len(rank)) for ordinal in each.span)

    return sorted(quotable, key=best)


def _trimmed(statement: Statement, sentences: Sequence[Sentence], span: range, chosen: Sequence[int]) -> range:
    """Drops neighbours from a span that cuts a sentence of the source, as one that begins within a sentence."""

    def whole(span: range) -> bool:
        return is_whole(statement, sentences[span[0]].start, sentences[span[-1]].end)

    # First only the chosen sentences are kept; if they still cut one, the strongest that is whole by itself.
    inside = [ordinal for ordinal in chosen if ordinal in span]
    if not inside or whole(span):
        return span
    lists, quotations = list_contexts(sentences, statement.source_text), quotations_around(sentences)
    candidates = ((min(inside), max(inside)), *((ordinal, ordinal) for ordinal in inside))
    tried = (_quotable(sentences, lists, quotations, *ends).span for ends in candidates)
    return next(filter(whole, tried), span)
