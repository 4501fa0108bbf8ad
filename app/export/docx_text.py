"""Words, fields and marks of a Word file: runs with language and direction, bookmarks, cross-references.

Source of element names and their order: ECMA-376 Part 1, 17 (WordprocessingML).
"""

from collections.abc import Sequence
from typing import Final, cast

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from app.export.characters import east_asian, right_to_left, visible

# Languages that spelling checkers want with a region; others go by their code.
_TAGS: Final = {"en": "en-GB", "fr": "fr-FR", "es": "es-ES", "ru": "ru-RU", "ar": "ar-SA", "zh": "zh-CN"}


def element(tag: str, **attributes: str) -> BaseOxmlElement:
    """Returns an element such as `w:lang` with attributes of the same namespace."""
    prefix = tag.partition(":")[0]
    named = {qn(f"{prefix}:{name}"): value for name, value in attributes.items()}
    return cast(BaseOxmlElement, OxmlElement(tag, attrs=named))


def set_direction(paragraph: Paragraph, *, rtl: bool) -> Paragraph:
    """Sets the text direction of a new paragraph, which has only a style yet, and returns the paragraph."""
    paragraph._p.get_or_add_pPr().append(element("w:bidi", val="1" if rtl else "0"))
    return paragraph


def add_text(
    paragraph: Paragraph,
    text: str,
    language: str | None,
    *,
    bold: bool | None = None,
    italic: bool | None = None,
    rtl: bool | None = None,
) -> Run:
    """Adds a run with its language; characters that XML forbids are made visible (see `visible`).

    None as `rtl` leaves the direction to the language, None as `bold` or `italic` leaves it to the style.
    """
    run = paragraph.add_run(visible(text))
    run.bold, run.italic = bold, italic
    # Arabic words stand in runs of other languages, too.
    run.font.cs_bold, run.font.cs_italic = bold, italic
    leftwards = right_to_left(text, language) if rtl is None else rtl
    if leftwards:
        run.font.rtl = True
    properties = run._r.get_or_add_rPr()
    if east_asian(text):
        properties.get_or_add_rFonts().set(qn("w:hint"), "eastAsia")
    tag = _TAGS.get(language or "", language)
    if tag:
        kind = "bidi" if leftwards else "eastAsia" if east_asian(text) else "val"
        properties.append(element("w:lang", **{kind: tag}))
    return run


def add_field(paragraph: Paragraph, instruction: str, shown: str, language: str) -> tuple[Run, ...]:
    """Adds a field with the text that it shows until a program computes it anew; returns its runs."""
    begin, instructed, between, shows, end = (add_text(paragraph, text, language) for text in ("", "", "", shown, ""))
    for run, kind in ((begin, "begin"), (between, "separate"), (end, "end")):
        run._r.append(element("w:fldChar", fldCharType=kind))
    node = element("w:instrText")
    node.set(qn("xml:space"), "preserve")
    node.text = f" {instruction} "
    instructed._r.append(node)
    return begin, instructed, between, shows, end


def bookmark(runs: Sequence[Run], name: str, number: int) -> None:
    """Sets a bookmark around neighbouring runs; its number must be unique in the document."""
    runs[0]._r.addprevious(element("w:bookmarkStart", id=str(number), name=name))
    runs[-1]._r.addnext(element("w:bookmarkEnd", id=str(number)))


def link(runs: Sequence[Run], anchor: str) -> None:
    """Makes neighbouring runs a link to a bookmark."""
    hyperlink = element("w:hyperlink", anchor=anchor, history="1")
    runs[0]._r.addprevious(hyperlink)
    hyperlink.extend(run._r for run in runs)
