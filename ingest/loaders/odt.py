"""OpenDocument text (ODT): paragraphs and cells in their order, notes after them; deleted words are left out."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ingest.errors import LoadError
from ingest.loaders.archive import ZIP_FAILURES, open_zip
from ingest.loaders.lists_and_tables import Paragraph, table_of, written_out
from ingest.loaders.loaded import Extract, LoadLimits, checked, refusing
from ingest.text.page_furniture import with_notes

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_PARAGRAPHS = frozenset((f"{_TEXT}p", f"{_TEXT}h"))
_ITEM = f"{_TEXT}list-item"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_CELLS = frozenset((f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"))
_TRACKED = f"{_TEXT}tracked-changes"
_NOTE_BODY = f"{_TEXT}note-body"
# Elements left out: annotations are remarks of readers, ruby is a pronunciation, notes are written out after the text.
# Deleted words stand in `_TRACKED`, which is removed from the tree before.
_LEFT_OUT = frozenset(
    f"{_TEXT}{name}"
    for name in (
        "note-citation", "note-body", "sequence-decls", "variable-decls", "user-field-decls", "hidden-text",
        "hidden-paragraph", "ruby-text", "index-source", "table-of-content-source", "alphabetical-index-source",
    )
) | {f"{_OFFICE}annotation", f"{_OFFICE}forms", f"{_OFFICE}scripts"}  # fmt: skip
_MANIFEST = "META-INF/manifest.xml"
_DEEPEST = 400


def load_odt(data: bytes, name: str, limits: LoadLimits) -> Extract:
    """Extract an OpenDocument text; paragraphs are separated by blank lines, headers and footers left out."""
    damaged = f"{name!r} is not a readable OpenDocument text, it may be damaged; save it again"
    archive = open_zip(data, name, limits, what="OpenDocument text")
    with archive, refusing((*ZIP_FAILURES, ParseError), damaged):
        content = archive.read("content.xml")
        if _MANIFEST in archive.namelist() and b"encryption-data" in archive.read(_MANIFEST):
            raise LoadError(f"{name!r} is protected by a password; save a copy without protection")
        harmful = f"{name!r} defines XML entities, as files made to do harm do; save it again"
        with refusing((DefusedXmlException,), harmful):
            root = fromstring(content, forbid_dtd=True)
    body: Element | None = root.find(f"{_OFFICE}body/{_OFFICE}text")
    if body is None:
        raise LoadError(f"{name!r} is an OpenDocument file, but not a text; save it as .odt or .docx")
    _check_depth(body, name)
    for parent in list(body.iter()):
        for child in [child for child in parent if child.tag == _TRACKED]:
            parent.remove(child)
    with refusing((ValueError,), damaged):
        notes = (paragraph for note in body.iter(_NOTE_BODY) for paragraph in _paragraphs(note))
        text = with_notes(written_out(_paragraphs(body)), written_out(notes))
    return Extract(text=checked(text, name, limits))


def _check_depth(body: Element, name: str) -> None:
    stack = [(body, 0)]
    while stack:
        element, depth = stack.pop()
        if depth > _DEEPEST:
            raise LoadError(f"{name!r} is nested too deep to be read; save it again")
        stack += [(child, depth + 1) for child in element]


def _paragraphs(parent: Element, *, listed: bool = False) -> Iterator[Paragraph]:
    for element in parent:
        if element.tag in _LEFT_OUT:
            continue
        if element.tag == f"{_TABLE}table":
            rows = ([cell for cell in row if cell.tag in _CELLS] for row in _rows(element))
            yield from table_of([[[*_paragraphs(cell)] for cell in cells] for cells in rows])
            continue
        if element.tag in _PARAGRAPHS:
            yield Paragraph("".join(_words(element)), listed)
        # Paragraphs inside a paragraph are those of its text boxes; the header of a list is not one of its items.
        yield from _paragraphs(element, listed=element.tag == _ITEM or (listed and element.tag not in _PARAGRAPHS))


def _rows(parent: Element) -> Iterator[Element]:
    """Yield the rows of a table, also of its groups of rows."""
    for element in parent:
        yield from (element,) if element.tag == f"{_TABLE}table-row" else _rows(element)


def _words(element: Element) -> Iterator[str]:
    """Yield the words of a paragraph without its notes and text boxes, which are written out separately."""
    yield element.text or ""
    for child in element:
        if child.tag == f"{_TEXT}s":
            yield " " * min(int(child.get(f"{_TEXT}c") or 1), 100)
        elif child.tag == f"{_TEXT}tab":
            yield "\t"
        elif child.tag == f"{_TEXT}line-break":
            yield "\n"
        elif child.tag not in _LEFT_OUT | _PARAGRAPHS:
            yield from _words(child)
        yield child.tail or ""
