"""Finds quoted words in one stored text: exactly, but for the omissions and insertions that the quotation marks.

Both are compared in the form of `normal_form.py`, in which "“" is like '"'. A quotation is split at its ellipses and
square brackets. The parts must follow each other in one statement; `marked_alterations` judges what lies between them.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice, pairwise, product, zip_longest
from typing import Final, NamedTuple

import regex

from app.checking.comparing.normal_form import EMPHASIS, NOTE_MARK, NOTE_NUMBER, NOTED, KeyedText, match_key
from ingest.language.lexicons import RegexPatterns
from vectorstore.stems import words_of

_ELLIPSIS: Final = r"[\[(]\s*(?:…|⋯|\.\s?\.\s?\.\s?\.?)\s*[\])]|…+|\.\s?\.\s?\.(?:\s?\.)?|⋯+"
# Letters beside a bracket that form one word with it: "[im]modest", "endorse[d]".
_LETTERS: Final = r"(?:(?!\p{Han})[\p{L}\p{M}]){0,40}+"
_GAP: Final = regex.compile(
    rf"{_ELLIPSIS}|(?:(?<![\p{{L}}\p{{M}}])(?P<head>{_LETTERS}))?[\[［](?P<inserted>[^\[\]［］]{{0,120}})[\]］](?P<tail>{_LETTERS})"
)
# The number of a note at the end, which may also stand for one of the source: "in paragraph [12]".
_NOTE_BEHIND: Final = regex.compile(r"[\[［]\s*(?P<number>\d+)\s*[\]］]\W*$")
_CASED: Final = regex.compile(r"\[(\p{L})\](?=\p{L})")
_WORD: Final = regex.compile(r"\p{Han}|[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*")
_PATTERNS: Final = RegexPatterns("drafts")
_CLOSING: Final = ".,;:،؛。，、；："
_CLAUSE_ENDS: Final = (*_CLOSING, *"?!？！)")
_LETTERS_CASED: Final = 4  # letters in brackets that are read in either case
# A part this short occurs in many places, so the next part must be near.
_SHORT_PART: Final = 3
_NEAR: Final = 400  # characters
# Most words of the source that an insertion in brackets may replace, such as "my country" by a name.
REPLACED_WORDS: Final = 6
_OCCURRENCES: Final = 40  # of the first part that are tried
# A quotation with more gaps than this is a collage of words, and is not searched for in parts.
_MOST_GAPS: Final = 40


class Gap(NamedTuple):
    """What stands between two parts of a quotation: what its brackets put in, and whether it `omits` words ("…")."""

    put: str
    omits: bool


@dataclass(frozen=True, kw_only=True)
class QuotationPattern:
    """A quotation as a search pattern: its parts in the form of `match_key`, and the gaps between them.

    What a gap puts in are the texts of its brackets with the letters attached to them. `bracket_before` and
    `bracket_after` are the texts of brackets before the first and after the last part, None without such brackets.
    `recased` says that the first letter has the other case than in the draft. `written` are the parts as spelt.
    `word_beginnings` are letters before a bracket that begin the source's first or last word: "reject[s]".
    """

    parts: tuple[str, ...]
    written: tuple[str, ...] = field(compare=False)
    gaps: tuple[Gap, ...] = ()
    bracket_before: str | None = None
    bracket_after: str | None = None
    word_beginnings: tuple[str, str] = ("", "")
    recased: bool = False


@dataclass(frozen=True, kw_only=True)
class Match:
    """Where a quotation stands in a source text; `pieces` are the spans of its parts in the source.

    It begins and ends with the whole words of the pattern's `word_beginnings`, if they stand beside the parts; else
    `unmatched_bracket` is the bracket of the first that does not.
    """

    start: int
    end: int
    pieces: tuple[tuple[int, int], ...]
    pattern: QuotationPattern
    unmatched_bracket: str | None = None

    @property
    def gaps(self) -> Iterator[tuple[Gap, int, int]]:
        """The gaps, each with the span of the source that it leaves out or replaces."""
        for gap, (_, begin), (end, _) in zip(self.pattern.gaps, self.pieces, self.pieces[1:], strict=False):
            yield gap, begin, end


def whole_words(text: str) -> list[str]:
    """Returns the words of a text; "don’t" and "re-use" are one word each, and so is a Chinese character."""
    return _WORD.findall(text)


def quotation_patterns(quote: str) -> Iterator[QuotationPattern]:
    """Yields the search patterns of a quotation, the most literal first."""
    for text, recased in _spellings(EMPHASIS.sub("", quote)):
        for plain in dict.fromkeys((text, _without_marks(text))):
            whole, note = match_key(plain), _NOTE_BEHIND.search(text) if plain != text else None
            # A final point, comma or dash may belong to the draft's sentence, so the key is also tried without it.
            for key in filter(None, dict.fromkeys((whole, whole.rstrip(_CLOSING + "-")))):
                yield QuotationPattern(
                    parts=(key,), written=(plain,), bracket_after=note and note["number"], recased=recased
                )
        yield from _in_parts(text, recased=recased)


def find_matches(pattern: QuotationPattern, text: KeyedText) -> Iterator[Match]:
    """Yields the matches of a quotation in a text, in order of its first part, of which `_OCCURRENCES` are tried."""
    if any(part not in text for part in pattern.parts):
        return
    for first in islice(text.spans(pattern.parts[0]), _OCCURRENCES):
        spans = _follow(pattern, text, first)
        if spans is not None:
            pieces = tuple(text.in_source(*span) for span in spans)
            match = _with_whole_words(
                Match(start=pieces[0][0], end=pieces[-1][1], pieces=pieces, pattern=pattern), text.source
            )
            if all(gap.omits or len(whole_words(text.source[a:b])) <= REPLACED_WORDS for gap, a, b in match.gaps):
                yield match


def _with_whole_words(match: Match, source: str) -> Match:
    """Returns a match extended over the words beside it whose beginnings the quotation has before brackets."""
    pattern = match.pattern
    before = list(_WORD.finditer(source, max(0, match.start - _NEAR), match.start))
    after = list(_WORD.finditer(source, match.end, match.end + _NEAR))
    for beginning, put, words in zip(
        pattern.word_beginnings, (pattern.bracket_before, pattern.bracket_after), (before[::-1], after), strict=True
    ):
        if not beginning:
            continue
        # Other brackets may stand between: "change[d] [its] view".
        near = words[: len((put or "").split()) + 1]
        word = next((word for word in near if word[0].casefold().startswith(beginning.casefold())), None)
        if word is None:
            return replace(match, unmatched_bracket=put)
        match = replace(match, start=min(match.start, word.start()), end=max(match.end, word.end()))
    return match


def span_out_of_order(pattern: QuotationPattern, text: KeyedText) -> tuple[int, int] | None:
    """Returns the span of the source over all parts of a quotation if they stand there, but not in this order."""
    if (
        len(pattern.parts) < 2
        or any(gap.put for gap in pattern.gaps)
        or any(len(part) < 4 * _SHORT_PART for part in pattern.parts)
    ):
        return None
    first = [next(text.spans(part), None) for part in pattern.parts]
    standing = sorted(span for span in first if span is not None)
    if len(standing) < len(first) or any(later[0] < earlier[1] for earlier, later in pairwise(standing)):
        return None  # a part is not there, or is the same as another one, or lies inside it
    position = 0
    for part in pattern.parts:
        if (following := next(text.spans(part, begin=position), None)) is None:
            return text.in_source(standing[0][0], standing[-1][1])
        position = following[1]
    return None


def _follow(pattern: QuotationPattern, text: KeyedText, first: tuple[int, int]) -> list[tuple[int, int]] | None:
    """Returns the spans of the parts from `first` on, each part at its nearest place after the last; None without."""
    spans = [first]
    for part, before in zip(pattern.parts[1:], pattern.parts, strict=False):
        following = next(text.spans(part, begin=spans[-1][1]), None)
        short = min(len(part), len(before)) < 4 * _SHORT_PART
        if following is None or (short and following[0] - spans[-1][1] > _NEAR):
            return None
        spans.append(following)
    return spans


def _spellings(quote: str) -> Iterator[tuple[str, bool]]:
    """Yields a quotation's variants in letter case and note numbers, each with whether its first letter was changed.

    Where the source has the raised number of a note, the draft may have digits, and the other way round.
    """
    for text, recased in (*((text, False) for text in _cased(quote)), *((text, True) for text in _recased(quote))):
        lowered = NOTE_MARK.sub(lambda mark: unicodedata.normalize("NFKC", mark[0]), text)
        yield from ((spelt, recased) for spelt in dict.fromkeys((text, lowered, NOTE_NUMBER.sub(NOTED, text))))


def _cased(quote: str) -> Iterator[str]:
    """Yields the variants of a quotation with bracketed letters in either case, as in `[t]he`, then the quotation."""
    pieces = _CASED.split(quote, maxsplit=_LETTERS_CASED)
    texts, letters = pieces[::2], pieces[1::2]
    for cased in product(*((letter.lower(), letter.upper()) for letter in letters)) if letters else ():
        yield texts[0] + "".join(letter + text for letter, text in zip(cased, texts[1:], strict=True))
    yield quote


def _recased(quote: str) -> Iterator[str]:
    """Yields a quotation with its first letter in the other case, which drafts change unmarked to fit a sentence."""
    first = regex.search(r"\p{L}", quote)
    # The first letter of a bracket is the draft's own.
    if first is not None and first.group().swapcase() != first.group() and first.start() < 2 and quote[0] != "[":
        yield quote[: first.start()] + first.group().swapcase() + quote[first.end() :]


def _without_marks(text: str) -> str:
    return _GAP.sub(lambda gap: f"{gap['head'] or ''} {gap['tail']}" if _is_editorial(gap) else gap.group(), text)


def _is_editorial(gap: "regex.Match[str]") -> bool:
    """Returns whether a bracket is the editor's mark rather than words: "[sic]", "[…]", "[3]" of a note."""
    # The number of a note stands right behind a word or at the end of a clause; "[300] courses" counts courses.
    inserted = gap["inserted"] or ""
    if not whole_words(inserted):
        return False
    if not words_of(inserted) or _PATTERNS.editorial.fullmatch(inserted):
        return True
    before, after = gap.string[: gap.start("inserted") - 1], gap.string[gap.end() :].strip()
    ends_clause = not after or after[0] in _CLAUSE_ENDS or before.rstrip()[-1:] in _CLAUSE_ENDS
    behind_word = bool(before) and not before[-1].isspace()
    return inserted.strip().isdecimal() and not gap["tail"] and (behind_word or (bool(before.strip()) and ends_clause))


