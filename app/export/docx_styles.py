"""The styles of a Word file: the built-in ones, or those of a house template, to which only missing ones are added."""

from importlib.resources import files
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
from docx.styles import BabelFish

from app.errors import ExportError

TABLE: Final = "Briefing Table"
CELL: Final = "Briefing Cell"
QUOTATION: Final = "Briefing Quotation"
SOURCE: Final = "Briefing Source"
NOTE: Final = "Briefing Note"
_EFFECTS: Final = "http://schemas.microsoft.com/office/2007/relationships/stylesWithEffects"
# Styles of python-docx's own template that stay; all others are replaced.
_KEPT: Final = frozenset({"Normal", "Default Paragraph Font", "Normal Table", "No List", "Header", "Footer"})


def our_styles() -> BaseOxmlElement:
    """Returns the built-in styles, which `styles.xml` describes."""
    return parse_xml(files("app.export").joinpath("styles.xml").read_bytes())


def open_template(template: Path | None) -> Document:
    """Opens a house template, or the built-in one, without its text, and adds the styles that documents use.

    Its own styles, page, header and footer stay. Raises an ExportError if it cannot be read.
    """
    if template is None:
        document = docx.Document()
        _make_ours(document)
        _add_missing(document)
        return document
    try:
        document = docx.Document(BytesIO(template.read_bytes()))
    except (OSError, BadZipFile, OpcError, LookupError, ValueError, SyntaxError) as exc:
        raise ExportError(
            f"the template {str(template)!r} cannot be used ({type(exc).__name__}): name a Word file saved as .docx "
            "(not .dotx, .docm or .doc), or none for the built-in one"
        ) from exc
    body = document.element.body
    for child in [child for child in body if child.tag != qn("w:sectPr")]:
        body.remove(child)
    body.get_or_add_sectPr()
    _add_missing(document)
    return document


def _make_ours(document: Document) -> None:
    for style in list(document.styles):
        if style.name not in _KEPT:
            style.delete()
    defaults = qn("w:docDefaults")
    document.styles.element.replace(document.styles.element.find(defaults), our_styles().find(defaults))
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin, section.bottom_margin = Cm(1.8), Cm(1.8)
    section.header_distance = section.footer_distance = Cm(0.9)
    for setting in document.settings.element.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")
    drop_relationships(document.part.package.rels, RELATIONSHIP_TYPE.THUMBNAIL)
    # Lists and effects of the styles that were deleted.
    for kind in (RELATIONSHIP_TYPE.NUMBERING, _EFFECTS):
        drop_relationships(document.part.rels, kind)
    # The new table of fonts tells programs that lack a font what to use instead.
    substitute = "<w:family w:val='swiss'/><w:pitch w:val='variable'/>"
    fonts = "".join(f"<w:font w:name='{name}'>{substitute}</w:font>" for name in ("Arial", "Microsoft YaHei"))
    table = parse_xml(f"<w:fonts {nsdecls('w')}>{fonts}</w:fonts>")
    put_part(document, "fontTable", CONTENT_TYPE.WML_FONT_TABLE, RELATIONSHIP_TYPE.FONT_TABLE, table)


def drop_relationships(relationships: Relationships, kind: str) -> None:
    """Drops the parts of one relationship type, so that another can take their place."""
    for key in [key for key, relationship in relationships.items() if relationship.reltype == kind]:
        del relationships[key]


def put_part(document: Document, name: str, content_type: str, kind: str, root: BaseOxmlElement) -> None:
    """Puts a part into a document, in place of those of its relationship type that the template may have."""
    part = document.part
    drop_relationships(part.rels, kind)
    part.relate_to(XmlPart(PackURI(f"/word/{name}.xml"), content_type, root, part.package), kind)


def _add_missing(document: Document) -> None:
    styles = document.styles
    base = styles.default(WD_STYLE_TYPE.PARAGRAPH)
    for style in our_styles().findall(qn("w:style")):
        if style.name_val in styles or BabelFish.internal2ui(style.name_val) in styles:
            continue
        based = style.find(qn("w:basedOn"))
        if based is not None and base is not None:
            based.set(qn("w:val"), base.style_id)
        elif based is not None:
            style.remove(based)
        styles.element.append(style)
