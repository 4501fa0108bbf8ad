"""Markdown: markup in a text from outside is inert and reads as it was written."""

import re

from markdown_it import MarkdownIt

from app.answering.markdown import escape

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
