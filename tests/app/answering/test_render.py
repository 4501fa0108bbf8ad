"""Rendering: attribution lines, quotations and their numbers, each quotation one block of Markdown."""

import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from app.answering.localization import localize
from app.answering.markdown import escape
from app.answering.render import render
from app.records import Sources
from prompts.wording import load_wording
from tests.app.answering.evidence import composed, evidence_of, first_sentences
from tests.fakes_store import annotated

WORDING = load_wording("en")


def test_render_gives_attribution_then_quotations_with_markers(stored, sources, parties):
    found = [
        evidence_of("XAA", first_sentences(stored, "XAA_12_2024")[1:3]),
        evidence_of("XAB", first_sentences(stored, "XAB_11_2022")[:1]),
    ]
    made = composed(found, sources, parties, limit=4)
    made = replace(made, unquoted=2, missing="date")
    blocks = render(made, made.claims, made.citations, localize(parties, "en")).split("\n\n")
    assert blocks[0] == WORDING.say("missing_date")
    assert blocks[1].startswith("**Arvandia** · ") and blocks[4].startswith("**Belmora** · ")
    assert [re.findall(r"\[\d+\]$", block) for block in blocks] == [[], [], ["[1]"], ["[2]"], [], ["[3]"], []]
    assert blocks[-1] == WORDING.say("more", count=2)


@pytest.mark.parametrize(("language", "semicolon"), [("en", "; "), ("fr", "\xa0; "), ("ar", "؛ "), ("zh", "；")])
def test_remarks_are_joined_as_the_language_does(language, semicolon, stored, sources, parties):
    made = composed([evidence_of("XAA", first_sentences(stored, "XAA_12_2024")[:1])], sources, parties)
    local = localize(parties, language)
    (cited,) = (replace(citation, superseded_by=2, quoting=True) for citation in made.citations)
    remarks = (local.say("superseded", number=2), local.say("quoting"))
    assert f"*({semicolon.join(remarks)})*" in render(made, made.claims, [cited], local)


@pytest.mark.parametrize("text", ["- item", "1. item", "# head", "> quote", "===", "```", "| a | b |", "    code"])
def test_render_keeps_a_hostile_second_paragraph_inside_the_quotation(text, parties):
    source = f"We agree.\n\n{text} we shall."
    hostile = annotated("s", [source], state="XAA", language="en")
    own = Sources(statements={"s": hostile.statements[0]}, sentences={"s": hostile.sentences})
    made = composed([evidence_of("XAA", list(hostile.sentences))], own, parties)
    shown = MarkdownIt().enable("table").render(render(made, made.claims, made.citations, localize(parties, "en")))
    assert not re.search(r"<(?:ul|ol|h\d|table|pre|code)", shown)
    assert shown.count("<blockquote>") == 1


HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)> [click](javascript:alert(1)) ![p](http://x/y.png) "
    "**bold** _it_ `code` ~~no~~ # head | cell &lt; \\* we shall support article 4."
)


def test_escape_makes_markup_inert_without_changing_how_it_reads():
    shown = (
        MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(f"> “{escape(HOSTILE)}” [1]")
    )
    assert not re.search(r"<(?!/?(?:blockquote|p)>)", shown)
    plain = re.sub(r"</?(?:blockquote|p)>\n?", "", shown).strip()
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        plain = plain.replace(entity, char)
    assert plain == f"“{HOSTILE}” [1]"
