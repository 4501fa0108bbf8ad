"""Whole quotations: whether a span of a statement starts and ends where sentences of the source do.

"I cannot accept a statement made in the Council" must never be quoted from "made in the Council" on. A span may also
start or end at an item of a list ("(a) recover assets;") or where the words themselves begin or end.
"""

from typing import Final, Literal

import regex

from ingest.language.lexicons import RegexPatterns
from ingest.language.matches import blanked
from ingest.language.sentences import NOTE_MARK
from ingest.text.layout import block_index, is_left_open
from ingest.text.page_furniture import furniture_lines, running_heads, text_lines
from vectorstore.records import Statement

Edge = Literal["sentence", "list_item", "text"]

_AROUND: Final = 500  # characters
_OPENERS: Final = "\"“«„‘'([«¿¡* \t"
_CLOSED: Final = regex.compile(rf"""[.!?…。！？؟۔｡](?:[\p{{Pf}}\p{{Pe}}"'”’»\d]|{NOTE_MARK})*$|\[\d{{1,3}}\]$""")
_LISTING: Final = RegexPatterns("layout").listing_end
_ITEM: Final = regex.compile(r"[-–—•·*▪●#&]|[(\[]?(?:\p{L}|\p{N}{1,3}|[ivxlcIVXLC]{1,6})\s?(?:[.)\]]|°|º)")
_LONGEST_SALUTATION: Final = 60  # characters


def edges(statement: Statement, start: int, end: int) -> tuple[Edge | None, Edge | None]:
    """Returns the kind of boundary at either end of a source span, past page furniture; None inside a sentence."""
    source = statement.source_text
    first, last = statement.span.start, statement.span.end
    before = _own_words(statement, max(first, start - _AROUND), start)
    after = _own_words(statement, end, min(last, end + _AROUND))
    inside = source[start:end].strip()
    # A speaker's words begin with a sentence. If they begin in lower case, its beginning is missing, or stands before
    # a footnote at the page's foot.
    begins = _follows_note(statement, start) if before else statement.is_intervention and not statement.span.summarised
    missing = begins and begins_in_lower_case(inside)
    led = source[max(first, start - _AROUND) : start]
    follows = source[end : min(last, end + _AROUND)]
    cut = missing or (_in_prose(statement, start) and _is_wrapped(before, led[len(led.rstrip()) :]))
    gap = follows[: len(follows) - len(follows.lstrip())]
    goes_on = bool(after) and _in_prose(statement, end - 1) and _is_wrapped(inside, gap)
    return None if cut else _edge(before, inside), None if goes_on else _edge(inside, after)


def is_whole(statement: Statement, start: int, end: int) -> bool:
    """Returns whether a span cuts no sentence of its statement."""
    return None not in edges(statement, start, end)


def begins_in_lower_case(words: str) -> bool:
    """Returns whether words begin in lower case, which a speech does not in scripts that have case."""
    words = words.strip()
    return words.lstrip(_OPENERS)[:1].islower() and _ITEM.match(words) is None


def _edge(before: str, after: str) -> Edge | None:
    if not before or not after:
        return "sentence" if not before or _CLOSED.search(before) else "text"
    if _CLOSED.search(before):
        return "sentence"
    if _LISTING.search(before) or _ITEM.match(after):
        return "list_item"
    if begins_in_lower_case(after):
        return None
    line = before.rsplit("\n", maxsplit=1)[-1].strip()
    if is_left_open(line):
        return None
    # A short line that ends in a comma is a salutation, "Mr. President,"; a longer one goes on.
    return None if line.endswith(",") and len(line) > _LONGEST_SALUTATION else "sentence"


def _in_prose(statement: Statement, position: int) -> bool:
    index = block_index(statement.blocks, position)
    return index >= 0 and statement.blocks[index].paragraph is not None


def _follows_note(statement: Statement, position: int) -> bool:
    """Returns whether a block begins at a position, right after one that is not running text, such as a footnote."""
    index = block_index(statement.blocks, position)
    if index < 1 or statement.blocks[index - 1].paragraph is not None:
        return False
    return not statement.source_text[statement.blocks[index].start : position].strip()


def _is_wrapped(before: str, gap: str) -> bool:
    """Returns whether the last line continues the line above and ends no sentence, so that the next continues it."""
    lines = before.splitlines()
    if len(lines) < 2 or gap.count("\n") != 1 or not lines[-2].strip():
        return False
    closed = any(_CLOSED.search(line) or _LISTING.search(line) for line in lines[-2:]) or lines[-1].endswith((")", "]"))
    # Lines of a list or a title begin with a capital letter.
    return not closed and lines[-1].lstrip()[:1].islower()


def _own_words(statement: Statement, start: int, end: int) -> str:
    """Returns the speaker's words of a span, without page furniture and interruptions by the record."""
    told = ((max(at, start), min(stop, end)) for at, stop in statement.span.interruptions if at < end and stop > start)
    lines = text_lines(blanked(statement.source_text[:end], told)[start:])
    pages = furniture_lines(lines, running_heads(statement.source_text))
    return "\n".join(line.text for line, is_page in zip(lines, pages, strict=True) if not is_page)
