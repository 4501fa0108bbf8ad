"""Makes Word files for tests, with footnotes, which python-docx has no way to write."""

from io import BytesIO
from typing import Any

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.text.paragraph import Paragraph

_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"


def with_footnotes(document: Any, notes: dict[Paragraph, str]) -> Any:
    """Adds a footnote at the end of each paragraph."""
    root = parse_xml(f"<w:footnotes {nsdecls('w')}/>")
    for number, (paragraph, text) in enumerate(notes.items(), 2):
        mark = OxmlElement("w:footnoteReference")
        mark.set(qn("w:id"), str(number))
        paragraph.add_run()._r.append(mark)
        note = parse_xml(f"<w:footnote {nsdecls('w')} w:id='{number}'><w:p><w:r><w:t/></w:r></w:p></w:footnote>")
        next(note.iter(qn("w:t"))).text = text
        root.append(note)
    from lxml import etree

    part = Part(PackURI("/word/footnotes.xml"), _CONTENT_TYPE, etree.tostring(root), document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    return document


def saved(document: Any) -> bytes:
    """Returns a document's bytes."""
    data = BytesIO()
    document.save(data)
    return data.getvalue()


def new_document() -> Any:
    """Returns an empty document."""
    return Document()
