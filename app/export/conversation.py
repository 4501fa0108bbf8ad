"""A conversation as a document: each question with its answer, and a footnote for every quotation."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from docx.text.paragraph import Paragraph
from markdown_it.token import Token

from app.answering.today import MARKER
from app.export.answer_markdown import MARKERS, answer_parser
from app.export.characters import right_to_left
from app.export.docx_pages import Pages
from app.export.docx_styles import QUOTATION
from app.export.docx_text import add_text
from app.export.markdown import on_one_line


@dataclass(frozen=True, kw_only=True)
class ExportedTurn:
    """A question and its answer.

    Attributes:
        answer: Markdown with `[1]` markers.
        references: Of the markers, by number.
        languages: Of the quotations, by number.
    """

    question: str
    answer: str
    language: str
    references: Mapping[int, str]
    languages: Mapping[int, str | None] = field(default_factory=dict)


def conversation_markdown(title: str, turns: Sequence[ExportedTurn]) -> bytes:
    """Returns a Markdown file in UTF-8 with footnotes, numbered through the conversation."""
    parts, notes = [f"# {on_one_line(title)}"], list[str]()
    for turn in turns:
        first = len(notes)
        numbers = {number: first + place for place, number in enumerate(turn.references, 1)}

        def marked(match: re.Match[str], numbers: Mapping[int, int] = numbers) -> str:
            number = numbers.get(int(match[1]))
            return match[0] if number is None else f"[^{number}]"

        parts += [f"## {on_one_line(turn.question)}", MARKER.sub(marked, turn.answer)]
        notes += [f"[^{numbers[number]}]: {on_one_line(text)}" for number, text in turn.references.items()]
    return ("\n\n".join((*parts, *notes)) + "\n").encode()


def conversation_docx(title: str, turns: Sequence[ExportedTurn], made: str) -> bytes:
    """Returns a Word file with footnotes, numbered through the conversation.

    Args:
        title: Of the conversation.
        turns: Its questions, at least one.
        made: When, ISO 8601.
    """
    pages = Pages(None, turns[0].language)
    pages.text(title, "Title")
    before = 0
    for turn in turns:
        pages.heading(turn.question, 2)
        _DocxAnswer(pages, turn, before).write()
        before += len(turn.references)
    return pages.save(title, made)


class _DocxAnswer:
    """Writes the blocks of an answer as paragraphs."""

    def __init__(self, pages: Pages, turn: ExportedTurn, before: int) -> None:
        self._pages = pages
        self._turn = turn
        self._numbers = {number: before + place for place, number in enumerate(turn.references, 1)}

    def write(self) -> None:
        quoted = 0
        listed: list[str] = []
        # Who said it, and before that "Arvandia, as a member of the Group:".
        leads: list[Paragraph] = []
        for token in answer_parser().parse(self._turn.answer, {MARKERS: self._numbers}):
            if token.type.startswith("blockquote"):
                quoted += token.nesting
                for lead in leads:
                    lead.paragraph_format.keep_with_next = True
            elif token.type in ("bullet_list_open", "ordered_list_open"):
                listed.append("•")
            elif token.type in ("bullet_list_close", "ordered_list_close"):
                listed.pop()
            elif token.type == "inline":
                written = self._block(token, quoted=bool(quoted), lead=f"{listed[-1]} " if listed else "")
                leads = [] if quoted else [*leads[-1:], written]

    def _block(self, block: Token, *, quoted: bool, lead: str) -> Paragraph:
        children = block.children or []
        numbers = [int(token.content) for token in children if token.type == "marker"]
        own = self._turn.language
        language = next((self._turn.languages.get(number) for number in numbers if quoted), None) or own
        paragraph = self._pages.paragraph(QUOTATION if quoted else None, rtl=right_to_left(block.content, language))
        bold = italic = 0
        if lead:
            add_text(paragraph, lead, language)
        for token, following in zip(children, [*children[1:], None], strict=False):
            bold += token.nesting if token.type.startswith("strong") else 0
            italic += token.nesting if token.type.startswith("em_") else 0
            before_note = following is not None and following.type == "marker"
            text = token.content.rstrip() if before_note else token.content
            if token.type in ("softbreak", "hardbreak"):
                add_text(paragraph, " ", language)
            elif token.type == "marker":
                number = int(token.content)
                reference = self._turn.references[number]
                self._pages.notes.refer(paragraph, self._numbers[number], reference, self._turn.language)
            elif text:
                add_text(paragraph, text, language, bold=bool(bold) or None, italic=bool(italic) or None)
        return paragraph
