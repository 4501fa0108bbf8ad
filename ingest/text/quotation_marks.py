"""Quotations in a text: the words of others that a speaker quotes, recognised by quotation marks.

"As Tessaria told us, ‘no island can guard a sea alone’" quotes a sentence that is not the speaker's own.
"""

from functools import lru_cache
from typing import Final

import regex

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
_PARAGRAPH: Final = regex.compile(r"\n[^\S\n]*\n\s*")
_WORD: Final = regex.compile(r"\p{Han}|[\p{L}\p{M}\p{N}]+")
# Fewer words are a term or a name, not somebody's sentence.
_FEWEST_WORDS: Final = 4
_LONGEST: Final = 6_000


@lru_cache(maxsize=64)
def quoted_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Finds the spans of a text that stand in quotation marks, without the marks, in order.

    A quotation ends in its paragraph, or goes on in paragraphs that each begin with its mark; else it is left out.
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
    """Returns whether a span of a text lies inside one quotation, or is all of it."""
    return any(first <= start and end <= last for first, last in quoted_spans(text))


def _closed_at(text: str, start: int, mark: str) -> "regex.Match[str] | None":
    found = _CLOSING[mark].search(text, start, start + _LONGEST)
    while found is not None:
        paragraphs = [gap.end() for gap in _PARAGRAPH.finditer(text, start, found.start())]
        if all(text.startswith(mark, at) for at in paragraphs):
            return found
        # A straight mark at the beginning of a paragraph does not close the quotation, but opens the paragraph.
        if found.group() != mark or found.start() not in paragraphs:
            return None
        found = _CLOSING[mark].search(text, found.end(), start + _LONGEST)
    return None
