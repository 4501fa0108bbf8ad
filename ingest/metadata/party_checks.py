"""Names that a `parties.csv` may not add, since they mean something else wherever a statement uses them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from ingest.errors import PartyTableError
from ingest.language.lexicons import RegexPatterns, load_words
from ingest.language.word_frequencies import is_ordinary
from ingest.parties.name_tokens import tokens_of
from ingest.parties.party_names import PartyKind, added_rows
from ingest.parties.party_table import PartyTable
from ingest.parties.regions import region_named
from ingest.treaties.treaties import find_treaties

_WORDS: Final = RegexPatterns("speakers")
_FUNCTION_WORDS: Final = load_words("function_words") | load_words("short_words")


class RefusedName(NamedTuple):
    """A name in a `parties.csv` that has another meaning; `alias` if its party has another name."""

    code: str
    name: str
    problem: str
    alias: bool


def check_added_names(path: Path) -> None:
    """Refuse a `parties.csv` with a name that has another meaning, so that other words would be read as the party.

    Raises:
        PartyTableError: If it cannot be read, or a name is an everyday word, an office, a treaty, a region, or a name
            of another State or group; the message has all of them with their line numbers.
    """
    if refused := refused_names(path):
        raise PartyTableError(f"{str(path)!r}, {'; '.join(each.problem for each in refused)}; use another name")


def refused_names(path: Path) -> tuple[RefusedName, ...]:
    """Return all names of a `parties.csv` that have another meaning; a PartyTableError if it cannot be read."""
    table = PartyTable.load()
    return tuple(
        RefusedName(row.code, name, f"line {line}: the name {name!r} {meaning}", alias=name != row.name)
        for line, row in added_rows(path)
        for name in (row.name, *row.aliases)
        if (meaning := next(_meanings(name, row.code, row.kind, table), None)) is not None
    )


def _meanings(name: str, code: str, kind: PartyKind, table: PartyTable) -> Iterator[str]:
    bare = _WORDS.own_article.sub("", " ".join(name.split())).strip(" .,:;")
    tokens = tokens_of(bare)
    if not tokens or len(bare) < 2:
        yield "has no word of two letters"
        return
    for match in table.find(bare):
        if match.end - match.start >= len(bare) and code not in match.codes:
            yield f"already means {', '.join(map(table.display, match.codes))}"
    if (treaties := find_treaties(bare)) and treaties[0].end - treaties[0].start >= len(bare):
        yield "is that of a treaty"
    title = _WORDS.title.match(bare + " ")
    if _WORDS.office_addressed.fullmatch(bare) or (title is not None and title.end() >= len(bare)):
        yield "is an office or a form of address"
    if region_named(bare) is not None:
        yield "is that of a region"
    words = [token.word for token in tokens]
    if _WORDS.everyday_phrases.fullmatch(bare) or (len(words) == 1 and _is_common(bare)):
        yield "is an everyday word"
    elif kind == "state" and _FUNCTION_WORDS & {word.casefold() for word in words} and all(map(_is_common, words)):
        yield "is made of everyday words"


def _is_common(word: str) -> bool:
    return word.casefold() in _FUNCTION_WORDS or is_ordinary(word)
