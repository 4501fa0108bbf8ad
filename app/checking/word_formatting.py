"""Tells whether a reader of a Word file sees a run: hidden, struck-through, tiny or background-coloured text is unseen.

Properties are looked up in the run, its style, its paragraph's style and the file's defaults, in this order.
"""

import math
import re
from collections.abc import Iterator
from typing import Final

from docx.document import Document as WordDocument
from docx.oxml.ns import nsmap, qn
from docx.oxml.xmlchemy import BaseOxmlElement

from app.checking.blocks import Unseen

# Font size up to which text is too small to read, in half-points, the unit of the file.
_UNREADABLE_SIZE_MAX: Final = 4
# RGB distance, 0 to 441, below which text in one colour cannot be read on the other. Chosen: #E0E0E0 on white is 54.
_COLOUR_DISTANCE_MIN: Final = 60.0
_HIGHLIGHTS: Final = {
    "black": "000000", "blue": "0000FF", "cyan": "00FFFF", "green": "00FF00", "magenta": "FF00FF", "red": "FF0000",
    "yellow": "FFFF00", "white": "FFFFFF", "darkBlue": "000080", "darkCyan": "008080", "darkGreen": "008000",
    "darkMagenta": "800080", "darkRed": "800000", "darkYellow": "808000", "darkGray": "808080", "lightGray": "C0C0C0",
}  # fmt: skip
_SWITCHES: Final[dict[str, Unseen]] = {
    "w:vanish": "unseen_hidden", "w:strike": "unseen_struck", "w:dstrike": "unseen_struck",
}  # fmt: skip
_OFF: Final = ("0", "false", "off", "none")
_BASE_STYLES_MAX: Final = 10  # styles that a style is based on, one on the other


class RunFormatting:
    """The formatting of the runs of one Word file."""

    def __init__(self, document: WordDocument) -> None:
        styles = document.styles.element
        self._styles = {style.get(qn("w:styleId"), ""): style for style in styles.iter(qn("w:style"))}
        self._defaults = styles.findall("w:docDefaults/w:rPrDefault/w:rPr", nsmap)
        background = document.element.find("w:background", nsmap)
        page = "" if background is None else background.get(qn("w:color"), "")
        self._page = page if _is_colour(page) else "FFFFFF"

    def unseen(self, run: BaseOxmlElement) -> Unseen | None:
        """Returns why a reader does not see a run, or None."""
        properties = [*self._properties(run)]
        for name, how in _SWITCHES.items():
            if (switch := _first(properties, name)) is not None and value_of(switch) not in _OFF:
                return how
        size, colour = (value_of(_first(properties, name)) for name in ("w:sz", "w:color"))
        if size.isdecimal() and int(size) <= _UNREADABLE_SIZE_MAX:
            return "unseen_tiny"
        ground = self._ground(run, properties) if _is_colour(colour) else None
        like = ground is not None and math.dist(bytes.fromhex(colour), bytes.fromhex(ground)) < _COLOUR_DISTANCE_MIN
        return "unseen_coloured" if like else None

    def _properties(self, run: BaseOxmlElement) -> Iterator[BaseOxmlElement]:
        yield from run.findall("w:rPr", nsmap)
        yield from self._of_style(value_of(run.find("w:rPr/w:rStyle", nsmap)))
        yield from self._of_style(style_of(next(run.iterancestors(qn("w:p")))))
        yield from self._defaults

    def styles(self, identifier: str) -> Iterator[BaseOxmlElement]:
        """Yields a style and then the styles that it is based on, the nearest first."""
        for _ in range(_BASE_STYLES_MAX):
            style = self._styles.get(identifier)
            if style is None:
                return
            yield style
            identifier = value_of(style.find("w:basedOn", nsmap))

    def _of_style(self, identifier: str, path: str = "w:rPr") -> Iterator[BaseOxmlElement]:
        for style in self.styles(identifier):
            yield from style.findall(path, nsmap)

    def _ground(self, run: BaseOxmlElement, properties: list[BaseOxmlElement]) -> str | None:
        """Returns the background colour of a run; None where a table's style may set one."""
        marked = _HIGHLIGHTS.get(value_of(_first(properties, "w:highlight")))
        if marked is not None:
            return marked
        own = _first(properties, "w:shd")
        shades = [] if own is None else [own]
        for paragraph in run.iterancestors(qn("w:p")):
            shades += paragraph.findall("w:pPr/w:shd", nsmap)
            shades += self._of_style(style_of(paragraph), "w:pPr/w:shd")
        shades += [shade for cell in run.iterancestors(qn("w:tc")) for shade in cell.findall("w:tcPr/w:shd", nsmap)]
        fills = (str(shade.get(qn("w:fill"), "")) for shade in shades)
        if (filled := next(filter(_is_colour, fills), None)) is not None:
            return filled
        tables = (value_of(table.find("w:tblPr/w:tblStyle", nsmap)) for table in run.iterancestors(qn("w:tbl")))
        styles = (style for name in tables if (style := self._styles.get(name)) is not None)
        shaded = any(style.find(".//w:shd", nsmap) is not None for style in styles)
        return None if shaded else self._page


def _first(properties: list[BaseOxmlElement], name: str) -> BaseOxmlElement | None:
    return next((found for held in properties if (found := held.find(name, nsmap)) is not None), None)


def style_of(paragraph: BaseOxmlElement) -> str:
    """Returns the id of a paragraph's style; empty where it has none."""
    return value_of(paragraph.find("w:pPr/w:pStyle", nsmap))


def value_of(element: BaseOxmlElement | None) -> str:
    """Returns the `w:val` of an element; empty where there is none."""
    return "" if element is None else str(element.get(qn("w:val"), ""))


def _is_colour(text: str) -> bool:
    return re.fullmatch(r"[0-9a-fA-F]{6}", text) is not None
