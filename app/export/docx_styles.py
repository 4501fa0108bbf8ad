"""The styles of a Word file: ours, or those of a house template, which gets only the ones that it lacks."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.exceptions import OpcError
from docx.opc.packuri import PackURI
from docx.opc.part import XmlPart
from docx.opc.rel import Relationships
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm

from app.errors import ExportError
from app.export.docx_text import element

TABLE: Final = "Briefing Table"
CELL: Final = "Briefing Cell"
QUOTATION: Final = "Briefing Quotation"
SOURCE: Final = "Briefing Source"
NOTE: Final = "Briefing Note"
_INK: Final = "1F3347"
_GREY: Final = "55606B"
# Common to Windows and macOS, replaced by look-alikes elsewhere; each script has one.
_FONTS: Final = 'w:ascii="Arial" w:hAnsi="Arial" w:cs="Arial" w:eastAsia="Microsoft YaHei"'
_EFFECTS: Final = "http://schemas.microsoft.com/office/2007/relationships/stylesWithEffects"
# Tells programs that lack a font what to take instead.
_FONT_TABLE: Final = "<w:fonts {names}>{fonts}</w:fonts>"
_FONT: Final = "<w:font w:name='{name}'><w:family w:val='swiss'/><w:pitch w:val='variable'/></w:font>"
# Of the styles of python-docx's own template, all others are replaced.
_KEPT: Final = frozenset({"Normal", "Default Paragraph Font", "Normal Table", "No List", "Header", "Footer"})


@dataclass(frozen=True, kw_only=True)
class Look:
    """A paragraph style: sizes and spaces in points, its outline level from 0, its indent in twentieths of a point."""

    name: str
    size: float
    bold: bool = False
    italic: bool = False
    colour: str = ""
    before: float = 0
    after: float = 0
    keep_next: bool = False
    level: int | None = None
    indent: int = 0


LOOKS: Final = (
    Look(name="Title", size=20, bold=True, colour=_INK, after=4),
    Look(name="Subtitle", size=9, colour=_GREY, after=8),
    Look(name="Heading 1", size=15, bold=True, colour=_INK, before=16, after=6, keep_next=True, level=0),
    Look(name="Heading 2", size=11.5, bold=True, colour=_INK, before=12, after=4, keep_next=True, level=1),
    Look(name="TOC Heading", size=13, bold=True, colour=_INK, before=12, after=4, keep_next=True),
    Look(name="toc 1", size=10, before=2, after=2),
    Look(name="toc 2", size=9.5, after=1, indent=340),
    Look(name="Caption", size=8.5, colour=_GREY, before=2, after=8),
    Look(name="footnote text", size=7.5, after=1),
    Look(name=CELL, size=9, before=1, after=1),
    Look(name=QUOTATION, size=9.5, after=4),
    # Not kept with the next: in cells with footnotes, LibreOffice may lay out such lines without end.
    Look(name=SOURCE, size=8, colour=_GREY, before=2, after=1),
    Look(name=NOTE, size=8, italic=True, colour=_GREY, before=1, after=2),
)
_TABLE_LOOK: Final = """
<w:style {names} w:type="table" w:customStyle="1" w:styleId="BriefingTable"><w:name w:val="Briefing Table"/>
<w:pPr><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/></w:pPr>
<w:tblPr><w:tblBorders>
<w:top w:val="single" w:sz="8" w:space="0" w:color="1F3347"/><w:bottom w:val="single" w:sz="8" w:space="0" w:color="1F3347"/>
<w:insideH w:val="single" w:sz="4" w:space="0" w:color="B8C2CC"/><w:insideV w:val="single" w:sz="4" w:space="0" w:color="DDE3E8"/>
</w:tblBorders><w:tblCellMar>
<w:top w:w="40" w:type="dxa"/><w:left w:w="85" w:type="dxa"/><w:bottom w:w="40" w:type="dxa"/><w:right w:w="85" w:type="dxa"/>
</w:tblCellMar></w:tblPr>
<w:tblStylePr w:type="firstRow"><w:rPr><w:b/><w:bCs/><w:color w:val="1F3347"/></w:rPr>
<w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="DFE7EE"/></w:tcPr></w:tblStylePr></w:style>
"""  # noqa: E501 - one border a line
_REFERENCE_LOOK: Final = """
<w:style {names} w:type="character" w:styleId="FootnoteReference"><w:name w:val="footnote reference"/>
<w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>
"""


def open_template(template: Path | None) -> Document:
    """Opens a house template, or ours, without its text, and with every style that the documents use.

    Its styles, page, header and footer stay. One that cannot be read is an ExportError.
    """
    document = docx.Document() if template is None else _load(template)
    if template is None:
        _make_ours(document)
    else:
        _clear(document)
    _add_missing(document)
    return document


def _load(template: Path) -> Document:
    try:
        return docx.Document(BytesIO(template.read_bytes()))
    except (OSError, BadZipFile, OpcError, LookupError, ValueError, SyntaxError) as exc:
        raise ExportError(
            f"the template {str(template)!r} cannot be used ({type(exc).__name__}): name a Word file saved as .docx "
            "(not .dotx, .docm or .doc), or none for the built-in one"
        ) from exc


def _clear(document: Document) -> None:
    body = document.element.body
    for child in list(body):
        if child.tag != qn("w:sectPr"):
            body.remove(child)
    body.get_or_add_sectPr()


def _make_ours(document: Document) -> None:
    for style in list(document.styles):
        if style.name not in _KEPT:
            style.delete()
    defaults = document.styles.element.find(qn("w:docDefaults"))
    document.styles.element.replace(
        defaults,
        parse_xml(
            f"<w:docDefaults {nsdecls('w')}><w:rPrDefault><w:rPr><w:rFonts {_FONTS}/><w:sz w:val='20'/>"
            "<w:szCs w:val='20'/><w:lang w:val='en-GB' w:eastAsia='zh-CN' w:bidi='ar-SA'/></w:rPr></w:rPrDefault>"
            "<w:pPrDefault><w:pPr><w:spacing w:after='100' w:line='259' w:lineRule='auto'/></w:pPr></w:pPrDefault>"
            "</w:docDefaults>"
        ),
    )
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin, section.bottom_margin = Cm(1.8), Cm(1.8)
    section.header_distance = section.footer_distance = Cm(0.9)
    for setting in document.settings.element.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")
    drop_relationships(document.part.package.rels, RELATIONSHIP_TYPE.THUMBNAIL)
    # Lists and effects of styles that are gone, and its table of fonts.
    for kind in (RELATIONSHIP_TYPE.NUMBERING, _EFFECTS, RELATIONSHIP_TYPE.FONT_TABLE):
        drop_relationships(document.part.rels, kind)
    fonts = "".join(_FONT.format(name=name) for name in ("Arial", "Microsoft YaHei"))
    table = XmlPart(
        PackURI("/word/fontTable.xml"),
        CONTENT_TYPE.WML_FONT_TABLE,
        parse_xml(_FONT_TABLE.format(names=nsdecls("w"), fonts=fonts)),
        document.part.package,
    )
    document.part.relate_to(table, RELATIONSHIP_TYPE.FONT_TABLE)


def drop_relationships(relationships: Relationships, kind: str) -> None:
    """Drops the parts of one relationship type, so that another can take their place."""
    for key in [key for key, relationship in relationships.items() if relationship.reltype == kind]:
        del relationships[key]


def _add_missing(document: Document) -> None:
    styles = document.styles
    base = styles.default(WD_STYLE_TYPE.PARAGRAPH)
    for look in LOOKS:
        if look.name not in styles:
            styles.element.append(_paragraph_style(look, None if base is None else base.style_id))
    for name, style in ((TABLE, _TABLE_LOOK), ("footnote reference", _REFERENCE_LOOK)):
        if name not in styles:
            styles.element.append(parse_xml(style.format(names=nsdecls("w"))))


def _paragraph_style(look: Look, base: str | None) -> BaseOxmlElement:
    custom = look.name.startswith("Briefing")
    identifier = look.name.title().replace(" ", "").replace("Toc", "TOC")
    style = element("w:style", type="paragraph", styleId=identifier)
    if custom:
        style.set(qn("w:customStyle"), "1")
    # Word writes the names of some of its own styles in lower case.
    lower = look.name.startswith(("Heading", "Caption"))
    style.append(element("w:name", val=look.name.lower() if lower else look.name))
    if base is not None:
        style.append(element("w:basedOn", val=base))
    style.append(element("w:qFormat"))
    shape = element("w:pPr")
    if look.keep_next:
        shape.append(element("w:keepNext"))
    if look.level is not None or look.keep_next:
        shape.append(element("w:keepLines"))
    shape.append(element("w:spacing", before=str(round(look.before * 20)), after=str(round(look.after * 20))))
    if look.indent:
        shape.append(element("w:ind", left=str(look.indent)))
    if look.level is not None:
        shape.append(element("w:outlineLvl", val=str(look.level)))
    letters = element("w:rPr")
    letters.extend(element(f"w:{tag}") for tag in (("b", "bCs") if look.bold else ()))
    letters.extend(element(f"w:{tag}") for tag in (("i", "iCs") if look.italic else ()))
    if look.colour:
        letters.append(element("w:color", val=look.colour))
    letters.extend(element(f"w:{tag}", val=str(round(look.size * 2))) for tag in ("sz", "szCs"))
    style.extend((shape, letters))
    return style
