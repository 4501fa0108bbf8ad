"""Writes findings as comments into a copy of the checked Word file; the file itself is never changed."""

from copy import deepcopy
from io import BytesIO
from itertools import pairwise
from typing import Final

import regex
from docx import Document as open_word
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.text.run import Run

from app.checking.findings import CheckReport, Finding
from app.checking.findings_in_words import comment_text
from app.checking.reading.blocks import CheckedDocument, make_document
from app.checking.reading.word_blocks import WordParagraph, read_paragraph, word_paragraphs

_AUTHOR: Final = "untoc verify"
_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
# Characters that XML does not allow.
_FORBIDDEN: Final = regex.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def comment_word(data: bytes, report: CheckReport) -> bytes:
    """Returns a copy of a Word file in which each finding is a comment on exactly its quotation.

    A quotation in a note is commented at the note's mark in the text. One in a header, a footer or a text box, where
    Word allows no comments, is commented at the beginning of the document. Such comments begin with the quotation.
    """
    word = open_word(BytesIO(data))
    paragraphs = word_paragraphs(word)
    document = make_document([paragraph.block for paragraph in paragraphs])
    for finding in report.findings:
        own = _runs_of(finding, document, paragraphs)
        runs = own or _anchor(finding, document, paragraphs, word)
        if runs is not None:
            first, last = (Run(run, word) for run in runs)
            text = _FORBIDDEN.sub("\ufffd", comment_text(finding, report.language, elsewhere=own is None))
            word.add_comment([first, last], text=text, author=_AUTHOR, initials="u")
    saved = BytesIO()
    word.save(saved)
    return saved.getvalue()


def _runs_of(
    finding: Finding, document: CheckedDocument, paragraphs: list[WordParagraph]
) -> tuple[BaseOxmlElement, BaseOxmlElement] | None:
    """Returns the first and the last run of a quotation, split off from the text around it."""
    (start, _), (_, end) = finding.quotation.spans[0], finding.quotation.spans[-1]
    opening, closing = document.index_at(start), document.index_at(max(start, end - 1))
    if not (paragraphs[opening].anchored and paragraphs[closing].anchored) or start >= end:
        return None
    # A split leaves a run its first half, so that `first` stays valid where the end is cut off the same run.
    first = _cut(paragraphs[opening], start - document.blocks[opening].start, before=False)
    last = _cut(paragraphs[closing], end - document.blocks[closing].start, before=True)
    return None if first is None or last is None else (first, last)


def _cut(paragraph: WordParagraph, offset: int, *, before: bool) -> BaseOxmlElement | None:
    """Splits the run at an offset of a paragraph's text; returns the run that ends there (`before`) or begins there."""
    pieces = read_paragraph(paragraph.element, paragraph.looks)[0]
    for piece in pieces:
        if piece.start < offset < piece.end:
            return _split(piece.run, piece.element, offset - piece.start)[0 if before else 1]
    for left, right in pairwise(pieces):
        if left.end == offset == right.start and left.run is right.run:
            return _split(left.run, right.element, 0)[0 if before else 1]
    edges = [p.run for p in pieces if (p.end if before else p.start) == offset and p.end > p.start]
    return (edges[-1] if before else edges[0]) if edges else None


def _split(run: BaseOxmlElement, element: BaseOxmlElement, offset: int) -> tuple[BaseOxmlElement, BaseOxmlElement]:
    """Splits a run inside one of its elements, or right before it; both halves look alike."""
    copy = deepcopy(run)
    place = list(run).index(element)
    for child in list(copy)[:place]:
        if child.tag != qn("w:rPr"):
            copy.remove(child)
    second = next(child for child in copy if child.tag != qn("w:rPr"))
    for child in list(run)[place + 1 :]:
        run.remove(child)
    if offset:
        text = element.text or ""
        for half, words in ((element, text[:offset]), (second, text[offset:])):
            half.text = words
            half.set(_SPACE, "preserve")
    else:
        run.remove(element)
    run.addnext(copy)
    return run, copy


def _anchor(
    finding: Finding, document: CheckedDocument, paragraphs: list[WordParagraph], word: WordDocument
) -> tuple[BaseOxmlElement, BaseOxmlElement] | None:
    """Returns the run of the note's mark for a quotation in a note, else the first run with text, as first and last."""
    block = document.blocks[document.index_at(finding.quotation.spans[0][0])]
    if block.note_key is not None:
        kind, _, number = block.note_key.partition(" ")
        for mark in word.element.body.iter(qn(f"w:{kind}Reference")):
            parent = mark.getparent()
            if mark.get(qn("w:id")) == number and parent is not None and parent.tag == qn("w:r"):
                return parent, parent
    runs = (piece.run for paragraph in paragraphs if paragraph.anchored for piece in paragraph.pieces)
    first = next(runs, None)
    return None if first is None else (first, first)
