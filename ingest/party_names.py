"""Reads our tables of parties and builds the name tries from them, one per language.

`states.csv` and `groups.csv` hold English, `party_names.csv` what the United Nations calls parties in the other
languages, `not_parties.csv` longer names that hide a party's (the Indian Ocean is not India). Short names
come from CLDR through babel.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from ingest.errors import PartyTableError
from ingest.inflection import RussianLemmas, arabic_demonyms, arabic_variants, plurals
from ingest.name_matcher import Form, NameTrie, tokens_of

PartyKind = Literal["state", "group", "organization"]
Language = Literal["en", "fr", "es", "ar", "ru", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "fr", "es", "ar", "ru", "zh")

# Words that name a State only after a cue, because they mean something else as well: Arabic "financial",
# Russian "of that".
_RISKY: dict[str, frozenset[str]] = {"ar": frozenset({"مالي"}), "ru": frozenset({"того"})}
_CUES: dict[str, frozenset[str]] = {
    "ar": frozenset({"جمهوريه", "في", "وفد", "ممثل", "حكومه", "دوله", "لدي"}),
    "ru": frozenset({"республика", "республики", "делегация", "представитель", "правительство", "из"}),
}
# Alpha-3 codes that are words or other things in capitals.
_NOT_CODES = frozenset(
    [
        "AND",
        "ARE",
        "BEN",
        "CAN",
        "COD",
        "COM",
        "CUB",
        "DOM",
        "EST",
        "GAB",
        "GIN",
        "HUN",
        "LIE",
        "MAR",
        "MUS",
        "NAM",
        "NOR",
        "PAN",
        "PER",
        "SOM",
        "SUR",
        "TON",
        "TUN",
        "VAT",
    ]
)
_KINDS: dict[str, PartyKind] = {"state": "state", "group": "group", "organization": "organization"}
_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,19}")
_FICTIONAL_STATE = re.compile(r"X[A-Z]{2}")


@dataclass(frozen=True, kw_only=True)
class FormerName:
    """A name that a State no longer uses; years inclusive, None where unknown."""

    name: str
    since: str | None
    until: str | None


@dataclass(frozen=True, kw_only=True)
class Row:
    """A party as our tables give it."""

    code: str
    kind: PartyKind
    name: str
    alpha2: str | None = None
    official: str | None = None
    aliases: tuple[str, ...] = ()
    demonyms: tuple[str, ...] = ()
    capitals: tuple[str, ...] = ()
    former: tuple[FormerName, ...] = ()
    members: str = ""


@dataclass(frozen=True, kw_only=True)
class LocalNames:
    """What a party is called in one other language."""

    name: str
    aliases: tuple[str, ...]
    demonyms: tuple[str, ...]
    capitals: tuple[str, ...]


def _rows(name: str) -> Iterator[dict[str, str]]:
    resource = files("ingest") / "data" / name
    try:
        with resource.open(encoding="utf-8") as handle:
            yield from csv.DictReader(handle)
    except (OSError, csv.Error) as exc:
        raise PartyTableError(f"our own table {name!r} could not be read; reinstall the package") from exc


def split_list(cell: str) -> tuple[str, ...]:
    """The values of a cell that holds several, separated by `|`."""
    return tuple(value.strip() for value in cell.split("|") if value.strip())


def _former(cell: str) -> FormerName:
    name, _, years = cell.partition("@")
    since, _, until = years.partition("/")
    return FormerName(name=name, since=since or None, until=until or None)


@cache
def built_in() -> dict[str, Row]:
    """States, groups and organizations of our own tables, by code."""
    table = {
        row["code"]: Row(
            code=row["code"],
            kind="state",
            name=row["name"],
            alpha2=row["alpha2"],
            official=row["official"],
            aliases=split_list(row["aliases"]),
            demonyms=split_list(row["demonyms"]),
            capitals=split_list(row["capitals"]),
            former=tuple(_former(cell) for cell in split_list(row["former"])),
        )
        for row in _rows("states.csv")
    }
    for row in _rows("groups.csv"):
        table[row["code"]] = Row(
            code=row["code"],
            kind="organization" if row["kind"] == "organization" else "group",
            name=row["name"],
            aliases=split_list(row["aliases"]),
            members=row["members"],
        )
    return table


@cache
def local_names() -> dict[tuple[str, str], LocalNames]:
    """Names in the five languages other than English, by code and language."""
    return {
        (row["code"], row["language"]): LocalNames(
            name=row["name"],
            aliases=split_list(row["aliases"]),
            demonyms=split_list(row["demonyms"]),
            capitals=split_list(row["capitals"]),
        )
        for row in _rows("party_names.csv")
    }


@cache
def cldr_names(language: str) -> dict[str, str]:
    """CLDR's short names in one language, by alpha-2 code. Source: Unicode CLDR, through babel."""
    from babel import Locale  # ~50 ms, and not needed for English text

    return {code: str(name) for code, name in Locale(language).territories.items() if len(code) == 2}


