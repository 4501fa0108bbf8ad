"""Parses the Markdown of answers: nothing in it loads, links or runs; `[1]` marks a citation, escaped it is text."""

import re
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

# Key in the `env` of a parse for the numbers of citations; other numbers in brackets stay text.
MARKERS: Final = "markers"
_MARKER: Final = re.compile(r"\[(\d{1,4})\]")


def answer_parser() -> MarkdownIt:
    """Returns a new parser, which turns a citation into a token of type `marker` with its number."""
    parser = MarkdownIt("commonmark", {"html": False})
    parser.disable(["link", "image", "autolink", "reference", "html_inline", "html_block", "fence", "code"])
    parser.inline.ruler.before("link", "marker", _parse_marker)
    return parser


def _parse_marker(state: StateInline, silent: bool) -> bool:
    match = _MARKER.match(state.src, state.pos)
    if match is None or int(match[1]) not in state.env.get(MARKERS, {}):
        return False
    if not silent:
        state.push("marker", "", 0).content = match[1]
    state.pos = match.end()
    return True
