"""Fits a one-pager or talking points onto one page by leaving out points, last ones first.

The height of lines is estimated from the font size; Word and LibreOffice differ by less than the reserve of a tenth.
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
from app.export.briefing_docx import STYLES
from app.export.briefing_layout import DocumentBlock, Line, QuotedBlock, blocks_of
from app.export.briefing_lines import DocumentForm, Sayings, arrange
from app.export.docx_styles import QUOTATION, our_styles

# Height and width of the text on an A4 page with the margins of these forms, in points, less a tenth in reserve.
_HEIGHT: Final = 690.0
_WIDTH: Final = 504.0
# Width of a letter and height of a line relative to the font size, for Arial and its substitutes.
_LETTER: Final = 0.5
_LEADING: Final = 1.25
_DEFAULT_SIZES: Final = (10.0, 5.0)  # of letters, and of the space around a paragraph, in points


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
            height += _paragraph_height(block.lead + block.text, STYLES[block.style])
        elif isinstance(block, QuotedBlock):
            height += _paragraph_height(f"{block.lead}: {block.citation.quote}", QUOTATION)
            height += _paragraph_height(say.reference(block.citation), "footnote text")
    return height


def _paragraph_height(text: str, style: str | None) -> float:
    size, spacing = _sizes().get((style or "").lower(), _DEFAULT_SIZES)
    letters = sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in text)
    return spacing + size * _LEADING * -(-letters * size * _LETTER // _WIDTH)


@cache
def _sizes() -> dict[str, tuple[float, float]]:
    """Returns the font size and the space around a paragraph, in points, by the name of the style."""

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
