"""Words of six languages by what they do in a claim: operators, words that bind, words of the speaker; and synonyms.

`words.toml` holds forms between white space, with `_` for a space inside one, as regular expressions matched without
regard to case. `synonyms.csv` holds a concept a row: forms of one cell stand for one another, and for those of the
other cells in a translation. Both are short on purpose: what is not in them has to stand in the evidence itself.
"""

import csv
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, get_args

import regex

from vectorstore.stems import stem, words_of

# Operators turn what is said: they stand in a claim where they stand in its evidence. `against` and `guard` words turn
# or weaken what follows them ("refuses"; "plans to", "abolition of"), and `say` words only say it; they are compared as words.
OperatorKind = Literal[
    "more", "less", "only", "ended", "evenif", "unless", "if", "without", "not", "must", "should", "may", "can", "will", "would",
    "all", "some", "most", "many", "few", "about", "before", "after", "until", "past", "doubt", "be", "was", "been", "by",
    "against", "guard", "say",
]  # fmt: skip
KINDS: Final[tuple[OperatorKind, ...]] = get_args(OperatorKind)
LANGUAGES: Final = ("en", "fr", "es", "ru", "ar", "zh")
# What words for the speaker share: "we", "our", the name of the party.
SELF: Final = "@self"
# These languages write no spaces between words.
_UNSPACED: Final = frozenset({"zh"})
_LONGEST_PHRASE: Final = 4


@dataclass(frozen=True, kw_only=True)
class Role:
    """What a word does that is neither operator nor content.

    Attributes:
        kind: `void`, `self`, `noun`, `third`, `link`, `join`, `break` or `opener`.
        keys: What it may be matched by.
    """

    kind: str
    keys: frozenset[str]


@cache
def operators(language: str) -> regex.Pattern[str]:
    """Returns one pattern with a group per kind; longer forms come first, and idle negations match as `idle`."""
    words: dict[str, str] = _words(language)["operators"]
    groups = [(kind, words[kind]) for kind in ("idle", *KINDS) if words.get(kind)]
    return _pattern(language, [(name, forms) for name, forms in groups])


@cache
def roles(language: str) -> tuple[regex.Pattern[str], dict[str, Role]]:
    """Returns one pattern with a group for each class of words that bind, and what the groups stand for."""
    words = _words(language)
    rows = [
        (Role(kind="void", keys=frozenset()), words["void"]),
        (Role(kind="self", keys=frozenset({SELF})), words["self"]),
    ]
    rows += [
        (Role(kind="noun", keys=frozenset()), words["nouns"]),
        (Role(kind="opener", keys=frozenset()), words["openers"]),
    ]
    rows += [(Role(kind="third", keys=frozenset(keys.split())), forms) for keys, forms in words["third"]]
    rows += [(Role(kind="link", keys=frozenset({f"link {n}"})), forms) for n, forms in enumerate(words["links"])]
    rows += [(Role(kind="join", keys=frozenset({f"join {n}"})), forms) for n, forms in enumerate(words["joins"])]
    rows += [(Role(kind="break", keys=frozenset()), words["breaks"])]
    named = {f"r{n}": row for n, row in enumerate(rows)}
    return _pattern(language, [(name, forms) for name, (_, forms) in named.items()]), {
        name: role for name, (role, _) in named.items()
    }


@cache
def possessive(language: str) -> regex.Pattern[str]:
    """Returns a pattern of the words that a possessive makes needless: "the courts of Arvandia" are "our courts"."""
    return _pattern(language, [("of", _words(language)["of"])])


@cache
def first_person(language: str) -> regex.Pattern[str]:
    """Returns a pattern of verbs that tell by their form that the speaker is meant: "proponemos"."""
    return _pattern(language, [("first", _words(language)["first"])])


@cache
def orders(language: str) -> regex.Pattern[str]:
    """Returns a pattern of what is told to whoever reads and answers, and is nobody's statement on anything."""
    return regex.compile(_words(language)["orders"], regex.IGNORECASE)


def phrases(stems: list[str], at: int, language: str) -> Iterator[tuple[int, str]]:
    """Yields the synonyms that begin at a word, the longest first: how many words they are, and their concept."""
    table = _concepts(language)
    for length in range(min(_LONGEST_PHRASE, len(stems) - at), 0, -1):
        for concept in table.get(tuple(stems[at : at + length]), ()):
            yield length, concept


@cache
def _concepts(language: str) -> dict[tuple[str, ...], tuple[str, ...]]:
    table: dict[tuple[str, ...], tuple[str, ...]] = {}
    text = files("app.answering.claims").joinpath("synonyms.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        for form in row[language].split("|"):
            key = tuple(stem(word, language) for word in words_of(form))
            if key and row["concept"] not in table.get(key, ()):
                table[key] = (*table.get(key, ()), row["concept"])
    return table


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("app.answering.claims").joinpath("words.toml").read_text(encoding="utf-8"))


def _words(language: str) -> dict[str, Any]:
    found: dict[str, Any] = _data()[language]
    return found


def _pattern(language: str, groups: list[tuple[str, str]]) -> regex.Pattern[str]:
    """Joins forms of all groups, the longest first: "in the course of" is found before "in" of another group."""
    forms = sorted(((form, name) for name, row in groups for form in row.split()), key=lambda pair: -len(pair[0]))
    body = "|".join(f"(?P<{name}>{form.replace('_', chr(92) + 's+')})" for form, name in forms) or "(?!)"
    if language in _UNSPACED:
        return regex.compile(body)
    return regex.compile(rf"(?<![\w-])(?:{body})(?!\w)", regex.IGNORECASE)