def _in_parts(text: str, *, recased: bool) -> Iterator[QuotationPattern]:
    """Yields the search pattern of a quotation that is cut at its gaps, if it has some, and not too many."""
    text = _without_marks(text)
    found = [*_GAP.finditer(text)]
    if not 0 < len(found) <= _MOST_GAPS:
        return
    edges = [0, *(edge for gap in found for edge in gap.span()), len(text)]
    written = [text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)]
    parts: list[str] = []
    # What stands before each part; None where nothing does.
    gaps: list[Gap | None] = []
    pending: Gap | None = None
    heads = ["", ""]
    for piece, gap in zip_longest(written, found):
        part = match_key(piece)
        if whole_words(part):
            # A point, a comma or a dash beside an omission belongs to the shortened sentence: it is not searched for.
            parts.append(part.strip(_CLOSING + "-") or part)
            gaps.append(pending)
            pending, heads[1] = None, ""
        if gap is not None:
            before, omits = pending or Gap(put="", omits=False), gap["inserted"] is None
            put = "" if omits else f"{gap['head'] or ''}{gap['inserted']}{gap['tail']}"
            pending = Gap(put=f"{before.put} {put}".strip(), omits=before.omits or omits)
            heads[bool(parts)] = heads[bool(parts)] or gap["head"] or ""
    if parts:
        first, *between = gaps
        yield QuotationPattern(
            parts=tuple(parts),
            written=tuple(written),
            gaps=tuple(filter(None, between)),
            bracket_before=(first and first.put) or None,
            bracket_after=(pending and pending.put) or None,
            word_beginnings=(heads[0], heads[1]),
            recased=recased,
        )
