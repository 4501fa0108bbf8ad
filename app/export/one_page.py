"""What fits on one page: points are left out, last ones first, until a one-pager or talking points need no second page.

How high a line is follows from the size of its letters; Word and LibreOffice differ by less than the reserve.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Final

from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from app.briefing.cells import Briefing
from app.briefing.edit import without_rejected
from app.export.blocks import DocumentBlock, Line, QuotedBlock, blocks_of
from app.export.briefing_layout import DocumentForm, Sayings, arrange
from app.export.docx import STYLES
from app.export.docx_styles import QUOTATION, our_styles

# Room on an A4 page with the margins of these forms, in points, less a tenth.
_HEIGHT: Final = 690.0
_WIDTH: Final = 504.0
# Width of a letter and height of a line as parts of the size of letters: Arial and what stands in for it.
_LETTER: Final = 0.5
_LEADING: Final = 1.25
_NORMAL: Final = (10.0, 5.0)


def fit_to_page(briefing: Briefing, form: DocumentForm) -> Briefing:
    """Returns the briefing with as many points as a page holds, and how many quotations it leaves out.

    The subject with most points loses its last one first; one point stays, whatever its length.
    """
    if form == "full":
        return briefing
    briefing = without_rejected(briefing)
    quoted = {number for cell in briefing.cells for number in cell.evidence}
    points = list(briefing.points)
    while True:
        shown = {number for point in points for number in point.citations}
        fitted = replace(briefing, points=tuple(points), left_out=len(quoted - shown))
        arranged = arrange(fitted, form)
        if len(points) < 2 or _height(blocks_of(arranged, form), Sayings(arranged)) <= _HEIGHT:
            return fitted
        counted = Counter(point.subject for point in points)
        points.remove(next(point for point in reversed(points) if counted[point.subject] == max(counted.values())))


def _height(blocks: Iterable[DocumentBlock], say: Sayings) -> float:
    height = 0.0
    for block in blocks:
        if isinstance(block, Line):
            height += _lines(block.lead + block.text, STYLES[block.style])
        elif isinstance(block, QuotedBlock):
            height += _lines(f"{block.lead}: {block.citation.quote}", QUOTATION)
            height += _lines(say.reference(block.citation), "footnote text")
    return height


def _lines(text: str, style: str | None) -> float:
    """Returns the height of a paragraph in points."""
    size, around = _sizes().get((style or "").lower(), _NORMAL)
    letters = sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in text)
    return around + size * _LEADING * -(-letters * size * _LETTER // _WIDTH)


@cache
def _sizes() -> dict[str, tuple[float, float]]:
    """Returns the size of letters and the space around a paragraph, in points, by the names of styles."""

    def value(style: BaseOxmlElement, path: str, name: str) -> int:
        found = style.find("/".join(map(qn, path.split("/"))))
        return 0 if found is None else int(found.get(qn(name), 0))

    return {
        style.name_val.lower(): (
            value(style, "w:rPr/w:sz", "w:val") / 2,
            sum(value(style, "w:pPr/w:spacing", side) for side in ("w:before", "w:after")) / 20,
        )
        for style in our_styles().findall(qn("w:style"))
    }
