"""Markdown: escapes texts from outside, so that an answer shows them as they read and no markup in them acts.

"4 * 5" keeps its asterisk, and a line that begins with "1." becomes no list.
"""

from typing import Final

import regex

# Characters with a meaning in Markdown or HTML, and bracketed numbers that look like citations, but not `[…]`.
_ACTIVE: Final = regex.compile(r"[\\`*_<>&|~#]|\](?=\()|!(?=\[)|\[(?=\d{1,4}\])")
# Beginnings of a line that Markdown reads as a list.
_LIST_OPENING: Final = regex.compile(r"^(\d*)([-+.)=:])")


def escape(text: str) -> str:
    """Makes text inert in Markdown and HTML without changing how it reads."""
    return _ACTIVE.sub(lambda match: "\\" + match.group(), text)


def plain_line(text: str) -> str:
    """Returns words as one line of Markdown that begins no list, heading or quotation."""
    line = escape(" ".join(text.split()))
    return _LIST_OPENING.sub(lambda match: f"{match[1]}\\{match[2]}", line)
