"""Evidence in context: expected and cited spans marked in their text, and a word diff of altered quotations."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from evals.report.words import shortened

# Characters shown on either side of a span.
AROUND: Final = 150
# A piece longer than this is cut in its middle.
LONGEST: Final = 700
# Beyond this many characters of either text no difference is looked for: the time grows with the product.
COMPARABLE: Final = 4000
# Scripts without spaces are compared by character.
_WORDS = re.compile(r"[぀-ヿ㐀-鿿가-힯]|[^\W぀-ヿ㐀-鿿가-힯]+|\s+|[^\w\s]")

Change = Literal["same", "gone", "new"]


class MarkedStretch(NamedTuple):
    """A stretch of text: whether evidence was expected here, and begins here; the citations that quote, and begin."""

    text: str
    expected: bool
    given: tuple[int, ...]
    opens_expected: bool
    opens: tuple[int, ...]


class Context(NamedTuple):
    """A span in the text around it, and whether text before and after it was left out."""

    pieces: tuple[MarkedStretch, ...]
    before: bool
    after: bool


class Word(NamedTuple):
    """A part of a comparison of two texts."""

    change: Change
    text: str


def context(
    text: str,
    focus: tuple[int, int],
    expected: Iterable[tuple[int, int]],
    given: Iterable[tuple[int, int, int]],
    around: int = AROUND,
) -> Context:
    """Returns a span with what stands around it, marked.

    Args:
        text: The whole text.
        focus: The span, by offsets.
        expected: Spans of expected evidence in this text.
        given: Citations in this text: number, start, end.
        around: Characters shown on either side.
    """
    start, end = _window(text, focus, around)
    expected = [span for span in expected if span[0] < end and span[1] > start]
    cited = [span for span in given if span[1] < end and span[2] > start]
    edges = {edge for span in expected for edge in span} | {edge for _, *span in cited for edge in span}
    cuts = sorted({start, end, *(edge for edge in edges if start < edge < end)})
    pieces = [
        MarkedStretch(
            text=_shortened(text[left:right]),
            expected=any(begin <= left < finish for begin, finish in expected),
            given=tuple(sorted({number for number, begin, finish in cited if begin <= left < finish})),
            opens_expected=any(max(begin, start) == left for begin, _ in expected),
            opens=tuple(sorted({number for number, begin, _ in cited if max(begin, start) == left})),
        )
        for left, right in pairwise(cuts)
    ]
    return Context(pieces=tuple(pieces), before=start > 0, after=end < len(text))


def _window(text: str, focus: tuple[int, int], around: int) -> tuple[int, int]:
    """Widens a span, to ends of words where there are some near."""
    first, last = max(0, min(focus[0], len(text))), max(0, min(focus[1], len(text)))
    start, end = max(0, first - around), min(len(text), last + around)
    if start:
        blank = re.search(r"\s", text[start:first])
        start += blank.end() if blank and blank.end() < 30 else 0
    if end < len(text):
        blank = re.search(r"\s\S*$", text[last:end])
        end = last + blank.start() if blank and end - last - blank.start() < 30 else end
    return start, end


def _shortened(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    half = LONGEST // 2
    return f"{text[:half]} […{len(text) - 2 * half} characters…] {text[-half:]}"


def word_changes(source: str, quote: str) -> tuple[Word, ...]:
    """Returns how a quotation differs from its source, word by word; white space counts as one space.

    `gone` stands in the source only, `new` in the quotation only. Texts too long to compare are shown whole.
    """
    old, new = (_WORDS.findall(re.sub(r"\s+", " ", text.strip())) for text in (source, quote))
    if max(len(source), len(quote)) > COMPARABLE:
        return (Word(change="gone", text=shortened(source)), Word(change="new", text=shortened(quote)))
    found: list[Word] = []
    for operation, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if operation == "equal":
            found.append(Word(change="same", text="".join(old[i:j])))
            continue
        found += [Word(change="gone", text="".join(old[i:j]))] if j > i else []
        found += [Word(change="new", text="".join(new[k:m]))] if m > k else []
    return tuple(found)
