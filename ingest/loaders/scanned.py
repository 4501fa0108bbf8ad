"""Scanned pages: the words that text recognition gives for them, and where these lie on the page."""

import csv
import io
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from ingest.loaders.loaded import PAGE_BREAK, Extract, encodable, sets_no_spaces
from vectorstore.records import ScannedWord

LOW_CONFIDENCE = 0.8
"""Words read with less confidence are likely to contain mistakes; see docs/files.md."""
# A page with a lower mean confidence is mostly misread: a drawing, or handwriting.
_GUESSED = 0.5
GUESSED_NOTE = "read with so little confidence that it may be no text"
_ANY_WORD = re.compile(r"\w")
# The Arabic model of tesseract writes Latin signs, the keys, where Arabic ones are printed.
_ARABIC_SIGNS = {",": "،", ";": "؛", "?": "؟"}
_ARABIC_THEN_SIGN = re.compile(r"(?<=[\u0621-\u064a])[,;?]$")


@dataclass(frozen=True, kw_only=True)
class ReadWord:
    """A word as text recognition gives it."""

    text: str
    confidence: float
    box: tuple[int, int, int, int]
    """Left, top, right, bottom in pixels of the image that was read."""
    line: tuple[str, str, str]
    """Block, paragraph and line that it belongs to."""


@dataclass(frozen=True, kw_only=True)
class ScannedPage:
    """The result of text recognition on a page; offsets of the words count in `text`."""

    text: str
    words: tuple[ScannedWord, ...]

    @property
    def is_guessed(self) -> bool:
        """Whether the mean confidence is so low that most words are likely misread."""
        return bool(self.words) and mean_confidence(self.words) < _GUESSED


def joined(texts: Sequence[str], scans: Sequence[ScannedPage | None]) -> Extract:
    """Join the texts of pages; offsets of pages and of scanned words count in the joined text."""
    starts = tuple(accumulate((len(text) + len(PAGE_BREAK) for text in texts[:-1]), initial=0))
    words = (
        replace(word, start=word.start + start, end=word.end + start)
        for start, scan in zip(starts, scans, strict=True)
        for word in (scan.words if scan is not None else ())
    )
    return Extract(text=PAGE_BREAK.join(texts), page_starts=starts, scanned=tuple(words))


def mean_confidence(words: Iterable[ScannedWord | ReadWord]) -> float:
    """Return the mean confidence of words, weighted by their length; 0 for none."""
    pairs = [(word, len(word.text) if isinstance(word, ReadWord) else word.end - word.start) for word in words]
    length = sum(size for _, size in pairs)
    return sum(word.confidence * size for word, size in pairs) / length if length else 0.0


def read_table(tsv: str, *, left: int = 0, top: int = 0, block: str = "") -> list[ReadWord]:
    """Read the words of tesseract's table.

    The upper left corner of the table's image lies at `left`, `top` in the image of the page, in pixels; the prefix
    `block` keeps its blocks apart from those of another table.
    """
    words: list[ReadWord] = []
    for row in csv.DictReader(io.StringIO(tsv), delimiter="\t", quoting=csv.QUOTE_NONE):
        text = encodable((row["text"] or "").strip())
        if row["level"] != "5" or not text:
            continue
        text = _ARABIC_THEN_SIGN.sub(lambda found: _ARABIC_SIGNS[found.group()], text)
        x, y = left + int(row["left"]), top + int(row["top"])
        box = (x, y, x + int(row["width"]), y + int(row["height"]))
        line = (f"{block}{row['block_num']}", row["par_num"], row["line_num"])
        confidence = round(max(0.0, float(row["conf"])) / 100, 3)
        words.append(ReadWord(text=text, confidence=confidence, box=box, line=line))
    return words


def with_line(words: Sequence[ReadWord], line: Sequence[ReadWord]) -> list[ReadWord]:
    """Insert the words of a line into those of a page, before the first line that begins below it."""
    top = min((word.box[1] for word in line), default=0)
    begins = (number for number, word in enumerate(words) if not number or words[number - 1].line != word.line)
    place = next((number for number in begins if words[number].box[1] > top), len(words))
    return [*words[:place], *line, *words[place:]]


def scanned_page(words: Sequence[ReadWord], size: tuple[int, int], *, skew: float, quarter: int) -> ScannedPage:
    """Write out the words of a page: a line break per line, an empty line per paragraph.

    The page was turned clockwise by `quarter` degrees, then by `skew` (see `ocr.find_skew`), to become the image of
    this `size` in pixels.
    """
    # Specks and rules are read as lone signs; a page with nothing else is empty.
    if not any(_ANY_WORD.search(word.text) for word in words):
        return ScannedPage(text="", words=())
    pieces: list[str] = []
    placed: list[ScannedWord] = []
    length = 0
    before: ReadWord | None = None
    for word in words:
        gap = _gap(before, word)
        pieces += (gap, word.text)
        start = length + len(gap)
        length = start + len(word.text)
        left, top, right, bottom = (round(side, 4) for side in _on_page(word.box, size, skew, quarter))
        placed.append(ScannedWord(
            start=start, end=length, confidence=word.confidence, left=left, top=top, right=right, bottom=bottom,
        ))  # fmt: skip
        before = word
    return ScannedPage(text="".join(pieces), words=tuple(placed))


def _gap(before: ReadWord | None, word: ReadWord) -> str:
    if before is None:
        return ""
    if before.line[:2] != word.line[:2]:
        return "\n\n"
    if before.line != word.line:
        return "\n"
    return "" if sets_no_spaces(before.text[-1]) and sets_no_spaces(word.text[0]) else " "


def _on_page(
    box: tuple[int, int, int, int], size: tuple[int, int], skew: float, quarter: int
) -> tuple[float, float, float, float]:
    """Return where a box of the straightened image lies on the page in the file, in shares of its sides."""
    width, height = size
    x, y = (box[0] + box[2] - width) / 2, (box[1] + box[3] - height) / 2
    cosine, sine = math.cos(math.radians(skew)), math.sin(math.radians(skew))
    x, y = x * cosine - y * sine + width / 2, x * sine + y * cosine + height / 2
    half_width, half_height = (box[2] - box[0]) / 2, (box[3] - box[1]) / 2
    left, right = (x - half_width) / width, (x + half_width) / width
    top, bottom = (y - half_height) / height, (y + half_height) / height
    for _ in range(quarter // 90):
        left, top, right, bottom = top, 1 - right, bottom, 1 - left
    return left, top, right, bottom
