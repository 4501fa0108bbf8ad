"""Where quoted words stand in one stored text: exactly, with the omissions and insertions that the quotation marks.

A quotation is taken apart at its ellipses and at what stands in square brackets. The parts must follow each other in
one statement; what lies between them is looked at by `omissions` and `brackets`.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product
from typing import Final

import regex

from app.checking.match_key import NOTE_MARK, NOTE_NUMBER, NOTED, KeyedText, match_key
from ingest.language.lexicons import RegexPatterns
from vectorstore.stems import words_of

_ELLIPSIS: Final = r"[\[(]\s*(?:…|⋯|\.\s?\.\s?\.\s?\.?)\s*[\])]|…+|\.\s?\.\s?\.(?:\s?\.)?|⋯+"
# A bracket with the letters that it makes one word with: "[im]modest", "endorse[d]".
_LETTERS: Final = r"(?:(?!\p{Han})[\p{L}\p{M}]){0,40}+"
_GAP: Final = regex.compile(
    rf"{_ELLIPSIS}|(?:(?<![\p{{L}}\p{{M}}])(?P<head>{_LETTERS}))?[\[［](?P<inserted>[^\[\]［］]{{0,120}})[\]］](?P<tail>{_LETTERS})"
)
_CASED: Final = regex.compile(r"\[(\p{L})\](?=\p{L})")
_WORD: Final = regex.compile(r"\p{Han}|[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*")
_PATTERNS: Final = RegexPatterns("drafts")
_CLOSING: Final = ".,;:،؛。，、；："
_CLAUSE_ENDS: Final = (*_CLOSING, *"?!？！)")
_LETTERS_CASED: Final = 4
# Parts this short stand in many places, so the next part must be near.
_SHORT_PART: Final = 3
_NEAR: Final = 400
# An insertion in brackets may stand for a few words of the source, such as a name for "my country".
_REPLACED_WORDS: Final = 6
_OCCURRENCES: Final = 40
# A quotation with more gaps than this is put together and not quoted.
_MOST_GAPS: Final = 40


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A quotation as it is looked for: parts in the compared form and what stands between them.

    A gap is a bracket's words with letters beside it, or empty for an ellipsis. `leads` and `trails` are words in a
    bracket before the first and after the last part. Where it is `recased`, its first letter has the other case than
    the draft gives it.
    """

    parts: tuple[str, ...]
    gaps: tuple[str, ...] = ()
    leads: str | None = None
    trails: str | None = None
    recased: bool = False

    @property
    def longest(self) -> str:
        """The part that is looked for first."""
        return max(self.parts, key=len)


@dataclass(frozen=True, kw_only=True)
class Match:
    """Where a quotation stands in a source text; `pieces` are the spans of its parts in the source."""

    start: int
    end: int
    pieces: tuple[tuple[int, int], ...]
    wanted: Wanted

    @property
    def gaps(self) -> Iterator[tuple[str, int, int]]:
        """The gaps with the span of the source that each leaves out."""
        for gap, (_, begin), (end, _) in zip(self.wanted.gaps, self.pieces, self.pieces[1:], strict=False):
            yield gap, begin, end


def whole_words(text: str) -> list[str]:
    """Returns the words of a text, "donât" and "re-use" as one each; a Chinese character is one."""
    return _WORD.findall(text)


def written_parts(quote: str) -> Iterator[list[str]]:
    """Yields in each way in which a quotation may be read what it has between its gaps, as it is written."""
    for text, _ in _spellings(quote):
        for plain in dict.fromkeys((text, _without_marks(text))):
            edges = [0, *(edge for gap in _GAP.finditer(plain) for edge in gap.span()), len(plain)]
            yield [plain[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)]
            yield [plain]


def readings(quote: str) -> Iterator[Wanted]:
    """Yields the ways in which a quotation may be looked for, the most literal first."""
    seen: set[Wanted] = set()
    for text, recased in _spellings(quote):
        for plain in dict.fromkeys((text, _without_marks(text))):
            whole = match_key(plain)
            # A quotation takes a point, comma or dash from the sentence around it.
            for key in (whole, whole.rstrip(_CLOSING + "-")):
                literal = Wanted(parts=(key,), recased=recased)
                if key and literal not in seen:
                    seen.add(literal)
                    yield literal
        taken = _taken_apart(text, recased=recased)
        if taken is not None and taken not in seen:
            seen.add(taken)
            yield taken


