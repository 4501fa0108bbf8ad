"""Footnotes of a Word file, which python-docx has no interface for: the part, its relationship, styles and settings.

Source: ECMA-376 Part 1, 17.11 (Footnotes and Endnotes).
"""

from typing import Final

from docx.document import Document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import XmlPart
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from app.export.characters import right_to_left
from app.export.docx_styles import drop_relationships
from app.export.docx_text import add_field, add_text, bookmark, direct, element

# Ids of the lines between text and notes; notes count from 1.
_SEPARATORS: Final = {"separator": "-1", "continuationSeparator": "0"}
# Bookmarks of headings and notes share one range of numbers.
_FIRST_BOOKMARK: Final = 10_000
# What follows `w:footnotePr` in the settings, of what templates commonly have.
_AFTER_NOTES: Final = (
    "w:endnotePr", "w:compat", "w:docVars", "w:rsids", "m:mathPr", "w:attachedSchema", "w:themeFontLang",
    "w:clrSchemeMapping", "w:doNotIncludeSubdocsInStats", "w:shapeDefaults", "w:decimalSymbol", "w:listSeparator",
)  # fmt: skip


class Footnotes:
    """The footnotes of a document: one per citation, numbered where they are first referred to."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._root = parse_xml(f"<w:footnotes {nsdecls('w', 'r')}/>")
        self._numbers: set[int] = set()
        for kind, identifier in _SEPARATORS.items():
            note = element("w:footnote", type=kind, id=identifier)
            paragraph = Paragraph(element("w:p"), document._body)
            paragraph.add_run()._r.append(element(f"w:{kind}"))
            note.append(paragraph._p)
            self._root.append(note)

    def refer(self, paragraph: Paragraph, number: int, text: str, language: str) -> None:
        """Adds the mark of a citation's footnote; a note that has its mark already is referred to by its number."""
        if number in self._numbers:
            self.mention(paragraph, number, language)
            return
        self._numbers.add(number)
        mark = self._style(paragraph.add_run())
        mark._r.append(element("w:footnoteReference", id=str(number)))
        bookmark((mark,), _name(number), _FIRST_BOOKMARK + number)
        self._root.append(self._note(number, text, language))

    def mention(self, paragraph: Paragraph, number: int, language: str) -> None:
        """Adds the number of a footnote whose mark is elsewhere, before or after."""
        # Marks in a row would read as one number.
        if paragraph.runs and paragraph.runs[-1].style == self._document.styles["footnote reference"]:
            self._style(add_text(paragraph, ", ", language))
        for run in add_field(paragraph, f"NOTEREF {_name(number)} \\f \\h", str(number), language):
            self._style(run)

    def _style(self, run: Run) -> Run:
        run.style = self._document.styles["footnote reference"]
        return run

    def _note(self, number: int, text: str, language: str) -> BaseOxmlElement:
        note = element("w:footnote", id=str(number))
        paragraph = Paragraph(element("w:p"), self._document._body)
        paragraph.style = self._document.styles["footnote text"]
        direct(paragraph, rtl=right_to_left(text, language))
        self._style(paragraph.add_run())._r.append(element("w:footnoteRef"))
        add_text(paragraph, f" {text}", language)
        note.append(paragraph._p)
        return note

    def attach(self) -> None:
        """Puts the notes into the document, in place of those that its template may have."""
        part = self._document.part
        drop_relationships(part.rels, RELATIONSHIP_TYPE.FOOTNOTES)
        name = PackURI("/word/footnotes.xml")
        notes = XmlPart(name, CONTENT_TYPE.WML_FOOTNOTES, self._root, part.package)
        part.relate_to(notes, RELATIONSHIP_TYPE.FOOTNOTES)
        settings = self._document.settings.element
        for old in settings.findall(qn("w:footnotePr")):
            settings.remove(old)
        properties = element("w:footnotePr")
        properties.extend(element("w:footnote", id=identifier) for identifier in _SEPARATORS.values())
        settings.insert_element_before(properties, *_AFTER_NOTES)


def _name(number: int) -> str:
    return f"_Note{number}"
