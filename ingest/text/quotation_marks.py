"""Quotations in a text: the words of others that a speaker quotes, recognised by quotation marks.

"As Tessaria told us, ‘no island can guard a sea alone’" quotes a sentence that is not the speaker's own.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import regex

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
# A mark that closes a quotation which began in a sentence before.
_CLOSES: Final = regex.compile(rf"""[”»›」』❞]|(?<=\S)“{_BEHIND}|(?<=[.!?,…])["＂]""")
# Single marks are left out, since they may be apostrophes.
_SINGLE: Final = ("'", "‘")
_LETTER, _LAST_LETTER = regex.compile(r"\p{L}"), regex.compile(r"\p{L}", regex.REVERSE)
_PARAGRAPH: Final = regex.compile(r"\n[^\S\n]*\n\s*")
_WORD: Final = regex.compile(r"\p{Han}|[\p{L}\p{M}\p{N}]+")
# Fewer words are a term or a name, not somebody's sentence.
_FEWEST_WORDS: Final = 4
_LONGEST: Final = 6_000


@lru_cache(maxsize=64)
def quoted_spans(text: str, fewest: int = _FEWEST_WORDS) -> tuple[tuple[int, int], ...]:
    """Finds the spans of a text of so many words that stand in quotation marks, without the marks, in order.

    A quotation ends in its paragraph, or goes on in paragraphs that each begin with its mark; else it is left out.
    """
    found: list[tuple[int, int]] = []
    position = 0
    while (opening := _OPENING.search(text, position)) is not None:
        start = opening.end()
        closing = _closed_at(text, start, opening.group())
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

    Offsets are those of the joined texts of the sentences, in which no page break parts a quotation.
    """
    text, starts = "", list[int]()
    before: Sentence | None = None
    for sentence in sentences:
        text += "" if before is None else " " if before.paragraph == sentence.paragraph else "\n\n"
        starts.append(len(text))
        text += sentence.text
        before = sentence
    if not quoted_spans(text):
        return [None] * len(starts)
    return [quotation_around(text, at, at + len(s.text)) for at, s in zip(starts, sentences, strict=True)]


def quoted_parts(sentence: str) -> list[tuple[int, int]]:
    """Returns the spans of a sentence that are quoted, in order, where the quotation may go on beyond the sentence.

    In "As Arvandia said, “We support a court." all words after the mark are quoted.
    """
    openings = [opening for opening in _OPENING.finditer(sentence) if opening.group() not in _SINGLE]
    closing = _CLOSES.search(sentence, 0, openings[0].start() if openings else len(sentence))
    parts = [*([(0, closing.start())] if closing is not None else []), *quoted_spans(sentence)]
    for at, opening in enumerate(openings):
        alike = sum(each.group() == opening.group() for each in openings[at:])
        if alike > len(_CLOSING[opening.group()].findall(sentence, opening.end())):
            return [*(part for part in parts if part[1] < opening.start()), (opening.end(), len(sentence))]
    return parts


def _closed_at(text: str, start: int, mark: str) -> "regex.Match[str] | None":
    """Returns the mark that closes a quotation: of nested ones with the same marks, the one that closes the outer."""
    closings: list[regex.Match[str]] = []
    for found in _CLOSING[mark].finditer(text, start, start + _LONGEST):
        paragraphs = [gap.end() for gap in _PARAGRAPH.finditer(text, start, found.start())]
        if all(text.startswith(mark, at) for at in paragraphs):
            inner = (each.start() for each in _OPENING.finditer(text, start, found.start()) if each.group() == mark)
            if len([at for at in inner if at not in paragraphs]) <= len(closings):
                return found
            closings.append(found)
        # A straight mark at the beginning of a paragraph does not close the quotation, but opens the paragraph.
        elif found.group() != mark or found.start() not in paragraphs:
            break
    return closings[0] if closings else None
