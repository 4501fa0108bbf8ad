"""Quotations in a text: the words of others that a speaker quotes, recognised by quotation marks.

"As Tessaria told us, ‘no island can guard a sea alone’" quotes a sentence that is not the speaker's own.
"""

from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import regex

from ingest.text.layout import EMPTY_LINE
from vectorstore.records import Sentence

# An ambiguous mark opens a quotation only after space, a bracket, a dash or punctuation, and before a word.
_BEFORE: Final = r"(?<=^|[\s(\[:：,،，—–-])"
_BEHIND: Final = r"(?![\p{L}\p{N}])"
# A single mark closes after punctuation, else only if it is no apostrophe, as before a letter or after a final "s".
_APOSTROPHE: Final = r"(?<!\p{L}s)%s(?![\p{L}\p{N}])|(?<=[.!?,…])%s"
# The marks that may close each opening mark. A straight mark closes itself, as some curly ones do in Russian or
# Swedish; text set in TeX or typed in Arabic has marks of its own.
_CLOSING: Final = {
    mark: regex.compile(closing)
    for mark, closing in {
        "“": rf"”|(?<=\S)“{_BEHIND}", "„": "[“”]", "”": f"[”“]{_BEHIND}", "«": "»", "»": f"[«»]{_BEHIND}", "‹": "›",
        "「": "」", "『": "』", "❝": "❞", '"': '"', "＂": "＂", "‘": _APOSTROPHE.replace("%s", "’"),
        "'": _APOSTROPHE.replace("%s", "'"), "``": "''|[”\"]", ",,": "''|[“”\"]", "<<": ">>", "((": r"\)\)",
    }.items()
}  # fmt: skip
_OPENING: Final = regex.compile(
    rf"""[“„«‹「『❝]|``|<<|\(\(|(?<![\p{{L}}\p{{N}}])["‘](?=[\p{{L}}\p{{N}}…\[])|＂(?=[\p{{L}}\p{{N}}…\[])
    |{_BEFORE}(?:[”»](?=[\p{{L}}\p{{N}}…\[])|(?:'|,,)(?=[\p{{L}}…\[]))""",
    regex.VERBOSE,
)
_LETTER, _LAST_LETTER = regex.compile(r"\p{L}"), regex.compile(r"\p{L}", regex.REVERSE)
_WORD: Final = regex.compile(r"\p{Han}|[\p{L}\p{M}\p{N}]+")
# Fewer words are a term or a name, not somebody's sentence.
_FEWEST_WORDS: Final = 4
_LONGEST: Final = 6_000
# The most quotations with the same marks that are looked for within one.
_MOST_NESTED: Final = 20


@lru_cache(maxsize=64)
def quoted_spans(text: str, fewest: int = _FEWEST_WORDS) -> tuple[tuple[int, int], ...]:
    """Finds the spans of a text, of at least `fewest` words, that stand in quotation marks, without these, in order.

    A quotation ends in its paragraph, or goes on in paragraphs that each begin with its mark; else it is left out.
    """
    openings = list(_OPENING.finditer(text))
    paragraphs = [gap.end() for gap in EMPTY_LINE.finditer(text)] if openings else []
    begins, marks = {*paragraphs}, {opening.group() for opening in openings}
    closings = {mark: list(_CLOSING[mark].finditer(text)) for mark in marks}
    breaks = {mark: [at for at in paragraphs if not text.startswith(mark, at)] for mark in marks}
    nested = {
        mark: [at.start() for at in openings if at.group() == mark and at.start() not in begins] for mark in marks
    }
    found: list[tuple[int, int]] = []
    position = 0
    for opening in openings:
        if opening.start() < position:
            continue
        start, mark = opening.end(), opening.group()
        at = bisect_left(breaks[mark], start)
        end = min(start + _LONGEST, len(text), *breaks[mark][at : at + 1])
        closing = _closed_by(closings[mark], nested[mark], start, end)
        position = start if closing is None else closing.end()
        if closing is not None and len(_WORD.findall(text[start : closing.start()])) >= fewest:
            found.append((start, closing.start()))
    return tuple(found)


def is_quoted(text: str, start: int, end: int) -> bool:
    """Returns whether the words of a span of a text lie inside one quotation, or are all of it."""
    return quotation_around(text, start, end) is not None


def quotation_around(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Returns the innermost quotation that holds all words of a span of a text; None if they are not quoted.

    In "“Belmora said: ‘we oppose the court’”" the innermost one is Belmora's.
    """
    first, last = _LETTER.search(text, start, end), _LAST_LETTER.search(text, start, end)
    start, end = (start, end) if first is None or last is None else (first.start(), last.end())
    for begin, stop in quoted_spans(text):
        if begin <= start and end <= stop:
            inner = quotation_around(text[begin:stop], start - begin, end - begin)
            return (begin, stop) if inner is None else (begin + inner[0], begin + inner[1])
    return None


def quotations_around(sentences: Sequence[Sentence]) -> list[tuple[int, int] | None]:
    """Returns for each sentence of a statement the innermost quotation that holds it; None if it is not quoted.

    Offsets are those of `joined_text`.
    """
    text, starts = joined_text(sentences)
    if not quoted_spans(text):
        return [None] * len(starts)
    return [quotation_around(text, at, at + len(s.text)) for at, s in zip(starts, sentences, strict=True)]


def joined_text(sentences: Sequence[Sentence]) -> tuple[str, list[int]]:
    """Returns the texts of sentences as one, in which no page break parts a quotation, and where each begins."""
    parts, starts, at = list[str](), list[int](), 0
    for before, sentence in zip((None, *sentences), sentences, strict=False):
        gap = "" if before is None else " " if before.paragraph == sentence.paragraph else "\n\n"
        parts += (gap, sentence.text)
        starts.append(at + len(gap))
        at = starts[-1] + len(sentence.text)
    return "".join(parts), starts


def _closed_by(
    closings: Sequence["regex.Match[str]"], nested: Sequence[int], start: int, end: int
) -> "regex.Match[str] | None":
    """Returns the mark that closes a quotation: of nested ones with the same marks, the one that closes the outer.

    `closings` are the marks of the text that may close it, `nested` the places of those that open another like it.
    """
    first, opened = bisect_left(closings, start, key=regex.Match.start), bisect_left(nested, start)
    inside = [closing for closing in closings[first : first + _MOST_NESTED] if closing.start() < end]
    outer = (
        closing for closed, closing in enumerate(inside) if bisect_left(nested, closing.start()) - opened <= closed
    )
    return next(outer, inside[0] if inside else None)
