"""The tables of parties, and the name tries built from them, one per language.

`states.csv` and `groups.csv` (with dated members) hold English names, `party_names.csv` those of the United Nations in
the other languages, `ambiguous_names.csv` the names that need a clarifying question, `not_parties.csv` longer names
that hide a party's (the Indian Ocean is not India). Short names and many capitals come from CLDR through babel.
"""

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from string import ascii_uppercase
from typing import Any, Final, Literal, NamedTuple, cast, get_args

from ingest.errors import LoadError, PartyTableError
from ingest.language.lexicons import load_table, load_words
from ingest.loaders.loaded import LoadLimits
from ingest.parties.inflection import demonym_forms
from ingest.parties.name_matcher import Case, NameForm, NameTrie, RiskyWords
from ingest.parties.name_tokens import fold_token
from prompts.wording import LANGUAGES, Language

PartyKind = Literal["state", "group", "organization", "person"]

# A mark before a name in our tables says how it must be written: `!` exactly so (Malé, but not male), `^` never
# in lower case (La Paz, but not "la paz").
_WRITTEN: dict[str, Case] = {"!": "exact", "^": "proper"}
# Chinese is also typed in traditional characters.
_CLDR_LOCALES: dict[str, tuple[str, ...]] = {"zh": ("zh", "zh_Hant", "zh_Hant_HK")}
_words = partial(load_words, name="parties")
_RISKY: dict[Language, RiskyWords] = {
    "ar": RiskyWords(
        words=_words("risky_ar").union(
            fold_token(form) for name in _words("risky_demonyms_ar") for form in demonym_forms(name, "ar")
        ),
        cues=frozenset(map(fold_token, _words("cues_ar"))),
    ),
    "ru": RiskyWords(words=_words("risky_ru"), cues=_words("cues_ru")),
}
PARTIES_NAME = "parties.csv"
_KINDS: dict[str, PartyKind] = {kind: kind for kind in get_args(PartyKind)}
# What stands between the cells of a table as Excel saves it, by language.
_DELIMITERS: Final = ",;\t"
# Limit of a `parties.csv`: some ten thousand parties.
_LIMITS = LoadLimits(max_bytes=2_000_000)
_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,19}")
_FICTIONAL_STATE = re.compile(r"X[A-Z]{2}")


class DatedEntry(NamedTuple):
    """A former name of a State, or a State's time in a group: ISO dates or years, inclusive; None where unknown."""

    name: str
    since: str | None
    until: str | None

    @classmethod
    def read(cls, entry: str, mark: str) -> "DatedEntry":
        """Reads "Zaire@1971/1997", with the mark between name and years."""
        name, _, years = entry.partition(mark)
        since, _, until = years.partition("/")
        return cls(name, since or None, until or None)

    def covers(self, date: str | None) -> bool:
        """Returns whether it holds through all of a year, day or interval; without a date, whether it holds now."""
        if date is None:
            return self.until is None
        first, _, last = date.partition("/")
        # A year as a bound counts as a whole: `2004` begins on 1 January and ends on 31 December.
        last = last or first
        begins, ends = first + "-01-01"[len(first) - 4 :], last + "-12-31"[len(last) - 4 :]
        return (self.since or "") <= begins and (self.until is None or ends <= (self.until + "-12-31")[:10])


