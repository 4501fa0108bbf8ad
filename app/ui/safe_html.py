"""An answer's Markdown as HTML that cannot load, link to or run anything.

Raw HTML, links, images and autolinks are not parsed; the only links are citation markers, to a card on the same page.
"""

from collections.abc import Mapping, MutableMapping, Sequence
from functools import lru_cache
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from app.export.markdown_parser import MARKERS, answer_parser
from app.ui.words import say

_BLOCKS_WITH_TEXT = ("paragraph_open", "blockquote_open", "list_item_open", "th_open", "td_open", "heading_open")
_HEADING_OFFSET = 2  # the page's title is h1 and a question is h2


def render_prose(markdown: str, markers: Mapping[int, tuple[str, str] | None]) -> str:
    """Renders an answer with `[1]` markers as HTML in which every text block finds its own writing direction.

    `markers` has, by citation number, the id of its card and the words that describe it, or None for a raised number
    without a link; other numbers stay text.
    """
    env: MutableMapping[str, Any] = {MARKERS: dict(markers)}
    return str(_parser().render(markdown, env))


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = answer_parser().enable("table")
    parser.add_render_rule("marker", _render_marker)
    for name in (*_BLOCKS_WITH_TEXT, "heading_close"):
        parser.add_render_rule(name, _render_block)
    return parser


def _render_marker(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: MutableMapping[str, Any]
) -> str:
    number = int(tokens[index].content)
    linked = env[MARKERS][number]
    if linked is None:
        return f"<sup>{number}</sup>"
    card, label = linked
    return (
        f'<a class="u-marker" href="#{escape(card)}" data-card="{escape(card)}" '
        f'aria-label="{escape(say("pair", name=say("citation", number=number), value=label))}">[{number}]</a>'
    )


def _render_block(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: MutableMapping[str, Any]
) -> str:
    token = tokens[index]
    if token.tag.startswith("h") and token.tag[1:].isdigit():
        token.tag = f"h{min(6, int(token.tag[1:]) + _HEADING_OFFSET)}"
    # A block with dir="auto" ignores text inside blocks that have a direction of their own.
    if token.nesting == 1 and not (token.type == "paragraph_open" and token.level > 0):
        token.attrSet("dir", "auto")
    return self.renderToken(tokens, index, options, env)
