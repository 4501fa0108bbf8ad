"""Word files (DOCX): paragraphs and table cells in their order.

The walk goes over the document's elements, as python-docx's `iter_inner_content` does, but also enters
content controls, tracked insertions and text boxes, whose words that method leaves out.
"""

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from zipfile import BadZipFile, LargeZipFile, ZipFile

from docx import Document
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from ingest.errors import LoadError
from ingest.loaders.loaded import Extract, LoadLimits, check_length, check_not_blank, encodable

# What broken archives and parts raise; lxml's errors on malformed XML are SyntaxErrors.
_FAILURES = (
    BadZipFile,
    LargeZipFile,
    OpcError,
    AttributeError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)

_PARAGRAPH = qn("w:p")
_TEXT = qn("w:t")
_TEXT_BOX = qn("w:txbxContent")
# Deleted and moved-away words are no longer said; a fallback repeats the text box before it;
# section properties hold no text.
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_LEFT_OUT = frozenset({qn("w:del"), qn("w:moveFrom"), qn("w:sectPr"), qn("w:pPr"), qn("w:rPr"), _FALLBACK})
_MARKS = {
    qn("w:tab"): "\t",
    qn("w:br"): "\n",
    qn("w:cr"): "\n",
    qn("w:noBreakHyphen"): "\u2011",
    qn("w:softHyphen"): "\u00ad",
}


def load_docx(data: bytes, name: str, limits: LoadLimits) -> Extract:
    """Extract a Word file's text; paragraphs are separated by blank lines, headers and footers left out.

    Args:
        data: The file's bytes.
        name: Its name, for messages.
        limits: The most bytes it may unpack to and the most characters it may hold.

    Raises:
        LoadError: If it is damaged, protected, or too large.
        EmptyFileError: If it holds no text.
    """
    try:
        with ZipFile(BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > limits.max_unpacked_bytes:
            raise LoadError(
                f"{name!r} unpacks to {unpacked:,} bytes, more than {limits.max_unpacked_bytes:,}; "
                "save it without its images, or raise max_unpacked_bytes"
            )
        body = Document(BytesIO(data)).element.body
        paragraphs = [text for text in _paragraphs(body) if text.strip()]
    except _FAILURES as exc:
        hint = "protected by a password" if data.startswith(b"\xd0\xcf\x11\xe0") else "damaged"
        raise LoadError(f"{name!r} is not a readable Word file, it may be {hint}; save it as .docx") from exc
    text = encodable("\n\n".join(paragraphs))
    check_length(len(text), name, limits)
    check_not_blank(text, name)
    return Extract(text=text)


def _paragraphs(parent: BaseOxmlElement) -> Iterator[str]:
    """Yield the paragraphs under an element, entering tables, content controls and the like."""
    for element in parent.iterchildren():
        if element.tag in _LEFT_OUT:
            continue
        if element.tag == _PARAGRAPH:
            yield "".join(_runs(element)).strip("\n")
            for box in element.iter(_TEXT_BOX):
                if not any(ancestor.tag == _FALLBACK for ancestor in box.iterancestors()):
                    yield from _paragraphs(box)
        else:
            yield from _paragraphs(element)


def _runs(parent: BaseOxmlElement) -> Iterator[str]:
    """Yield the words of a paragraph, hyperlinks and tracked insertions included."""
    for element in parent.iterchildren():
        if element.tag in _LEFT_OUT or element.tag == _TEXT_BOX:
            continue
        if element.tag == _TEXT:
            yield element.text or ""
        elif element.tag in _MARKS:
            yield _MARKS[element.tag]
        else:
            yield from _runs(element)