def display_name(row: Row, language: str) -> str:
    """The name of a party in one of the six languages; English where there is none."""
    if language != "en" and row.kind == "state":
        local = local_names().get((row.code, language))
        if local is not None:
            return local.name
        if language in LANGUAGES and row.alpha2:
            return cldr_names(language).get(row.alpha2, row.name)
    elif (row.code, language) in local_names():
        return local_names()[row.code, language].name
    return row.name


def add_capital(trie: NameTrie, capital: str, code: str) -> None:
    """Adds a capital; one that starts with `!` counts only exactly as written (Malé, but not male)."""
    if capital.startswith("!"):
        # Folding drops accents, so only the written form can tell the capital from the word.
        trie.add(capital[1:], (code,), "capital", case="exact")
    else:
        trie.add(capital, (code,), "capital")


@cache
def trie_of(language: Language) -> NameTrie:
    """The trie of all names of our own tables in one language, built once."""
    if language == "en":
        return _english()
    lemmas = RussianLemmas()
    variants = lemmas if language == "ru" else arabic_variants if language == "ar" else None
    risky, cues = _RISKY.get(language, frozenset()), _CUES.get(language, frozenset())
    trie = NameTrie(variants, risky, cues)

    def add(text: str, code: str, form: Form) -> None:
        trie.add(text, (code,) if code else (), form)
        if language == "ru":
            for token in tokens_of(text):
                lemmas.learn(token.word)

    for row in built_in().values():
        form: Form = "group" if row.kind != "state" else "name"
        local = local_names().get((row.code, language))
        if row.alpha2 and row.alpha2 in cldr_names(language):
            add(cldr_names(language)[row.alpha2], row.code, form)
        if local is None:
            continue
        for text in (local.name, *local.aliases):
            add(text, row.code, form)
        for demonym in local.demonyms:
            for text in arabic_demonyms(demonym) if language == "ar" else plurals(demonym, language):
                add(text, row.code, "demonym")
        for capital in local.capitals:
            add(capital, row.code, "capital")
    for row_ in _rows("not_parties.csv"):
        if row_["language"] == language:
            add(row_["form"], "", "name")
    return trie


def _english() -> NameTrie:
    trie = NameTrie()
    for row in built_in().values():
        form: Form = "group" if row.kind != "state" else "name"
        for text in (row.name, *row.aliases):
            trie.add(text, (row.code,), form)
        if row.official:
            trie.add(row.official, (row.code,), "official")
        if row.alpha2 and row.code not in _NOT_CODES:
            trie.add(row.code, (row.code,), "name", case="code")
        for former in row.former:
            trie.add(former.name, (row.code,), "former")
        for demonym in row.demonyms:
            for text in plurals(demonym, "en"):
                trie.add(text, (row.code,), "demonym")
        for capital in row.capitals:
            add_capital(trie, capital, row.code)
        if row.alpha2:
            name = cldr_names("en").get(row.alpha2)
            if name is not None:
                trie.add(name, (row.code,), form)
    for row_ in _rows("not_parties.csv"):
        if row_["language"] == "en":
            trie.add(row_["form"], (), "name")
    return trie


def added_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """The rows of a `parties.csv` with their line numbers.

    Raises:
        PartyTableError: If the file cannot be read or a row is wrong.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle)
            missing = {"code", "name"} - set(reader.fieldnames or ())
            if missing:
                raise PartyTableError(
                    f"{str(path)!r} has no column {sorted(missing)[0]!r}; it needs code,name,aliases,kind"
                )
            rows = [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as exc:
        raise PartyTableError(f"{str(path)!r} could not be read as UTF-8 CSV: {exc}") from exc
    seen: dict[str, int] = {}
    for line, cells in rows:
        stripped = {key: value.strip() for key, value in cells.items() if isinstance(value, str)}
        row = _added_row(path, line, stripped)
        if row.code in seen:
            raise PartyTableError(f"{str(path)!r}, line {line}: code {row.code!r} is already in line {seen[row.code]}")
        seen[row.code] = line
        yield line, row


def _added_row(path: Path, line: int, cells: Mapping[str, str]) -> Row:
    where = f"{str(path)!r}, line {line}"
    code, name = cells.get("code", ""), cells.get("name", "")
    kind = _KINDS.get(cells.get("kind", "") or "state")
    if not name or not _CODE.fullmatch(code):
        raise PartyTableError(f"{where}: needs a name and a code in capitals, not {code!r}")
    if kind is None:
        raise PartyTableError(f"{where}: kind {cells['kind']!r} is none of {', '.join(_KINDS)}")
    if kind == "state" and not _FICTIONAL_STATE.fullmatch(code) and code not in built_in():
        raise PartyTableError(f"{where}: code {code!r} of a State that ISO 3166 does not know must be XAA to XZZ")
    return Row(
        code=code,
        kind=kind,
        name=name,
        aliases=split_list(cells.get("aliases", "")),
        members=" ".join(split_list(cells.get("members", ""))),
    )
