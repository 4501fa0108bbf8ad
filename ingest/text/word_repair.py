"""Repair of English words inside lines: "itsgreat" reads as "its great", "implemen tation" as "implementation"."""

import re
from collections.abc import Iterator, Sequence

from ingest.language.glued_words import is_cut_word, joins_without_hyphen, needed_zipf, split_glued
from ingest.language.lexicons import load_words
from ingest.language.word_frequencies import zipf
from ingest.text.layout import ends_sentence
from ingest.text.page_furniture import TextLine
from vectorstore.records import Edit

_WORD = re.compile(r"[^\W\d_]+")
_LOOSE_HYPHEN = re.compile(r"(?<![-‐\w])([a-z]+)- +([a-z]+)\b(?!-)")
_GLUED_STOP = re.compile(
    r"(?:(?<=[a-z]{3})|(?<=[a-z][”’)\]]))(?:[.!?](?=[A-Z])|[,;:](?=[A-Z]|[a-z]{2}))|(?<=\b\d{4})\.(?=[A-Z][a-z])"
)
_NOT_PROSE = re.compile(r"://|^www\.|@|/|\\|_|\.(?:org|com|int|net|pdf|docx?|html?|txt)\b", re.IGNORECASE)
_CHUNK = re.compile(r"\S+")
_OPENERS = " \t\n\r\f\u00a0“\"‘'«([—–-"
_KNOWN_NEIGHBOUR = 2.0  # Zipf frequency
_JOINED_FOR_SURE = 3.0  # Zipf frequency
_CONTEXT = 60  # characters


def word_edits(source: str, prose: Sequence[TextLine], names: frozenset[str]) -> Iterator[Edit]:
    """Yields edits for the words of an English text that stick together or are cut apart (`glue`, `cut`, `hyphen`).

    Edits come line by line; `prose` are the lines without page furniture; `names`, in lower case, are never split.
    """
    last: tuple[str, int] = ("", -1)
    for line in prose:
        for found in _WORD.finditer(line.text):
            word, start = found.group(), line.start + found.start()
            if source[last[1] : start].isspace() and is_cut_word(last[0], word, names):
                yield Edit(start=last[1], end=start, text="", kind="cut")
                last = ("", -1)
                continue
            last = (word, start + len(word))
            opens_sentence = word[0].isupper() and _opens_sentence(source, start)
            pieces = split_glued(word, names, opens_sentence=opens_sentence)
            if len(pieces) > 1 and _is_english_prose(line.text, found.start(), found.end(), names):
                for piece in pieces[:-1]:
                    start += len(piece)
                    yield Edit(start=start, end=start, text=" ", kind="glue")
        yield from _stop_edits(line, names)
        yield from _loose_hyphen_edits(line)


def _stop_edits(line: TextLine, names: frozenset[str]) -> Iterator[Edit]:
    for found in _GLUED_STOP.finditer(line.text):
        left, right = _neighbours(line.text, found.start(), found.end())
        rare = len(right) <= 4 and zipf(right) < needed_zipf(right)
        if rare or not _is_prose(line.text, found.start()):
            continue
        if _is_known(right, names, opens=True) and (_is_known(left, names, opens=False) or left.isdigit()):
            yield Edit(start=line.start + found.end(), end=line.start + found.end(), text=" ", kind="glue")


def _loose_hyphen_edits(line: TextLine) -> Iterator[Edit]:
    """Yields edits that join words left apart by a lost line end ("co- operation"), where only one word is meant."""
    for found in _LOOSE_HYPHEN.finditer(line.text):
        left, right = found.groups()
        sure = zipf(left + right) >= _JOINED_FOR_SURE and right not in load_words("suspended")
        if sure and joins_without_hyphen(left, right, "en", {}):
            start, end = line.start + found.end(1) - 1, line.start + found.start(2) + 1
            yield Edit(start=start, end=end, text=left[-1] + right[0], kind="hyphen")


def _neighbours(text: str, start: int, end: int) -> tuple[str, str]:
    left = re.search(r"\w+\W?$", text[max(0, start - 40) : start])
    right = _WORD.match(text, end)
    return (left.group().rstrip("”’)]") if left else "", right.group() if right else "")


def _is_known(word: str, names: frozenset[str], *, opens: bool) -> bool:
    known = zipf(word) >= _KNOWN_NEIGHBOUR or word.lower() in names or len(word) == 1
    return known or len(split_glued(word, names, opens_sentence=opens)) > 1


def _opens_sentence(source: str, start: int) -> bool:
    before = source[max(0, start - 16) : start].rstrip(_OPENERS)
    # The stop of a title ends no sentence, since a name follows it: "Mr. Ordan".
    return not before or (before[-1] in '.;:!?…”"’' and (before[-1] != "." or ends_sentence(before)))


def _is_english_prose(text: str, start: int, end: int, names: frozenset[str]) -> bool:
    """Returns whether a token stands among English words, not in a line of another language or in an address."""
    if not _is_prose(text, start):
        return False
    before = _WORD.findall(text[max(0, start - _CONTEXT) : start])[1 if start > _CONTEXT else 0 :]
    after = _WORD.findall(text[end : end + _CONTEXT])[: -1 if end + _CONTEXT < len(text) else None]
    return all(_is_known(word, names, opens=True) for word in (*before[-3:], *after[:3]) if word.islower())


def _is_prose(text: str, start: int) -> bool:
    """Returns whether the word at `start` stands in prose, not inside an address, a path or a document symbol."""
    first = max(text.rfind(" ", 0, start), text.rfind("\t", 0, start)) + 1
    chunk = _CHUNK.match(text, first)
    return chunk is None or _NOT_PROSE.search(chunk.group()) is None
