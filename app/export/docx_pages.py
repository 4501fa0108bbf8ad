"""Pages of a Word file: title, table of contents, headings, sections, pictures, footnotes, footer.

Source of what python-docx has no interface for: ECMA-376 Part 1, 17.11 (Footnotes and Endnotes).
"""

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_DIRECTION
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import Section
from docx.shared import Cm, Emu, Length
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from PIL import Image

from app.export.characters import right_to_left, visible
from app.export.docx_styles import TABLE, open_template, put_part
from app.export.docx_text import add_field, add_text, bookmark, element, link, set_direction
from app.export.office_package import utc_time, without_times

# Beside a picture, a page also holds a heading and a caption.
_BESIDE_PICTURE: Final = Cm(3)
# Ids of the separator lines between text and footnotes; footnotes count from 1.
_SEPARATORS: Final = {"separator": "-1", "continuationSeparator": "0"}
# First bookmark number of footnotes, which share one range of numbers with headings.
_FIRST_BOOKMARK: Final = 10_000
# Elements that the schema has after `w:footnotePr` in the settings, as far as templates commonly have them.
_AFTER_NOTES: Final = (
    "w:endnotePr", "w:compat", "w:docVars", "w:rsids", "m:mathPr", "w:attachedSchema", "w:themeFontLang",
    "w:clrSchemeMapping", "w:doNotIncludeSubdocsInStats", "w:shapeDefaults", "w:decimalSymbol", "w:listSeparator",
)  # fmt: skip


