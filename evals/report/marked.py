"""Evidence in its context, as HTML: expected and cited spans marked, and a word diff of altered quotations."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Final

from markupsafe import Markup, escape

from evals.report.words import shortened

# A piece longer than this is cut in its middle.
LONGEST: Final = 700
# Beyond this many characters of either text no difference is looked for: the time grows with the product.
COMPARABLE: Final = 4000
# Scripts without spaces are compared by character.
_WORDS: Final = re.compile(r"[぀-ヿ㐀-鿿가-힯]|[^\W぀-ヿ㐀-鿿가-힯]+|\s+|[^\w\s]")
_TAG: Final = Markup('<span class="tag{}" dir="ltr">{}</span>')
_CHANGED: Final = {
    "delete": Markup('<del><span class="hidden">left out: </span>{}</del>'),
    "insert": Markup('<ins><span class="hidden">put in: </span>{}</ins>'),
}


def in_context(
    text: str,
    focus: tuple[int, int],
    expected: Iterable[tuple[int, int]],
    given: Iterable[tuple[int, int, int]] = (),
    *,
    around: int = 150,
    tag: str = "expected",
) -> Markup:
    """Returns a span with what stands around it, expected evidence and citations marked apart.

    Args:
        text: The whole text.
        focus: The span, by offsets.
        expected: Spans of expected evidence in this text.
        given: Citations in this text: number, start, end.
        around: Characters shown on either side.
        tag: What stands before expected evidence; may be empty.
    """
    start, end = _window(text, focus, around)
    marks = [(tag, "expected", *span) for span in expected]
    marks += [(f"cited [{number}]", "given", begin, finish) for number, begin, finish in sorted(given)]
    marks = [mark for mark in marks if mark[2] < end and mark[3] > start]
    cuts = sorted(
        {start, end, *(edge for *_, begin, finish in marks for edge in (begin, finish) if start < edge < end)}
    )
    pieces = Markup("… " if start > 0 else "")
    for left, right in pairwise(cuts):
        here = [mark for mark in marks if mark[2] <= left < mark[3]]
        opened = [(name, kind) for name, kind, begin, _ in here if max(begin, start) == left and name]
        tags = Markup().join(_TAG.format(" cited" if kind == "given" else "", name) for name, kind in opened)
        kinds = " ".join(sorted({kind for _, kind, *_ in here}))
        piece = tags + _cut(text[left:right])
        pieces += Markup('<mark class="{}">{}</mark>').format(kinds, piece) if here else piece
    return pieces + (" …" if end < len(text) else "")


def _window(text: str, focus: tuple[int, int], around: int) -> tuple[int, int]:
    """Widens a span, to ends of words where there are some near."""
    first, last = (max(0, min(edge, len(text))) for edge in focus)
    start, end = max(0, first - around), min(len(text), last + around)
    before, after = re.match(r"\S{0,28}\s", text[start:first]), re.search(r"\s\S{0,28}$", text[last:end])
    return (
        start + before.end() if start and before else start,
        last + after.start() if end < len(text) and after else end,
    )


def _cut(text: str) -> str:
    half = LONGEST // 2
    return text if len(text) <= LONGEST else f"{text[:half]} […{len(text) - 2 * half} characters…] {text[-half:]}"


def word_changes(source: str, quote: str) -> Markup:
    """Returns how a quotation differs from its source, word by word; white space counts as one space.

    Struck through stands in the source only, underlined in the quotation only. Long texts are shown whole.
    """
    old, new = (_WORDS.findall(re.sub(r"\s+", " ", text.strip())) for text in (source, quote))
    if max(len(source), len(quote)) > COMPARABLE:
        return _CHANGED["delete"].format(shortened(source)) + _CHANGED["insert"].format(shortened(quote))
    found = Markup()
    for operation, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if operation == "equal":
            found += escape("".join(old[i:j]))
            continue
        found += _CHANGED["delete"].format("".join(old[i:j])) if j > i else ""
        found += _CHANGED["insert"].format("".join(new[k:m])) if m > k else ""
    return found
