"""Word files (DOCX): paragraphs and table cells in their order, notes after them.

The walk goes over the document's elements, as python-docx's `iter_inner_content` does, but also enters
content controls, tracked insertions and text boxes, whose words that method leaves out. Tracked changes are
resolved as accepted.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from io import BytesIO

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import OpcError
from docx.opc.part import Part
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement

from ingest.errors import LoadError
from ingest.loaders.archive import ZIP_FAILURES, open_zip
from ingest.loaders.lists_and_tables import Paragraph, table_of, written_out
from ingest.loaders.loaded import Extract, LoadLimits, checked, refusing
from ingest.text.page_furniture import with_notes

# Exceptions that broken parts raise; lxml's errors on malformed XML are SyntaxErrors.
_FAILURES = (*ZIP_FAILURES, OpcError, AttributeError, RecursionError, SyntaxError, TypeError)
_OLE = b"\xd0\xcf\x11\xe0"

_TEXT = frozenset((qn("w:t"), "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"))
_PARAGRAPH, _RUN, _TABLE, _ROW, _CELL = map(qn, ("w:p", "w:r", "w:tbl", "w:tr", "w:tc"))
_NUMBERING = ("w:pPr", "w:numPr")
# Elements left out: deleted and moved-away words; a fallback, which repeats the text box before it; properties, which
# hold no text; ruby, the pronunciation above a word.
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
LEFT_OUT = frozenset(map(qn, "w:del w:moveFrom w:sectPr w:pPr w:rPr w:tblPr w:rt".split())) | {FALLBACK}
MARKS = dict(
    zip(map(qn, "w:tab w:ptab w:br w:cr w:noBreakHyphen w:softHyphen".split()), "\t\t\n\n\u2011\u00ad", strict=True)
)
# Types of notes that hold only the line between text and notes.
_SEPARATORS = frozenset(("separator", "continuationSeparator", "continuationNotice"))
# Properties of runs whose words are hidden or struck out.
_HIDING = ("w:vanish", "w:strike", "w:dstrike")
_OFF = frozenset(("0", "false", "off"))


def load_docx(data: bytes, name: str, limits: LoadLimits) -> Extract:
    """Extract a Word file's text; paragraphs are separated by blank lines, headers and footers left out.

    Footnotes and endnotes come after the text, so that they interrupt no sentence.
    """
    if data.startswith(_OLE):
        raise LoadError(
            f"{name!r} is not a readable Word file: it is protected by a password or in the old format; "
            "save a copy without protection as .docx"
        )
    open_zip(data, name, limits, what="Word file").close()
    with refusing(_FAILURES, f"{name!r} is not a readable Word file, it may be damaged; save it as .docx"):
        document = Document(BytesIO(data))
        kinds = (RELATIONSHIP_TYPE.FOOTNOTES, RELATIONSHIP_TYPE.ENDNOTES)
        found = (note for kind in kinds for note in notes_of(document.part, kind))
        notes = written_out(paragraph for note in found for paragraph in _paragraphs(note))
        styles = _list_styles(document.styles.element)
        text = with_notes(written_out(_paragraphs(document.element.body, styles)), notes)
        if document.element.getroottree().docinfo.doctype:
            raise LoadError(f"{name!r} defines XML entities, as files made to do harm do; save it again")
    return Extract(text=checked(text, name, limits))


def _list_styles(styles: BaseOxmlElement) -> frozenset[str]:
    by_id = {style.get(qn("w:styleId")) or "": style for style in styles.iterchildren(qn("w:style"))}
    heirs: defaultdict[str | None, list[str]] = defaultdict(list)
    for name, style in by_id.items():
        heirs[_value(style, "w:basedOn")].append(name)
    listed = [name for name, style in by_id.items() if _is_numbered(style)]
    # The list grows while it is iterated, by the styles that are based on its members.
    for name in listed:
        listed += heirs.pop(name, ())
    return frozenset(listed)


def _is_listed(paragraph: BaseOxmlElement, styles: Collection[str]) -> bool:
    if paragraph.find("/".join(map(qn, _NUMBERING))) is not None:
        return _is_numbered(paragraph)
    return _value(paragraph, "w:pPr", "w:pStyle") in styles


def _is_numbered(element: BaseOxmlElement) -> bool:
    # The number 0 removes a paragraph from the list to which its style assigns it.
    return _value(element, *_NUMBERING, "w:numId") not in (None, "0")


def _value(element: BaseOxmlElement, *path: str) -> str | None:
    found = element.find("/".join(map(qn, path)))
    return None if found is None else found.get(qn("w:val"))


def notes_of(part: Part, kind: str) -> Iterator[BaseOxmlElement]:
    """Yield the notes of a document by the type of their relationship, without the lines between text and notes."""
    for relation in part.rels.values():
        if relation.reltype == kind and not relation.is_external:
            for note in parse_xml(relation.target_part.blob).iterchildren():
                if note.get(qn("w:type")) not in _SEPARATORS:
                    yield note


def _paragraphs(parent: BaseOxmlElement, styles: Collection[str] = ()) -> Iterator[Paragraph]:
    begun = ""
    for element in parent.iterchildren():
        if element.tag in LEFT_OUT:
            continue
        if element.tag == _TABLE:
            cells_of_rows = (
                [cell for cell in row.iterchildren() if next(cell.iter(_CELL), None) is not None]
                for row in _rows(element)
            )
            yield from table_of([[[*_paragraphs(cell, styles)] for cell in cells] for cells in cells_of_rows])
            continue
        if element.tag == _PARAGRAPH:
            text = begun + "".join(_runs(element))
            # If a tracked change deletes the end of a paragraph, its text continues in the next paragraph.
            begun = text if _is_marked(element, "w:pPr", "w:rPr", "w:del") else ""
            if not begun:
                yield Paragraph(text, _is_listed(element, styles))
        # Paragraphs inside a paragraph are those of its text boxes.
        yield from _paragraphs(element, styles)
    if begun:
        yield Paragraph(begun)


def _rows(parent: BaseOxmlElement) -> Iterator[BaseOxmlElement]:
    """Yield the rows of a table, also those inside content controls, without deleted ones."""
    for element in parent.iterchildren():
        if element.tag != _ROW:
            yield from () if element.tag in LEFT_OUT else _rows(element)
        elif not _is_marked(element, "w:trPr", "w:del"):
            yield element


def _runs(parent: BaseOxmlElement) -> Iterator[str]:
    for element in parent.iterchildren():
        if element.tag in LEFT_OUT or element.tag == _PARAGRAPH:
            continue
        if element.tag == _RUN and any(_is_marked(element, "w:rPr", mark) for mark in _HIDING):
            continue
        if element.tag in _TEXT:
            yield element.text or ""
        elif element.tag in MARKS:
            yield MARKS[element.tag]
        else:
            yield from _runs(element)


def _is_marked(element: BaseOxmlElement, *path: str) -> bool:
    found = element.find("/".join(qn(step) for step in path))
    return found is not None and found.get(qn("w:val")) not in _OFF
