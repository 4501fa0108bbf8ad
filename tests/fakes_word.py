"""Makes Word files for tests, with footnotes, which python-docx cannot write."""

from collections.abc import Mapping, Sequence
from html import escape
from io import BytesIO
from typing import Any

from docx import Document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.text.paragraph import Paragraph


def with_footnotes(document: Any, notes: Mapping[Paragraph, str]) -> Any:
    """Adds a footnote at the end of each paragraph."""
    body = '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    for number, (paragraph, text) in enumerate(notes.items(), 1):
        mark = f'<w:r {nsdecls("w")}><w:footnoteReference w:id="{number}"/></w:r>'
        paragraph._p.append(parse_xml(mark))
        words = f"<w:r><w:footnoteRef/></w:r><w:r><w:t>{escape(text)}</w:t></w:r>"
        body += f'<w:footnote w:id="{number}"><w:p>{words}</w:p></w:footnote>'
    blob = f"<w:footnotes {nsdecls('w')}>{body}</w:footnotes>".encode()
    part = Part(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, blob, document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    return document


def with_table(document: Any, rows: Sequence[Sequence[str]]) -> Any:
    """Adds a table of these cells."""
    table = document.add_table(len(rows), len(rows[0]))
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    return document


def saved(document: Any) -> bytes:
    """Returns a document's bytes."""
    data = BytesIO()
    document.save(data)
    return data.getvalue()


def new_document() -> Any:
    """Returns an empty document."""
    return Document()
