"""Words in quotation marks: what a speaker quotes from somebody else, as far as marks tell.

"As Tessaria told us, ‘no island can guard a sea alone’" is said by whoever quotes it, and is not their own sentence.
"""

from functools import lru_cache
from typing import Final

import regex

# Each opening mark with the marks that may close it; a straight one closes itself.
_CLOSING: Final = {"“": "”", "„": "“”", "«": "»", "‹": "›", "「": "」", "『": "』", "❝": "❞", '"': '"', "‘": "’"}
# An apostrophe stands between letters or ends a word, and opens nothing.
_OPENING: Final = regex.compile(r"[“„«‹「『❝]|(?<![\p{L}\p{N}])[\"‘](?=[\p{L}\p{N}…\[])")
_APOSTROPHE_CLOSES: Final = regex.compile(r"(?<!\p{L}s)’(?![\p{L}\p{N}])|(?<=[.!?,…])’")
_PARAGRAPH: Final = regex.compile(r"\n[^\S\n]*\n\s*")
_WORD: Final = regex.compile(r"\p{Han}|[\p{L}\p{M}\p{N}]+")
# Fewer words are a term or a name, not somebody's sentence.
_FEWEST_WORDS: Final = 4
_LONGEST: Final = 6_000


@lru_cache(maxsize=64)
def quoted_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Finds what stands in quotation marks in a text, without the marks, in order.

    A quotation ends in its paragraph, or goes on in paragraphs that each begin with its mark; an unclosed one is none.
    """
    found: list[tuple[int, int]] = []
    position = 0
    while (opening := _OPENING.search(text, position)) is not None:
        start = opening.end()
        end = _closed_at(text, start, opening.group())
        position = start if end is None else end + 1
        if end is not None and len(_WORD.findall(text[start:end])) >= _FEWEST_WORDS:
            found.append((start, end))
    return tuple(found)


def is_quoted(text: str, start: int, end: int) -> bool:
    """Returns whether words of a text stand in quotation marks, which may be at their own edges."""
    return any(first <= start and end <= last for first, last in quoted_spans(text))


def _closed_at(text: str, start: int, mark: str) -> int | None:
    closing = _APOSTROPHE_CLOSES if mark == "‘" else regex.compile(f"[{_CLOSING[mark]}]")
    found = closing.search(text, start, start + _LONGEST)
    while found is not None:
        paragraphs = [gap.end() for gap in _PARAGRAPH.finditer(text, start, found.start())]
        if all(text[at : at + 1] == mark for at in paragraphs):
            return found.start()
        # A straight mark that begins a paragraph opens it anew.
        if mark != '"' or found.start() not in paragraphs:
            return None
        found = closing.search(text, found.end(), start + _LONGEST)
    return None
