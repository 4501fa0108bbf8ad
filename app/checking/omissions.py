"""Judges whether words that an ellipsis inside a quotation leaves out change what it says."""

from collections.abc import Iterator
from typing import Final

import regex

from app.checking.brackets import restates
from app.checking.corpus_texts import SourceText
from app.checking.documents import EMPTY_LINE
from app.checking.findings import Remark, remark
from app.checking.indirect_times import YEAR
from app.checking.matching import Match, whole_words
from app.checking.occasion_words import blanked
from ingest.language.dates import find_dates
from ingest.language.lexicons import RegexPatterns
from ingest.language.numerals import find_numbers
from ingest.language.polarity_words import (
    begins_with_contrast,
    denials,
    ends_what_follows,
    governing,
    half_of_pair,
    is_complement,
    lacks_complement,
    narrowed,
    narrows_one,
    of_kinds,
    polarity_words,
    reports,
)
from ingest.language.sentences import last_sentence, split_sentences
from ingest.metadata.sessions import find_session_mentions
from ingest.treaties.references import find_articles

# Most words of an omission that alters a quotation by leaving out a modal verb.
_MODAL_WORDS: Final = 4
# Most words of an omission that leaves out the head of the words behind it: "the work of […]".
_HEAD_WORDS: Final = 8
_PATTERNS: Final = RegexPatterns("drafts")
_ANSWERS: Final = RegexPatterns("answer_types")
_ENDED: Final = regex.compile(r"[.!?;。！？；؟؛][\"”’»)]*\s*$")
_ENDS: Final = regex.compile(r"[\"”’»)]*\s*[.!?;。！？；؟؛]")
# Characters on either side of an omission's beginning that are searched for a phrase that it cuts through.
_CUT_REACH: Final = 40
_ASIDE_EDGE: Final = ",;–—-(،，、"
# Characters before an omission that are read for the beginning of its sentence.
_BEFORE: Final = 600
_PIECE_WORDS: Final = 3  # most words of a short piece; a collage is mostly of those
_FEWEST_PIECES: Final = 4  # of a collage


def omission_remarks(match: Match, text: SourceText) -> Iterator[Remark]:
    """Yields remarks on the words that the ellipses of a quotation leave out."""
    for gap, begin, end in match.gaps:
        omits = gap.omits and not restates(gap.put, text.source[begin:end], text.language)
        kind = _weigh(text, begin, end) if omits else None
        if kind is not None:
            words, alters = " ".join(text.source[begin:end].strip(" \t\r\n.,;:،؛").split()), kind == "left_out_turns"
            yield remark(kind, alters=alters, words=words if alters else _shortened(words))
    if len(match.pieces) >= _FEWEST_PIECES:
        sizes = [len(whole_words(text.source[start:end])) for start, end in match.pieces]
        if sum(size <= _PIECE_WORDS for size in sizes) * 2 > len(sizes):
            yield remark("pieces")


def _weigh(text: SourceText, begin: int, end: int) -> str | None:
    """Returns the kind of remark that an omission deserves, or None."""
    source, language = text.source, text.language
    raw = source[begin:end]
    opens, closes, edges, inner = _edges(source, begin, end)
    found = [word for edge in edges for word in polarity_words(edge, language)]
    if not opens:
        # An omission may begin inside a phrase that turns the sentence: "In [the event of war] we".
        start = max(0, begin - _CUT_REACH)
        near = polarity_words(source[start : min(end, begin + _CUT_REACH)], language)
        found += [word for word in near if word.start < begin - start < word.end]
    if len(whole_words(raw)) <= _MODAL_WORDS:
        found = list(polarity_words(raw, language))
        if of_kinds(found, "modal"):
            return "left_out_turns"
    if of_kinds(found, "denial", "condition"):
        return "left_out_turns"
    if (
        not closes
        and not opens
        and (ends_what_follows(raw, language) or narrowed(source[:begin][-_CUT_REACH:], raw, language))
    ):
        return "left_out_turns"
    if any(half_of_pair(edge) for edge in edges):
        return "left_out_pair"
    if edges and not closes and reports(edges[-1], language, own=text.names_itself(edges[-1])):
        return "left_out_view"
    # An aside between commas or dashes does not limit the words around it.
    aside = bool(edges) and raw.strip()[:1] in _ASIDE_EDGE and raw.strip()[-1:] in _ASIDE_EDGE + ")"
    led = "" if opens else source[max(0, begin - _CUT_REACH) : begin]
    counts = of_kinds(found, "modal", "count", "doubt") or any(quantities(edge, language, led) for edge in edges)
    headless = not closes and len(whole_words(raw)) <= _HEAD_WORDS and lacks_complement(raw, language)
    before = last_sentence(source[max(0, begin - _BEFORE) : begin])
    # "We oppose the detention [of children] by night" refuses more without the complement.
    refuses = not closes and is_complement(raw, language) and denials(governing(before, raw, language)[0], (language,))
    if (counts or headless or refuses or narrows_one(before, raw, language)) and not aside:
        return "left_out_weighs"
    if not opens and not closes and len(edges) > 1:
        return "joined"
    return "left_out_reply" if inner and begins_with_contrast(inner) else None


def quantities(text: str, language: str, before: str) -> set[str]:
    """Returns the numbers of a text other than those of dates, years, sessions and references.

    A reference may begin in the words `before` it: "agenda item […]".
    """
    named = (*find_dates(text), *find_articles(text), *find_session_mentions(text))
    spans = [(found.start, found.end) for found in named]
    spans += [found.span() for found in _PATTERNS.no_quantity.finditer(text)]
    return {
        number.value
        for number in find_numbers(blanked(text, spans), language)
        if regex.fullmatch(YEAR, text[number.start : number.end]) is None
        and not _ANSWERS.reference_before.search(_PATTERNS.numbers_joined.sub("", before + text[: number.start]))
    }


def _edges(source: str, begin: int, end: int) -> tuple[bool, bool, list[str], str]:
    """Returns whether an omission begins and ends with a sentence, its partial sentences, and its first whole one."""
    # A paragraph's end is a sentence's end, as after a salutation.
    paragraphs = [" ".join(piece.split()) for piece in EMPTY_LINE.split(source[begin:end])]
    opens = not whole_words(paragraphs[0]) or bool(
        _ENDED.search(source[max(0, begin - 3) : begin]) or _ENDS.match(source[begin : begin + 3])
    )
    closes = not whole_words(paragraphs[-1]) or _ENDED.search(paragraphs[-1]) is not None
    first = [paragraphs[0][slice(*span)] for span in split_sentences(paragraphs[0])]
    last = [paragraphs[-1][slice(*span)] for span in split_sentences(paragraphs[-1])]
    edges = [] if opens else first[:1]
    if not closes and not (edges and len(paragraphs) == 1 and len(last) == 1):
        edges += last[-1:]
    whole = [sentence for sentence in first if whole_words(sentence)][0 if opens else 1 :]
    if not closes and len(paragraphs) == 1:
        whole = whole[:-1]
    return opens, closes, edges, whole[0] if whole else ""


def _shortened(text: str) -> str:
    return text if len(text) <= 160 else text[:100].rstrip() + " … " + text[-50:].lstrip()
