"""An answer or a conversation as a Word or Markdown file: each question a heading, a footnote for every quotation."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from docx.text.paragraph import Paragraph
from markdown_it.token import Token

from app.answering.recheck import MARKER
from app.export.briefing_markdown import on_one_line
from app.export.characters import right_to_left
from app.export.docx_pages import Pages
from app.export.docx_styles import QUOTATION
from app.export.docx_text import add_text
from app.export.markdown_parser import MARKERS, answer_parser


@dataclass(frozen=True, kw_only=True)
class ExportedTurn:
    """A question and its answer."""

    question: str
    answer: str
    """Markdown with `[1]` markers."""
    language: str
    references: Mapping[int, str]
    """Text of the footnotes, by number of the marker."""
    languages: Mapping[int, str | None] = field(default_factory=dict)
    """Languages of the quotations, by number of the marker."""


def conversation_markdown(title: str, turns: Sequence[ExportedTurn]) -> bytes:
    """Returns a Markdown file in UTF-8 with footnotes, numbered through the conversation."""
    parts, notes, counted = [f"# {on_one_line(title)}"], list[str](), count(1)
    for turn in turns:
        numbers = dict(zip(turn.references, counted, strict=False))

        def marked(match: re.Match[str], numbers: Mapping[int, int] = numbers) -> str:
            number = numbers.get(int(match[1]))
            return match[0] if number is None else f"[^{number}]"

        parts += [f"## {on_one_line(turn.question)}", MARKER.sub(marked, turn.answer)]
        notes += [f"[^{numbers[number]}]: {on_one_line(text)}" for number, text in turn.references.items()]
    return ("\n\n".join((*parts, *notes)) + "\n").encode()


def conversation_docx(title: str, turns: Sequence[ExportedTurn], made: str) -> bytes:
    """Returns a Word file of at least one turn, dated `made` (ISO 8601), with footnotes numbered through."""
    pages = Pages(None, turns[0].language)
    pages.text(title, "Title")
    counted = count(1)
    for turn in turns:
        pages.heading(turn.question, 2)
        write_answer(pages, turn, dict(zip(turn.references, counted, strict=False)))
    return pages.save(title, made)


def write_answer(pages: Pages, turn: ExportedTurn, numbers: Mapping[int, int]) -> None:
    """Writes the blocks of an answer, or of a report, as paragraphs; `numbers` gives footnotes by marker."""
    quoted = listed = 0
    before = ""
    # Kept with a quotation: its attribution, and the line before that, such as "Arvandia, as a member of the Group:".
    lead_lines: list[Paragraph] = []
    for token in answer_parser().enable("strikethrough").parse(turn.answer, {MARKERS: numbers}):
        if token.type.startswith("blockquote"):
            quoted += token.nesting
            for lead in lead_lines:
                lead.paragraph_format.keep_with_next = True
        elif token.type.startswith(("bullet_list", "ordered_list")):
            listed += token.nesting
        elif token.type == "inline" and before == "heading_open":
            pages.heading("".join(child.content for child in token.children or ()), 2)
        elif token.type == "inline":
            written = _write_block(pages, turn, numbers, token, quoted=bool(quoted), lead="• " if listed else "")
            lead_lines = [] if quoted else [*lead_lines[-1:], written]
        before = token.type


def _write_block(
    pages: Pages, turn: ExportedTurn, numbers: Mapping[int, int], block: Token, *, quoted: bool, lead: str
) -> Paragraph:
    children = block.children or []
    cited = [int(token.content) for token in children if token.type == "marker"]
    # Without a language, the first letter of a quotation gives its direction.
    language = next((turn.languages.get(number) for number in cited), None) if quoted else turn.language
    paragraph = pages.paragraph(QUOTATION if quoted else None, rtl=right_to_left(block.content, language))
    bold = italic = struck = 0
    if lead:
        add_text(paragraph, lead, language)
    for token, following in zip(children, [*children[1:], None], strict=False):
        bold += token.nesting if token.type.startswith("strong") else 0
        italic += token.nesting if token.type.startswith("em_") else 0
        struck += token.nesting if token.type in ("s_open", "s_close") else 0
        before_note = following is not None and following.type == "marker"
        text = token.content.rstrip() if before_note else token.content
        if token.type in ("softbreak", "hardbreak"):
            add_text(paragraph, " ", language)
        elif token.type == "marker":
            number = int(token.content)
            pages.notes.refer(paragraph, numbers[number], turn.references[number], turn.language)
        elif text:
            run = add_text(paragraph, text, language, bold=bool(bold) or None, italic=bool(italic) or None)
            run.font.strike = bool(struck) or None
    return paragraph
