"""Answer-type check: whether evidence contains the kind of thing asked for, such as a number; in six languages.

"How many ships were inspected?" is not answered by a sentence without a number. The lexicon
`ingest/language/data/answer_types.yaml` has a pattern for each kind of answer. In addition, `reference_before`,
`month_before` and `ordinal_after` exclude numbers that count nothing ("article 4", "May 4", "4th"), as do names that
have one; `no_name` what looks like a name but is in every statement ("General Assembly"). `compose` of
`compose/extractive.py` asks, and `_quotations` of `by_kind.py` drops the result where the kind of question is unsure.
"""

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Final

import regex

from app.records import AnswerType
from ingest.language.lexicons import RegexPatterns
from ingest.language.matches import TextMatch
from ingest.metadata.sessions import find_bodies
from ingest.parties.party_table import PartyTable
from ingest.treaties.treaties import find_treaties

_FORMS: Final = RegexPatterns("answer_types")
_YEAR: Final = regex.compile(r"^(?:19|20)\d\d$")
_SIGNS: Final = str.maketrans("’‘ʼ`‐‑，、：；？！（）،؛؟ةىٱـ", "''''--,,:;?!(),;?هيا ") | {0x0451: "е", 0x0401: "Е"}


@cache
def _pattern(name: str) -> "regex.Pattern[str]":
    """Compiles a pattern on first use; patterns match text after `fold_accents`, except those of names."""
    form = _FORMS.source(name)
    if name == "name":
        return regex.compile(form)
    return regex.compile(form if name == "no_name" else fold_accents(form), regex.I)


def fold_accents(text: str) -> str:
    """Returns a text without accents and with plain signs and digits, character for character, so that offsets stay.

    Arabic letters lose what is often left out in typing: hamza, the dots of a final ya, the ta marbuta.
    """
    return "".join(_bare(char) for char in text.translate(_SIGNS))


@cache
def _bare(char: str) -> str:
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    parts = unicodedata.normalize("NFD", char)
    base, marks = parts[:1], parts[1:]
    # й is a letter of its own; Hangul and other scripts decompose into letters instead of combining marks.
    return base if marks and char not in "йЙ" and all(unicodedata.combining(mark) for mark in marks) else char


def contains_answer_type(kind: AnswerType, text: str, parties: PartyTable, speakers: Sequence[str] = ()) -> bool:
    """Returns whether a text in any of the six languages contains the kind of thing asked for.

    The names of the `speakers` themselves, given by their codes, do not count as an answer.
    """
    if kind == "number":
        return _contains_number(text, parties)
    if kind == "state":
        return any(set(match.codes) - set(speakers) for match in parties.find(text))
    if kind == "name":
        return _contains_name(text, parties)
    return _pattern(kind).search(fold_accents(text)) is not None


def _contains_number(original: str, parties: PartyTable) -> bool:
    """Returns whether a text has a number that counts something, unlike a year, an article or a day of a month."""
    text, named = fold_accents(original), _places_of_names(original, parties)
    return any(
        named.isdisjoint(range(*match.span()))
        and not _YEAR.match(match.group())
        and not _pattern("vague_number").fullmatch(match.group())
        and not _pattern("ordinal_after").match(text, match.end())
        and not _pattern("reference_before").search(text[: match.start()])
        and not _pattern("month_before").search(text[: match.start()])
        for match in _pattern("number").finditer(text)
    )


def _contains_name(text: str, parties: PartyTable) -> bool:
    """Returns whether a text has a capitalised name of a person or body, other than of a State, treaty or meeting."""
    named = _places_of_names(text, parties)
    return any(
        named.isdisjoint(range(*match.span())) and not _pattern("no_name").match(match.group())
        for match in _pattern("name").finditer(text)
    )


def _places_of_names(text: str, parties: PartyTable) -> set[int]:
    """Returns the offsets of names of parties, bodies and treaties in a text: "the Group of 77" has no number."""
    named: list[TextMatch] = [*parties.find(text), *find_bodies(text), *find_treaties(text)]
    return {at for name in named for at in range(name.start, name.end)}