class Pages:
    """A Word file that is written from top to bottom.

    `page_numbers` are the pages of headings, by bookmark, for the table of contents, which otherwise shows none.
    """

    def __init__(self, template: Path | None, language: str, page_numbers: Mapping[str, int] | None = None) -> None:
        self.document = open_template(template)
        self.notes = Footnotes(self.document)
        self.language = language
        self._ours = template is None
        self._page_numbers = page_numbers or {}
        self._rtl = right_to_left("", language)
        # Text, level and bookmark of each heading.
        self._headings: list[tuple[str, int, str]] = []
        self._contents: Paragraph | None = None
        if self._rtl:
            properties = self.section._sectPr
            properties.insert_element_before(element("w:bidi"), "w:rtlGutter", "w:docGrid", "w:printerSettings")

    @property
    def section(self) -> Section:
        """The section that is written now."""
        return self.document.sections[-1]

    @property
    def width(self) -> Length:
        """The width of the text in the current section."""
        return _text_width(self.section)

    def text(self, text: str, style: str) -> Paragraph:
        """Adds a paragraph of the document's own words."""
        paragraph = self.paragraph(style, rtl=self._rtl)
        if text:
            add_text(paragraph, text, self.language)
        return paragraph

    def paragraph(self, style: str | None, *, rtl: bool, cell: _Cell | None = None) -> Paragraph:
        """Adds an empty paragraph to the page or to a cell, whose first one exists from the beginning."""
        if cell is not None and len(cell.paragraphs) == 1 and not cell.paragraphs[0].runs:
            paragraph = cell.paragraphs[0]
        else:
            paragraph = (cell or self.document).add_paragraph()
        paragraph.style = self.document.styles[style] if style else None
        return set_direction(paragraph, rtl=rtl)

    def table(self, widths: Sequence[float]) -> Table:
        """Adds a table without rows; the `widths` of its columns are relative."""
        table: Table = self.document.add_table(rows=0, cols=len(widths))
        table.style = self.document.styles[TABLE]
        table.autofit = False
        if self._rtl:
            table.table_direction = WD_TABLE_DIRECTION.RTL
        for column, part in zip(table.columns, widths, strict=True):
            column.width = Emu(int(self.width * part / sum(widths)))
        return table

    def heading(self, text: str, level: int) -> None:
        """Adds a heading that the table of contents lists, unless it has no text; levels are 1 and 2."""
        if not text.strip():
            return
        paragraph = self.text(text, f"Heading {level}")
        anchor = f"_Toc{len(self._headings) + 1:06}"
        bookmark(paragraph.runs, anchor, len(self._headings) + 1)
        self._headings.append((text, level, anchor))

    def contents(self, title: str) -> None:
        """Places the table of contents here; `save` fills it."""
        self.text(title, "TOC Heading")
        self._contents = self.paragraph("toc 1", rtl=self._rtl)

    def narrow_margins(self) -> None:
        """Narrows the margins for a document of one page; those of a house template stay."""
        if self._ours:
            section = self.section
            section.left_margin = section.right_margin = Cm(1.6)
            section.top_margin, section.bottom_margin = Cm(1.2), Cm(1.4)
            section.footer_distance = Cm(0.6)

    def set_orientation(self, *, landscape: bool) -> None:
        """Changes the orientation, on a new page unless the document is empty; no effect if it is the current one."""
        section = target = self.section
        if landscape == (section.orientation == WD_ORIENT.LANDSCAPE):
            return
        if self.document.paragraphs or self.document.tables:
            target = self.document.add_section(WD_SECTION.NEW_PAGE)
        target.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        target.page_width, target.page_height = section.page_height, section.page_width

    def picture(self, png: bytes, alt_text: str, caption: str) -> None:
        """Adds a picture, no larger than a page, with a text for those who cannot see it."""
        with Image.open(BytesIO(png)) as image:
            pixels, lines = image.size
        section = self.section
        height = (section.page_height or 0) - (section.top_margin or 0) - (section.bottom_margin or 0)
        width = min(self.width, int((height - _BESIDE_PICTURE) * pixels / lines))
        paragraph = self.paragraph(None, rtl=self._rtl)
        paragraph.paragraph_format.keep_with_next = True
        shape = paragraph.add_run().add_picture(BytesIO(png), width=Emu(width))
        properties = shape._inline.docPr
        properties.set("descr", visible(alt_text))
        properties.set("title", visible(caption))
        self.text(caption, "Caption")

    def save(self, title: str, made: str) -> bytes:
        """Finishes the document, dated `made` (ISO 8601), and returns its bytes; equal content gives equal bytes."""
        if self._contents is not None:
            self._fill_contents(self._contents)
        self.notes.attach()
        if self._ours:
            self._footer(title)
        properties = self.document.core_properties
        properties.title, properties.author, properties.last_modified_by = visible(title)[:255], "untoc", "untoc"
        properties.comments, properties.keywords, properties.language = "", "", self.language
        properties.created = properties.modified = utc_time(made)
        out = BytesIO()
        self.document.save(out)
        return without_times(out.getvalue(), utc_time(made))

    def _fill_contents(self, place: Paragraph) -> None:
        """Writes the entries as Word would, so that they exist before any program computes the field."""
        lines: list[Paragraph] = []
        for text, level, anchor in self._headings:
            line = self.paragraph(f"toc {level}", rtl=self._rtl)
            place._p.addprevious(line._p)
            runs = [add_text(line, text, self.language)]
            number = self._page_numbers.get(anchor)
            if number is not None:
                line.paragraph_format.tab_stops.add_tab_stop(self.width, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
                runs.append(add_text(line, "\t", self.language))
                runs.extend(add_field(line, f"PAGEREF {anchor} \\h", str(number), self.language))
            link(runs, anchor)
            lines.append(line)
        field = add_field(place, 'TOC \\o "1-2" \\h \\z \\u', "", self.language)
        first = lines[0]._p if lines else place._p
        for run in reversed(field[:3]):
            first.insert(1, run._r)
        # In this content control Word offers to update the table of contents as a whole.
        control = parse_xml(
            f"<w:sdt {nsdecls('w')}><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/>"
            "<w:docPartUnique/></w:docPartObj></w:sdtPr><w:sdtContent/></w:sdt>"
        )
        first.addprevious(control)
        control.find(qn("w:sdtContent")).extend(line._p for line in (*lines, place))

    def _footer(self, title: str) -> None:
        for section in self.document.sections:
            section.footer.is_linked_to_previous = False
            paragraph = set_direction(section.footer.paragraphs[0], rtl=self._rtl)
            stops = paragraph.paragraph_format.tab_stops
            for tab in paragraph.style.paragraph_format.tab_stops if paragraph.style else ():
                stops.add_tab_stop(tab.position, WD_TAB_ALIGNMENT.CLEAR)
            stops.add_tab_stop(_text_width(section), WD_TAB_ALIGNMENT.RIGHT)
            paragraph.style = self.document.styles["Briefing Note"]
            short = title if len(title) <= 90 else f"{title[:89]}…"
            add_text(paragraph, f"{short}\t", self.language)
            add_field(paragraph, "PAGE", "1", self.language)
            add_text(paragraph, " / ", self.language)
            add_field(paragraph, "NUMPAGES", "1", self.language)


def _text_width(section: Section) -> Length:
    return Emu((section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0))


class Footnotes:
    """The footnotes of a document: one per citation, numbered where they are first referred to."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._root = parse_xml(f"<w:footnotes {nsdecls('w', 'r')}/>")
        self._numbers: set[int] = set()
        for kind, identifier in _SEPARATORS.items():
            paragraph = self._paragraph_of(element("w:footnote", type=kind, id=identifier))
            paragraph.add_run()._r.append(element(f"w:{kind}"))

    def refer(self, paragraph: Paragraph, number: int, text: str, language: str) -> None:
        """Adds the mark of a citation's footnote; if the footnote has one already, adds a cross-reference to it."""
        if number in self._numbers:
            self.mention(paragraph, number, language)
            return
        self._numbers.add(number)
        mark = self._style(paragraph.add_run())
        mark._r.append(element("w:footnoteReference", id=str(number)))
        bookmark((mark,), f"_Note{number}", _FIRST_BOOKMARK + number)
        note = self._paragraph_of(element("w:footnote", id=str(number)))
        note.style = self._document.styles["footnote text"]
        set_direction(note, rtl=right_to_left(text, language))
        self._style(note.add_run())._r.append(element("w:footnoteRef"))
        add_text(note, f" {text}", language)

    def mention(self, paragraph: Paragraph, number: int, language: str) -> None:
        """Adds a cross-reference, by number, to a footnote whose mark is elsewhere, before or after."""
        # Adjacent marks would read as one number, so a comma separates them.
        if paragraph.runs and paragraph.runs[-1].style == self._document.styles["footnote reference"]:
            self._style(add_text(paragraph, ", ", language))
        for run in add_field(paragraph, f"NOTEREF _Note{number} \\f \\h", str(number), language):
            self._style(run)

    def _style(self, run: Run) -> Run:
        run.style = self._document.styles["footnote reference"]
        return run

    def _paragraph_of(self, note: BaseOxmlElement) -> Paragraph:
        paragraph = Paragraph(element("w:p"), self._document._body)
        note.append(paragraph._p)
        self._root.append(note)
        return paragraph

    def attach(self) -> None:
        """Puts the notes into the document, in place of those that its template may have."""
        put_part(self._document, "footnotes", CONTENT_TYPE.WML_FOOTNOTES, RELATIONSHIP_TYPE.FOOTNOTES, self._root)
        settings = self._document.settings.element
        for old in settings.findall(qn("w:footnotePr")):
            settings.remove(old)
        properties = element("w:footnotePr")
        properties.extend(element("w:footnote", id=identifier) for identifier in _SEPARATORS.values())
        settings.insert_element_before(properties, *_AFTER_NOTES)
