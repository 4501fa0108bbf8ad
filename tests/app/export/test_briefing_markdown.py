"""Markdown: quotations word for word, and no active markup from a source."""

import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from app.briefing.cells import Briefing
from app.export.briefing_lines import Sayings, arrange
from app.export.briefing_markdown import inert, markdown_bytes
from app.export.characters import in_marks, visible
from app.export.plots import describe_timeline
from tests.cases import Cases
from tests.fakes_briefing import fake_briefing

cases = Cases(__file__)

HOSTILE = cases.tuples("HOSTILE")


def parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def quotations(markdown: str) -> list[str]:
    """Returns the text of the block quotes as a reader sees it, without footnote marks."""
    shown, depth = [], 0
    for token in parser().parse(markdown):
        depth += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if depth and token.type == "inline":
            words = (
                "\n" if child.type in ("softbreak", "hardbreak") else child.content for child in token.children or ()
            )
            shown.append(re.sub(r"\[\^\d+\]$", "", "".join(words)))
    return shown


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_shown_as_it_is(text: str) -> None:
    tokens = parser().parse(inert(text))
    assert {token.type for token in tokens} == {"paragraph_open", "inline", "paragraph_close"}
    children = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in children} <= {"text", "softbreak", "text_special"}
    shown = "".join("\n" if child.type == "softbreak" else child.content for child in children)
    # Spaces at the start of a line have no meaning in a paragraph.
    assert shown == re.sub(r"(?m)^ +", "", text)


def test_every_quotation_stands_whole(briefing: Briefing) -> None:
    shown = quotations(markdown_bytes(briefing).decode())
    expected = [
        "{}{}{}".format(*(lambda marks: (marks[0], visible(c.quote), marks[1]))(in_marks(c.quote, c.language)))
        for c in briefing.citations
    ]
    assert shown == [*expected, expected[1], expected[0], expected[1]]


@pytest.mark.parametrize(
    ("quote", "words", "is_bold"),
    [
        ("关于引渡，岚海今天不表明立场。我们正在审议。", "关于引渡，岚海今天不表明立场。", False),
        ("我们支持《公约》的实施。", "支持《公约》", False),
        ("我们支持引渡。", "支持", True),
        ("We (support) this.", "(support)", True),
        ("We support this.", "support ", False),
    ],
)
def test_words_in_bold_have_no_stars_beside_them(briefing: Briefing, quote: str, words: str, is_bold: bool) -> None:
    first, cell = replace(briefing.citation(1), quote=quote, start=0, end=len(quote)), briefing.cells[0]
    start = quote.index(words)
    told = replace(cell.words[0], citation=1, start=start, end=start + len(words), text=words)
    changed = replace(
        briefing, citations=(first, *briefing.citations[1:]), cells=(replace(cell, words=(told,)), *briefing.cells[1:])
    )
    markdown = markdown_bytes(changed).decode()
    assert quote in quotations(markdown)[0]
    assert (f"**{words}**" in markdown) == is_bold


def test_each_citation_has_a_note_and_is_referred_to(briefing: Briefing) -> None:
    text = markdown_bytes(briefing).decode()
    say = Sayings(briefing)
    for citation in briefing.citations:
        note = f"[^{citation.number}]"
        assert text.count(f"\n\n{note}: ") == 1 and text.index(note) < text.index(f"\n\n{note}: ")
        assert f"{note}: {inert(say.reference(citation))}" in text


def test_tables_have_as_many_cells_in_every_row(briefing: Briefing) -> None:
    html = parser().render(markdown_bytes(briefing).decode())
    tables = re.findall(r"<table>.*?</table>", html, re.DOTALL)
    assert len(tables) == 2
    for table, columns in zip(tables, (3, 5), strict=True):
        rows = re.findall(r"<tr>.*?</tr>", table, re.DOTALL)
        assert {len(re.findall(r"<t[hd]", row)) for row in rows} == {columns}
    assert "&lt;img src=x onerror=alert(1)&gt;|XHO.txt" in tables[1]


def test_a_picture_is_told_in_words(briefing: Briefing) -> None:
    over_time = markdown_bytes(briefing).decode().partition("## Over time")[2]
    assert describe_timeline(briefing).split(". ")[1] in over_time.partition("\n#")[0]


def test_nothing_of_a_source_is_html_or_a_link(briefing: Briefing) -> None:
    html = parser().render(markdown_bytes(briefing).decode())
    assert "<script" not in html and "<img" not in html and "<a " not in html


@pytest.mark.parametrize("form", ["one_pager", "talking_points"])
def test_points_stand_with_their_quotations(form: str) -> None:
    briefing = arrange(fake_briefing(), form)  # type: ignore[arg-type]
    text = markdown_bytes(briefing, form=form).decode()  # type: ignore[arg-type]
    assert [words[1:-1] for words in quotations(text)] == [c.quote for c in briefing.citations]
    assert "**Arvandia (fictional), 14–18 October 2024**:" in text and ("supports: Arvandia" in text) == (
        form == "one_pager"
    )


@pytest.mark.parametrize(("language", "lead"), [("en", ": "), ("fr", "\N{NO-BREAK SPACE}: "), ("zh", "：")])
def test_labels_stand_before_the_colon_of_the_language(briefing, language, lead):
    spoken = replace(briefing, language=language)
    gaps = [label for label, _ in Sayings(spoken).gaps()]
    written = markdown_bytes(spoken).decode()
    assert gaps and all(f"**{inert(label)}**{lead}" in written for label in gaps)