@dataclass(frozen=True, kw_only=True)
class PartyNames:
    """The names of a party in one language; `name` is the United Nations' short name, empty if CLDR has the same.

    The `demonyms` are masculine singulars, and forms that no rule gives.
    """

    name: str = ""
    official: str | None = None
    aliases: tuple[str, ...] = ()
    demonyms: tuple[str, ...] = ()
    capitals: tuple[str, ...] = ()
    former: tuple[DatedEntry, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Party(PartyNames):
    """A State (by its ISO 3166 alpha-3 code), a group or an organization (by that of our table), in English.

    For one from a file, `shown` has pairs of a language and the name to show in it, which is one of the `aliases` too.
    """

    code: str
    kind: PartyKind
    alpha2: str | None = None
    members: tuple[DatedEntry, ...] = ()
    shown: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class AmbiguousName:
    """A name that needs a clarifying question, since it may mean any of several parties; `codes` are sorted."""

    language: Language
    name: str
    form: NameForm
    codes: tuple[str, ...]
    reason: str


def split_list(cell: str) -> tuple[str, ...]:
    """Returns the values of a cell that holds several, separated by `|`."""
    return tuple(value.strip() for value in cell.split("|") if value.strip())


def _names(row: Mapping[str, str]) -> dict[str, Any]:
    lists = {name: split_list(row.get(name, "")) for name in ("aliases", "demonyms", "capitals")}
    former = tuple(DatedEntry.read(cell, "@") for cell in split_list(row.get("former", "")))
    return {"name": row["name"], "official": row.get("official") or None, "former": former, **lists}


def _members(cell: str) -> tuple[DatedEntry, ...]:
    return tuple(DatedEntry.read(entry, ":") for entry in cell.split())


@cache
def built_in() -> dict[str, Party]:
    """Returns the States, groups and organizations of our own tables, by code."""
    return {
        row["code"]: Party(
            code=row["code"], kind=_KINDS[row.get("kind", "state")], alpha2=row.get("alpha2"),
            members=_members(row.get("members", "")), **_names(row),
        )
        for row in (*load_table("states"), *load_table("groups"))
    }  # fmt: skip


@cache
def local_names() -> dict[tuple[str, str], PartyNames]:
    """Returns the names in the five languages other than English, by code and language."""
    return {(row["code"], row["language"]): PartyNames(**_names(row)) for row in load_table("party_names")}


@cache
def ambiguous_names() -> tuple[AmbiguousName, ...]:
    """Returns every name that several parties share: only these need a clarifying question."""
    return tuple(
        AmbiguousName(
            language=cast("Language", row["language"]), name=name, form=cast("NameForm", row["form"]),
            codes=tuple(sorted(split_list(row["codes"]))), reason=row["reason"],
        )
        for row in load_table("ambiguous_names")
        for name in split_list(row["names"])
    )  # fmt: skip


@cache
def cldr_names(language: str) -> dict[str, str]:
    """Returns CLDR's short names in one language, by alpha-2 code. Source: Unicode CLDR, through babel."""
    from babel import Locale  # ~50 ms, and not needed for English text

    return {code: str(name) for code, name in Locale.parse(language).territories.items() if len(code) == 2}


@cache
def _cldr_cities(language: str) -> dict[str, str]:
    """Returns CLDR's names of the cities that time zones are named after, by folded English name."""
    from babel import Locale

    english = {zone: names.get("city") for zone, names in Locale.parse("en").time_zones.items()}
    zones = Locale.parse(language).time_zones
    return {
        fold_token(english.get(zone) or zone.rpartition("/")[2].replace("_", " ")): names["city"]
        for zone, names in zones.items()
        if "city" in names
    }


def names_in(party: Party, language: str) -> PartyNames | None:
    """Returns the names that our own tables have for a party in one language, or None."""
    return party if language == "en" else local_names().get((party.code, language))


def display_name(party: Party, language: str) -> str:
    """Returns the name of a party in one of the six languages; the English one if it has none."""
    names = names_in(party, language)
    if names is not None and names.name:
        return names.name
    if language in LANGUAGES and party.alpha2:
        return cldr_names(language).get(party.alpha2, party.name)
    return party.name


def spellings(party: Party, language: Language) -> Iterator[tuple[NameForm, str]]:
    """Yields every spelling of a party in one language, the preferred ones first; demonyms in all their forms."""
    names = names_in(party, language) or PartyNames()
    form: NameForm = "name" if party.kind == "state" else "group"
    for text in (names.name, *names.aliases):
        if text:
            yield form, text
    if names.official:
        yield "official", names.official
    for former in names.former:
        yield "former", former.name
    for demonym in names.demonyms:
        for text in demonym_forms(demonym, language):
            yield "demonym", text
    for capital in names.capitals:
        yield "capital", capital
    marked = {unmarked(alias) for alias in names.aliases if alias[0] in _WRITTEN}
    for locale in _CLDR_LOCALES.get(language, (language,)) if party.alpha2 else ():
        name = cldr_names(locale).get(party.alpha2 or "")
        if name and name not in marked:
            yield form, name
    known = {fold_token(unmarked(capital)) for capital in names.capitals}
    for capital in party.capitals if language != "en" else ():
        # A city without a CLDR name in this language keeps its English name.
        city = _cldr_cities(language).get(fold_token(unmarked(capital)), capital)
        if fold_token(city) not in known and (language in ("fr", "es") or not city.isascii()):
            yield "capital", city


def group_names(party: Party) -> Iterator[str]:
    """Yields a party's English names and, of "Group of Coastal States", "Coastal States Group" and "Coastal Group"."""
    for name in (party.name, *party.aliases):
        yield name
        before, found, members = name.partition("Group of ")
        if found and not before:
            members = members.removeprefix("the ")
            yield from (f"{each} Group" for each in dict.fromkeys((members, members.removesuffix(" States"))))


def unmarked(name: str) -> str:
    """Returns a name without the mark that our tables may put before it."""
    return name.lstrip("!^")


def add_name(trie: NameTrie, text: str, codes: tuple[str, ...], form: NameForm) -> None:
    """Adds a name as our tables write it, with the mark that may stand before it."""
    case = _WRITTEN.get(text[0])
    trie.add(text[1:] if case else text, codes, form, case)


@cache
def trie_of(language: Language) -> NameTrie:
    """Returns the trie of all names of our own tables in one language, built once."""
    trie = NameTrie(language, risky=_RISKY.get(language))
    for party in built_in().values():
        for form, text in spellings(party, language):
            add_name(trie, text, (party.code,), form)
        if language == "en" and party.alpha2 and party.code.lower() not in _words("no_codes"):
            trie.add(party.code, (party.code,), "name", case="code")
    for name in ambiguous_names():
        if name.language == language:
            for text in demonym_forms(name.name, language) if name.form == "demonym" else (name.name,):
                trie.add(text, name.codes, name.form)
    for hidden in load_table("not_parties"):
        if hidden["language"] == language:
            add_name(trie, hidden["form"], (), "name")
    return trie


def added_rows(path: Path) -> Sequence[tuple[int, Party]]:
    """Returns the rows of a `parties.csv` with their line numbers; a PartyTableError names all that are invalid."""
    try:
        reader = _read_cells(path)
        missing = {"code", "name"} - set(reader.fieldnames or ())
        if missing:
            column = sorted(missing)[0]
            raise PartyTableError(f"{str(path)!r} has no column {column!r}; it needs code,name,aliases,kind")
        rows = [(reader.line_num, row) for row in reader]
    except (LoadError, UnicodeDecodeError, csv.Error) as exc:
        raise PartyTableError(f"{str(path)!r} could not be read as UTF-8 CSV: {exc}") from exc
    seen: dict[str, int] = {}
    found: list[tuple[int, Party]] = []
    problems: list[str] = []
    for line, cells in rows:
        row = _added_row({key: value.strip() for key, value in cells.items() if isinstance(value, str)})
        if isinstance(row, Party) and row.code in seen:
            row = f"code {row.code!r} is already in line {seen[row.code]}"
        if isinstance(row, str):
            problems.append(f"line {line}: {row}")
        else:
            seen[row.code] = line
            found.append((line, row))
    if problems:
        raise PartyTableError(f"{str(path)!r}, {'; '.join(problems)}")
    return found


def _read_cells(path: Path, errors: str = "strict") -> "csv.DictReader[str]":
    # The loaders of all formats take a quarter of a second to import, and a `parties.csv` is seldom read.
    from ingest.loaders.registry import read_bytes

    delimiter, rows = delimited(read_bytes(path, _LIMITS, path.parent).decode("utf-8-sig", errors))
    return csv.DictReader(io.StringIO(rows, newline=""), delimiter=delimiter)


def delimited(text: str) -> tuple[str, str]:
    """Returns the delimiter and the rows of a table in any of Excel's variants.

    A line `sep=;` before the rows names it; else it is the one that the first line has most.
    """
    first, _, rest = text.partition("\n")
    if (separator := re.fullmatch(r"\"?sep=(.)\"?\s*", first, re.IGNORECASE)) is not None:
        return separator[1], rest
    return max(_DELIMITERS, key=first.count), text


def claimed_codes(path: Path) -> dict[str, str]:
    """Returns the codes in a `parties.csv` that is refused, each with its name there, or with a name that nobody has.

    If the table is invalid, they include all codes of fictional States, so that none means another party by chance.
    """
    try:
        return {party.code: party.name for _, party in added_rows(path)}
    except PartyTableError:
        claimed = {code: f"{code}?" for code in user_assigned_codes()}
    try:
        rows = [*_read_cells(path, errors="replace")]
    except (LoadError, csv.Error):
        return claimed
    named: dict[str, set[str]] = {}
    for row in rows:
        named.setdefault((row.get("code") or "").strip().upper(), set()).add((row.get("name") or "").strip())
    return claimed | {code: min(names) or f"{code}?" for code, names in named.items() if code and len(names) == 1}


def user_assigned_codes() -> Iterator[str]:
    """Yields the codes that ISO 3166 never assigns to a State, XAA to XZZ."""
    return (f"X{second}{third}" for second in ascii_uppercase for third in ascii_uppercase)


def without_party(path: Path, code: str) -> bytes:
    """Returns the contents of a `parties.csv` without the party of one code."""
    cells = _read_cells(path)
    return _written(cells, (row for row in cells if (row["code"] or "").strip() != code))


def without_aliases(path: Path, refused: Collection[tuple[str, str]]) -> bytes:
    """Returns the contents of a `parties.csv` without these other names of parties, each with its party's code."""

    def kept(row: dict[str, str]) -> dict[str, str]:
        of_row = {name for code, name in refused if code == (row["code"] or "").strip()}
        aliases = "|".join(name for name in split_list(row.get("aliases") or "") if name not in of_row)
        shown = [column for language in LANGUAGES if (row.get(column := f"name_{language}") or "").strip() in of_row]
        return row | dict.fromkeys(shown, "") | {"aliases": aliases}

    cells = _read_cells(path)
    return _written(cells, map(kept, cells))


def _written(table: "csv.DictReader[str]", rows: Iterable[Mapping[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, table.fieldnames or (), restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def _added_row(cells: Mapping[str, str]) -> Party | str:
    code, name = cells.get("code", ""), cells.get("name", "")
    kind = _KINDS.get(cells.get("kind", "") or "state")
    if not name or not _CODE.fullmatch(code):
        return f"needs a name and a code in capitals, not {code!r}"
    if kind is None:
        return f"kind {cells['kind']!r} is none of {', '.join(_KINDS)}"
    if kind == "state" and not _FICTIONAL_STATE.fullmatch(code) and code not in built_in():
        return f"code {code!r} of a State that ISO 3166 does not know must be XAA to XZZ"
    aliases, members = (split_list(cells.get(column, "")) for column in ("aliases", "members"))
    shown = tuple((language, of) for language in LANGUAGES if (of := cells.get(f"name_{language}")))
    aliases = tuple(dict.fromkeys((*aliases, *(of for _, of in shown if of != name))))
    return Party(code=code, kind=kind, name=name, aliases=aliases, members=_members(" ".join(members)), shown=shown)
