"""Page furniture: lines that belong to the page and not to the speaker.

Everything here is a rule over the source text alone, so that verification can recognise what a quotation
leaves out without trusting what was stored. A line is furniture by its form (job numbers, document symbols
with dates, `Page 3 of 7`) or because the document shows it to be one (`running_heads`): a bare number counts
only where the document's bare numbers run on like page numbers, a repeated line only beside page breaks. A
symbol, date or "2/3" that a wrap leaves alone on its line between lines of text is the speaker's.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, groupby, pairwise
from typing import NamedTuple

from ingest.language.lexicons import Patterns

_NOTES_BREAK = "\n\n\u2029\n\n"
_LINE_BREAK = re.compile(r"\r\n|[\n\r\f\v\x1c-\x1e\x85\u2028\u2029]")
_JOB = r"(?:(?:GE|V|ME|S|E)\.)?\d{2}-\d{5}(?:\s?\([A-Z]\))?"
_SHEET = r"\d{1,3}\s?/\s?\d{1,3}"
# A symbol before a full stop ends a sentence and is no furniture: "draft resolution | A/98/L.40."
_SYMBOL = r"(?=\S*\d)[A-Z]{1,8}/[A-Z0-9][A-Za-z0-9./()\-]*(?<!\.)"
_DATE = r"\d{1,2}[/.]\d{1,2}[/.]\d{4}"
_BARCODE = r"\*\d{6,9}\*"
_PAGE = Patterns("layout").source("page")
_NUMBER = r"\d{1,4}"
_STRONG_LINE = re.compile(rf"(?:{_JOB}|{_SYMBOL}|{_DATE}|{_BARCODE}|{_SHEET}|{_PAGE})")
# Forms that speakers use as well: "draft resolution | A/98/L.40 | as a whole", "a majority of | 2/3 | of the votes".
_SPOKEN_FORM = re.compile(rf"{_SYMBOL}|{_DATE}|{_SHEET}|{_PAGE}")
_SYMBOL_OR_DATE = re.compile(rf"{_SYMBOL}|{_DATE}")
# Weight of a line at a page's edge; a form whose lines weigh as much in total is furniture of the document.
_AT_EDGE = 2
_BLANK = re.compile(r"\n[^\S\n\f]*\n|\f|\r\n[^\S\n\f]*\r\n")
_NUMBERS = re.compile(r"\d+")
_BARE_LINE = re.compile(r"[-–—]?\s?(\d{1,3})\s?[-–—]?")
_TOKEN = re.compile(rf"(?P<strong>{_PAGE}|{_BARCODE}|{_JOB}|{_DATE}|{_SYMBOL}|{_SHEET})|(?P<number>{_NUMBER})")
_INLINE_STAMP = re.compile(rf"{_JOB}\s+{_SHEET}|{_SHEET}\s+{_JOB}")
# What differs from page to page in a running head: "Mission of Belmora | Page 2 of 3", "2 | Mission of Belmora".
_PAGE_NUMBER = re.compile(rf"\W*(?:{_PAGE}|\b{_SHEET}\b)\W*|^\W*\d{{1,4}}\b\W*|\W*\b\d{{1,4}}\W*$")
_UNFIT_HEAD_END = re.compile(r"[.!?;:,。！？؟،؛…][\"”’»)\]]*$")
_LONGEST_HEAD = 120  # characters
_LONGEST_STAMP = 80  # characters
_REPEATS = 3  # of a line, from which it is a running head
_FEWEST_LETTERS = 3
_DIGIT = re.compile(r"\d")


class TextLine(NamedTuple):
    """A line of the source that holds more than white space, at `[start, end)` without the white space around it.

    A tuple is made in a fifth of a frozen dataclass's time; a list of States reads the lines of a hundred statements.
    """

    start: int
    end: int
    text: str
    blanks_before: int
    """How many blank lines stand before it; a form feed counts as one."""
    indented: bool
    """Whether white space stands before its first character."""
    opens_page: bool = False
    """Whether a form feed stands between it and the line before."""


def with_notes(text: str, notes: str) -> str:
    """Returns a text with its footnotes after it, separated by a line of U+2029 alone."""
    return _NOTES_BREAK.join(filter(None, (text, notes)))


def notes_start(text: str) -> int:
    """Returns where the footnotes that a loader put after a text begin; its length where there are none."""
    at = text.rfind(_NOTES_BREAK)
    return len(text) if at < 0 else at


@lru_cache(maxsize=16)
def text_lines(source_text: str) -> tuple[TextLine, ...]:
    """Reads the lines that hold more than white space, in order."""
    lines: list[TextLine] = []
    blanks, position, opens_page = 0, 0, False
    # `splitlines` breaks at the same characters as `_LINE_BREAK`.
    for line_and_break in source_text.splitlines(keepends=True):
        text = line_and_break.strip()
        start = position + len(line_and_break) - len(line_and_break.lstrip())
        for first, last in _parts_of(text):
            begin, end = start + first, start + last
            lines.append(TextLine(begin, end, source_text[begin:end], blanks, begin > position, opens_page))
            blanks, opens_page = 0, False
        ends_page = line_and_break[-1] == "\f"
        opens_page |= ends_page
        blanks += ends_page or not text
        position += len(line_and_break)
    return tuple(lines)


@lru_cache(maxsize=100)
def running_heads(source_text: str) -> frozenset[str]:
    """Derives from a document which of its repeated or bare lines are page furniture, as `is_furniture` takes them.

    A bare number is a page number if it is one more or less than the one before or after it, or stands beside a blank
    line and grows with those around it. A line is a running head if it stands at least three times beside a page break
    or other furniture, and never ends like a sentence or a salutation. Twice is enough in a text of two pages; in one
    of three, whose first page often has no head, only if it stands alone and inside a sentence both times.
    """
    lines, feeds = text_lines(source_text), source_text.count("\f")
    heads = {*_page_numbers(lines), *_recurring_forms(lines)}
    known = furniture_lines(lines, frozenset(heads))
    # Furniture between other lines shows a page break, too.
    pages = 1 + max(feeds, sum(is_page for is_page, _ in groupby(known)) - sum(known[:1]) - sum(known[-1:]))
    beside, splitting = Counter[str](), Counter[str]()
    for position, line in enumerate(lines):
        if len(line.text) > _LONGEST_HEAD or known[position]:
            continue
        blanks = [other.blanks_before for other in lines[position : position + 2]]
        if _edge_weight(lines, known, position) < _AT_EDGE and not (feeds and max(blanks) >= 2):
            continue
        key = _head_key(line.text)
        if sum(map(str.isalpha, key)) >= _FEWEST_LETTERS and not _UNFIT_HEAD_END.search(line.text):
            beside[key] += 1
            splitting[key] += all(blanks) and _splits_sentence(lines, known, position)
    few = 2 if feeds == 1 else _REPEATS
    repeated = {key: n for key, n in beside.items() if n >= (2 if pages == 3 and splitting[key] == n else few)}
    total = Counter(_head_key(line.text) for line in lines if repeated and len(line.text) <= _LONGEST_HEAD)
    # A line that also stands elsewhere is the speaker's refrain, which a page break met by chance.
    heads.update(key for key, count in repeated.items() if count == total[key])
    return frozenset(heads)


def furniture_lines(lines: Sequence[TextLine], heads: frozenset[str]) -> tuple[bool, ...]:
    """Returns for each line whether it is furniture."""
    known = [_is_furniture_line(line.text, heads) for line in lines]
    return tuple(is_page and not _is_wrapped_word(lines, known, at, heads) for at, is_page in enumerate(known))


def prose_lines(source_text: str) -> list[TextLine]:
    """Reads the lines of a text that are not furniture."""
    return [line for line, is_page in _classified_lines(source_text) if not is_page]


def without_furniture(source_text: str) -> str:
    """Blanks the page furniture of a text, so that every offset stays."""
    letters = list(source_text)
    for line, is_page in _classified_lines(source_text):
        if is_page:
            letters[line.start : line.end] = " " * (line.end - line.start)
    return "".join(letters)


def _classified_lines(source_text: str) -> Iterator[tuple[TextLine, bool]]:
    lines = text_lines(source_text)
    return zip(lines, furniture_lines(lines, running_heads(source_text)), strict=True)


def is_furniture(text: str, heads: frozenset[str]) -> bool:
    """Returns whether a gap in a quotation is only page furniture; `heads` are the source's `running_heads`.

    The gap must consist of whole lines, so begin and end with a line break, outer white space included: a number or
    symbol *inside* a line is the speaker's and can never be left out. The one exception is a job number with its sheet
    number (`17-29407 23/29`), which may share its line with the text after it.
    """
    stripped = text.strip()
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    if not stripped or not _LINE_BREAK.search(before):
        return False
    if not _LINE_BREAK.search(after) and not _INLINE_STAMP.fullmatch(_LINE_BREAK.split(stripped)[-1].strip()):
        return False
    apart = any(_BLANK.search(space) for space in (before, after))
    if not apart and _SPOKEN_FORM.fullmatch(stripped) and not _is_head(stripped, heads):
        return False
    return is_furniture_block(stripped, heads)


def is_furniture_block(text: str, heads: frozenset[str]) -> bool:
    """Returns whether a block, taken as whole lines, holds page furniture and nothing else."""
    lines = [line.strip() for line in _LINE_BREAK.split(text)]
    return any(lines) and all(_is_furniture_line(line, heads) for line in lines if line)


def _parts_of(text: str) -> list[tuple[int, int]]:
    """Splits a job number with its sheet number from the text that shares its line."""
    if not text:
        return []
    found = _INLINE_STAMP.match(text) if "/" in text else None
    if found and found.end() < len(text) and text[found.end()].isspace():
        rest = found.end() + len(text[found.end() :]) - len(text[found.end() :].lstrip())
        return [found.span(), (rest, len(text))]
    return [(0, len(text))]


def _splits_sentence(lines: Sequence[TextLine], known: Sequence[bool], position: int) -> bool:
    """Returns whether a line splits a sentence: the text before it ends none, the text after it begins with no capital.

    Furniture around it is skipped. The heading above a State's words in a record stands between sentences instead.
    """
    before = next((lines[at].text for at in range(position - 1, -1, -1) if not known[at]), "")
    behind = next((lines[at].text for at in range(position + 1, len(lines)) if not known[at]), "")
    return bool(before) and not _UNFIT_HEAD_END.search(before.rstrip(",،，")) and not behind[:1].isupper()


def _is_wrapped_word(lines: Sequence[TextLine], known: Sequence[bool], position: int, heads: frozenset[str]) -> bool:
    """Returns whether a line of a form that speakers use stands between lines of text, where no page ends."""
    text = lines[position].text
    spoken = _SPOKEN_FORM.fullmatch(text) is not None and not _is_head(text, heads)
    return spoken and not _edge_weight(lines, known, position)


def _edge_weight(lines: Sequence[TextLine], known: Sequence[bool], position: int) -> int:
    """Returns how surely a page ends beside a line: 2 at an edge or beside furniture, 1 beside a blank line, else 0."""
    beside = lines[position : position + 2]
    at_end = position in (0, len(lines) - 1)
    if at_end or known[position - 1] or known[position + 1] or any(line.opens_page for line in beside):
        return _AT_EDGE
    return int(any(line.blanks_before for line in beside))


def _recurring_forms(lines: Sequence[TextLine]) -> list[str]:
    """Returns the lines of forms that speakers use, if their places show that they are page furniture here."""
    known = [_is_furniture_line(line.text, frozenset()) for line in lines]
    at_edges = Counter[str]()
    spoken = [at for at, line in enumerate(lines) if known[at] and _SPOKEN_FORM.fullmatch(line.text)]
    for at in spoken:
        at_edges[_form_of(lines[at].text)] += _edge_weight(lines, known, at)
    return [lines[at].text for at in spoken if at_edges[_form_of(lines[at].text)] >= _AT_EDGE]


def _form_of(line: str) -> str:
    """Returns a line without the number that grows from page to page; a symbol or a date is the same on each."""
    return line if _SYMBOL_OR_DATE.fullmatch(line) else _NUMBERS.sub("#", line, count=1)


def _page_numbers(lines: Sequence[TextLine]) -> list[str]:
    bare = [
        (int(found.group(1)), position)
        for position, line in enumerate(lines)
        if len(line.text) <= 7 and (found := _BARE_LINE.fullmatch(line.text))
    ]
    steps = ((number, following) for (number, _), (following, _) in pairwise(bare) if following == number + 1)
    pages = {number for step in steps for number in step}
    largest = [0, *accumulate((number for number, _ in bare), max)]
    smallest = [*reversed([*accumulate((number for number, _ in reversed(bare)), min)]), 1000]
    lonely_are_pages = len(bare) == 1 or bool(pages)
    for index, (number, position) in enumerate(bare):
        grows = largest[index] < number < smallest[index + 1]
        beside_blank = any(line.blanks_before for line in lines[position : position + 2]) or position + 1 == len(lines)
        if grows and lonely_are_pages and beside_blank:
            pages.add(number)
    return [lines[position].text for number, position in bare if number in pages]


def _head_key(line: str) -> str:
    return " ".join(_PAGE_NUMBER.sub(" ", line).split()).casefold()


def _is_head(line: str, heads: frozenset[str]) -> bool:
    return line in heads or (bool(heads) and len(line) <= _LONGEST_HEAD and _head_key(line) in heads)


def _is_furniture_line(line: str, heads: frozenset[str]) -> bool:
    if _is_head(line, heads):
        return True
    if len(line) > _LONGEST_STAMP or not _DIGIT.search(line):
        return False
    if _STRONG_LINE.fullmatch(line):
        return True
    position, strong, numbers = 0, 0, 0
    while position < len(line):
        token = _TOKEN.match(line, position)
        if not token or (token.end() < len(line) and not line[token.end()].isspace()):
            return False
        strong += token.lastgroup == "strong"
        numbers += token.lastgroup == "number"
        position = len(line) - len(line[token.end() :].lstrip())
    return strong > 0 and numbers <= 1
