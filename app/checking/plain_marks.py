r"""Quotation marks as typesetters, web pages and programs write them, read as plain ones of the same length.

``…'', <<…>>, \"…\", ''…'', &quot;…&quot;, <q>…</q>: what a mark is longer than its plain form becomes characters that
do not show, so that offsets stay.
"""

from html import unescape
from typing import Final

import regex

# Takes no room and shows nothing.
_FILL: Final = "\u2060"
_SAME: Final = str.maketrans("❝❞❛❜❮❯⟪⟫｢｣″‶＇🙶🙷ˮ", '“”‘’«»«»「」""\'“”"')
_WRITTEN: Final = regex.compile(
    r"(?P<open>``|(?<!\p{L}),,(?=\p{L})|<<(?=\s?[\p{L}\p{N}\[…])|<q(?:\s[^<>]{0,80})?>)|(?P<close></q>|(?<=[\p{L}\p{N}.!?…,;\])%]\s?)>>)|(?P<escaped>\\+[\"'“”])"
    r"|(?P<entity>&(?:quot|ldquo|rdquo|bdquo|laquo|raquo|lsquo|rsquo|sbquo|lsaquo|rsaquo|apos|#0?34|#39|#171|#187|#8216|#8217|#8218|#822[0-2]|#8249|#8250|#x0?22|#x27|#x201[89cCdDeE]|#x[aAbB][bB]);)"
    r"|(?P<double>''|´´|’’|‘‘)",
    regex.IGNORECASE,
)
_PLAIN: Final = {"``": "“", ",,": "„", "<<": "«", ">>": "»", "</q>": "”"}


def plain_marks(text: str) -> str:
    """Returns a text of equal length in which every kind of quotation mark is one that `quotations` knows."""
    return _WRITTEN.sub(_plain, text.translate(_SAME))


def _plain(found: "regex.Match[str]") -> str:
    written = found.group()
    opens = found["open"] is not None or (found["close"] is None and _opens(found))
    if found["entity"]:
        mark = unescape(written)
    elif found["escaped"]:
        mark = written[-1]
    else:
        mark = ("“" if opens else "”") if found["double"] else _PLAIN.get(written, "“")
    fill = _FILL * (len(written) - len(mark))
    return fill + mark if opens else mark + fill


def _opens(found: "regex.Match[str]") -> bool:
    """Returns whether a mark that opens and closes alike stands before a word and behind none."""
    before, after = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    return (not before or before.isspace() or before in "([{—–:：«“„") and not after.isspace()