def find(wanted: Wanted, text: KeyedText) -> Iterator[Match]:
    """Yields where a quotation stands in a text, in order of its first part; at most some forty places."""
    if any(part not in text for part in wanted.parts):
        return
    for first in islice(text.spans(wanted.parts[0]), _OCCURRENCES):
        spans = _follow(wanted, text, first)
        if spans is not None:
            pieces = tuple(text.in_source(*span) for span in spans)
            match = Match(start=pieces[0][0], end=pieces[-1][1], pieces=pieces, wanted=wanted)
            if all(not gap or len(whole_words(text.source[a:b])) <= _REPLACED_WORDS for gap, a, b in match.gaps):
                yield match


def _follow(wanted: Wanted, text: KeyedText, first: tuple[int, int]) -> list[tuple[int, int]] | None:
    """Returns where the parts follow each other from a place of the first one on, each as near as it stands."""
    spans = [first]
    for part, before in zip(wanted.parts[1:], wanted.parts, strict=False):
        following = next(text.spans(part, begin=spans[-1][1]), None)
        short = min(len(part), len(before)) < 4 * _SHORT_PART
        if following is None or (short and following[0] - spans[-1][1] > _NEAR):
            return None
        spans.append(following)
    return spans


def _spellings(quote: str) -> Iterator[tuple[str, bool]]:
    """Yields in which ways the letters and notes of a quotation may be meant, and whether its first letter is changed.

    Where the source has the raised number of a note, the draft may have digits, and the other way round.
    """
    for text, recased in (*((text, False) for text in _cased(quote)), *((text, True) for text in _recased(quote))):
        lowered = NOTE_MARK.sub(lambda mark: unicodedata.normalize("NFKC", mark[0]), text)
        yield from ((spelt, recased) for spelt in dict.fromkeys((text, lowered, NOTE_NUMBER.sub(NOTED, text))))


def _cased(quote: str) -> Iterator[str]:
    """Yields a quotation, then with the letters in `[t]he` in either case: the mark says that the case was changed."""
    yield quote
    marks = list(_CASED.finditer(quote))[:_LETTERS_CASED]
    if not marks:
        return
    for letters in product(*((m.group(1).lower(), m.group(1).upper()) for m in marks)):
        text = quote
        for mark, letter in zip(reversed(marks), reversed(letters), strict=True):
            text = text[: mark.start()] + letter + text[mark.end() :]
        yield text


def _recased(quote: str) -> Iterator[str]:
    """Yields a quotation with its first letter in the other case: sentences around it change it without a mark."""
    first = regex.search(r"\p{L}", quote)
    if first is not None and first.group().swapcase() != first.group() and first.start() < 2:
        yield quote[: first.start()] + first.group().swapcase() + quote[first.end() :]


def _without_marks(text: str) -> str:
    """Returns a quotation without the editor's marks, such as "[sic]"."""
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


def _taken_apart(text: str, *, recased: bool) -> Wanted | None:
    parts: list[str] = []
    gaps: list[str] = []
    position = 0
    pending: str | None = None
    leads: str | None = None
    text = _without_marks(text)
    found = [*_GAP.finditer(text)]
    if len(found) > _MOST_GAPS:
        return None
    for match in [*found, None]:
        part = match_key(text[position : match.start() if match else None])
        if whole_words(part):
            if parts:
                gaps.append(pending or "")
            else:
                leads = pending or None
            parts.append(part)
            pending = None
        if match is None:
            break
        inserted = match.group("inserted")
        put = "" if inserted is None else f"{match['head'] or ''}{inserted}{match['tail']}".strip()
        # An omission beside an insertion leaves out whatever an omission may.
        pending = put if pending is None or pending else ""
        position = match.end()
    if not parts or (position == 0 and len(parts) == 1):
        return None
    # A point, a comma or a dash beside an omission belongs to the quotation's own sentence.
    own = tuple(part.strip(_CLOSING + "-") or part for part in parts)
    return Wanted(parts=own, gaps=tuple(gaps), leads=leads, trails=pending or None, recased=recased)
