"""Words in quotation marks: what a speaker quotes from somebody else, as far as marks tell.

"As Tessaria told us, ‘no island can guard a sea alone’" is said by whoever quotes it, and is not their own sentence.
"""

from functools import lru_cache
from typing import Final

import regex

# A typed mark that is also another sign opens only behind space, a bracket or a point, right before a word.
_BEFORE: Final = r"(?<=^|[\s(\[:：,،，—–-])"
_BEHIND: Final = r"(?![\p{L}\p{N}])"
# An apostrophe stands between letters or ends a word, and closes nothing there.
_APOSTROPHE: Final = r"(?<!\p{L}s)%s(?![\p{L}\p{N}])|(?<=[.!?,…])%s"
# Each opening mark with the marks that may close it; a straight one closes itself, as some curly ones do in Russian
# or Swedish, and text set in TeX or typed in Arabic has its own.
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
        closing = _closed_at(text, start, opening.group())
        position = start if closing is None else closing.end()
        if closing is not None and len(_WORD.findall(text[start : closing.start()])) >= _FEWEST_WORDS:
            found.append((start, closing.start()))
    return tuple(found)


def is_quoted(text: str, start: int, end: int) -> bool:
    """Returns whether words of a text stand in quotation marks, which may be at their own edges."""
    return any(first <= start and end <= last for first, last in quoted_spans(text))


def _closed_at(text: str, start: int, mark: str) -> "regex.Match[str] | None":
    found = _CLOSING[mark].search(text, start, start + _LONGEST)
    while found is not None:
        paragraphs = [gap.end() for gap in _PARAGRAPH.finditer(text, start, found.start())]
        if all(text.startswith(mark, at) for at in paragraphs):
            return found
        # A straight mark that begins a paragraph opens it anew.
        if found.group() != mark or found.start() not in paragraphs:
            return None
        found = _CLOSING[mark].search(text, found.end(), start + _LONGEST)
    return None
