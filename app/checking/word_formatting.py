"""Tells whether a reader of a Word file sees a run: hidden, struck-through, tiny or background-coloured text is unseen.

Properties are looked up in the run, its style, its paragraph's style and the file's defaults, in this order.
"""

import math
import re
from collections.abc import Iterator
from typing import Final

from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from app.checking.blocks import Unseen

# Font size up to which text is too small to read, in half-points, the unit of the file.
_SMALLEST: Final = 4
# RGB distance, 0 to 441, below which text in one colour cannot be read on the other. Chosen: #E0E0E0 on white is 54.
_LIKE: Final = 60.0
_HIGHLIGHTS: Final = {
    "black": "000000", "blue": "0000FF", "cyan": "00FFFF", "green": "00FF00", "magenta": "FF00FF", "red": "FF0000",
    "yellow": "FFFF00", "white": "FFFFFF", "darkBlue": "000080", "darkCyan": "008080", "darkGreen": "008000",
    "darkMagenta": "800080", "darkRed": "800000", "darkYellow": "808000", "darkGray": "808080", "lightGray": "C0C0C0",
}  # fmt: skip
_FALSE: Final = ("0", "false", "off", "none")
_BASES: Final = 10


class Looks:
    """The formatting of the runs of one Word file."""

    def __init__(self, document: WordDocument) -> None:
        self._styles = {style.get(qn("w:styleId"), ""): style for style in document.styles.element.iter(qn("w:style"))}
        self._defaults = document.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
        background = document.element.find(qn("w:background"))
        page = "" if background is None else background.get(qn("w:color"), "")
        self._page = page if _is_colour(page) else "FFFFFF"

    def unseen(self, run: BaseOxmlElement) -> Unseen | None:
        """Returns why a reader does not see a run, or None."""
        properties = [*self._properties(run)]
        if _on(_first(properties, "w:vanish")):
            return "unseen_hidden"
        if _on(_first(properties, "w:strike")) or _on(_first(properties, "w:dstrike")):
            return "unseen_struck"
        size = value_of(_first(properties, "w:sz"))
        if size.isdecimal() and int(size) <= _SMALLEST:
            return "unseen_tiny"
        colour = value_of(_first(properties, "w:color"))
        ground = self._ground(run, properties)
        if _is_colour(colour) and ground is not None:
            near = math.dist(bytes.fromhex(colour), bytes.fromhex(ground)) < _LIKE
            return "unseen_coloured" if near else None
        return None

    def _properties(self, run: BaseOxmlElement) -> Iterator[BaseOxmlElement]:
        own = run.find(qn("w:rPr"))
        if own is not None:
            yield own
            yield from self._of_style(value_of(own.find(qn("w:rStyle"))))
        paragraph = next(run.iterancestors(qn("w:p")), None)
        if paragraph is not None:
            yield from self._of_style(style_of(paragraph))
        if self._defaults is not None:
            yield self._defaults

    def styles(self, identifier: str) -> Iterator[BaseOxmlElement]:
        """Yields a style and then the styles that it is based on, the nearest first."""
        for _ in range(_BASES):
            style = self._styles.get(identifier)
            if style is None:
                return
            yield style
            identifier = value_of(style.find(qn("w:basedOn")))

    def _of_style(self, identifier: str, inner: str = "w:rPr") -> Iterator[BaseOxmlElement]:
        yield from (held for style in self.styles(identifier) if (held := style.find(qn(inner))) is not None)

    def _ground(self, run: BaseOxmlElement, properties: list[BaseOxmlElement]) -> str | None:
        """Returns the background colour of a run; None where a table's style may set one."""
        marked = _HIGHLIGHTS.get(value_of(_first(properties, "w:highlight")))
        if marked is not None:
            return marked
        shades = [_first(properties, "w:shd")]
        for paragraph in run.iterancestors(qn("w:p")):
            shades.append(paragraph.find(f"{qn('w:pPr')}/{qn('w:shd')}"))
            shades += [held.find(qn("w:shd")) for held in self._of_style(style_of(paragraph), "w:pPr")]
        shades += [cell.find(f"{qn('w:tcPr')}/{qn('w:shd')}") for cell in run.iterancestors(qn("w:tc"))]
        fills = [str(shade.get(qn("w:fill"), "")) for shade in shades if shade is not None]
        filled = next(filter(_is_colour, fills), None)
        if filled is not None:
            return filled
        return None if any(self._shades(table) for table in run.iterancestors(qn("w:tbl"))) else self._page

    def _shades(self, table: BaseOxmlElement) -> bool:
        style = self._styles.get(value_of(table.find(f"{qn('w:tblPr')}/{qn('w:tblStyle')}")))
        return style is not None and next(style.iter(qn("w:shd")), None) is not None


def _first(properties: list[BaseOxmlElement], name: str) -> BaseOxmlElement | None:
    return next((found for held in properties if (found := held.find(qn(name))) is not None), None)


def style_of(paragraph: BaseOxmlElement) -> str:
    """Returns the id of a paragraph's style; empty where it has none."""
    return value_of(paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}"))


def value_of(element: BaseOxmlElement | None) -> str:
    """Returns the `w:val` of an element; empty where there is none."""
    return "" if element is None else str(element.get(qn("w:val"), ""))


def _on(element: BaseOxmlElement | None) -> bool:
    return element is not None and value_of(element) not in _FALSE


def _is_colour(text: str) -> bool:
    return re.fullmatch(r"[0-9a-fA-F]{6}", text) is not None
