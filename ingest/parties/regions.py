"""Regions: sets of States that questions name, such as African States, and who belongs to them.

Members in `ingest/data/regions.csv` are codes of States or regions, or all parties of a kind. A row without members
names the group of its code, and a row without a code has names that hide a shorter one, as the Gulf of Guinea hides the
Gulf.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from ingest.language.lexicons import load_table
from ingest.language.matches import TextMatch
from ingest.parties.inflection import demonym_forms
from ingest.parties.name_matcher import NameTrie
from ingest.parties.name_tokens import tokens_of
from ingest.parties.party_table import PartyTable
from prompts.wording import LANGUAGES, Language

# The set of all groups of States, whose members are no States; its name, a word of many texts, is not looked for.
ALL_GROUPS: Final = "GROUPS"


@dataclass(frozen=True, kw_only=True)
class Region:
    """A region as a `source` such as `UN M49` defines it, with the codes of its States; its code is from our table."""

    code: str
    members: frozenset[str]
    source: str
    names: Mapping[str, str]

    def name(self, language: str) -> str:
        """Returns the region's name in a language, else in English."""
        return self.names.get(language) or self.names["en"]


@dataclass(frozen=True, kw_only=True)
class RegionMention(TextMatch):
    """A mention of a region in a text; the code is that of a region or a group."""

    code: str


@cache
def regions() -> Mapping[str, Region]:
    """Returns the regions by code, without the groups for which the table only has further names."""
    rows = {row["code"]: row for row in load_table("regions") if row["code"] and row["members"]}

    def members(code: str) -> frozenset[str]:
        parts = rows[code]["members"].split()
        return frozenset(state for part in parts for state in (members(part) if part in rows else (part,)))

    found = {}
    for code, row in rows.items():
        names: dict[str, str] = {language: row[language].split("|")[0] for language in LANGUAGES if row[language]}
        states = members(code) if code != ALL_GROUPS else frozenset[str]()
        found[code] = Region(code=code, members=states, source=row["source"], names=names)
    return found


def find_regions(text: str, language: Language) -> list[RegionMention]:
    """Returns the mentions of regions in a text, in any form of their names; the longest name wins."""
    trie, tokens = _trie(language), tokens_of(text)
    mentions: list[RegionMention] = []
    at = 0
    while at < len(tokens):
        found = trie.longest(tokens, at, relaxed=True)
        at = at + 1 if found is None else found.last
        if found is not None and found.name.codes:
            start, end = tokens[found.first].start, tokens[found.last - 1].end
            mentions.append(RegionMention(start=start, end=end, code=found.name.codes[0]))
    return mentions


def region_named(name: str) -> str | None:
    """Returns the code of the region with this name in any of the six languages, or with this code; else None."""
    typed = name.strip()
    if typed in regions():
        return typed
    tokens = tokens_of(typed)
    found = (_trie(language).exact(tokens) for language in LANGUAGES) if tokens else ()
    return next((each.codes[0] for each in found if each is not None and each.codes), None)


@cache
def _trie(language: Language) -> NameTrie:
    trie = NameTrie(language)
    for row in load_table("regions"):
        codes = (row["code"],) if row["code"] else ()
        for name in row[language].split("|") if row[language] and row["code"] != ALL_GROUPS else ():
            for form in _forms(name, language):
                trie.add(form, codes, "group", case="any")
    return trie


def _forms(name: str, language: Language) -> Collection[str]:
    if language in ("fr", "es") and name[0].islower():
        # In these languages only adjectives are in lower case.
        return demonym_forms(name, language)
    if language == "en" and name.endswith(("an", "Arab")) and name != "American":
        # "Africans" are those of Africa, while "Americans" are of one State.
        return (name, f"{name}s")
    return (name, f"ال{name}") if language == "ar" else (name,)


def members_of(codes: Collection[str], parties: PartyTable, date: str | None = None) -> frozenset[str]:
    """Returns the States of regions, the members of groups at a date (now, without one), and all groups if asked."""
    known = regions()
    if ALL_GROUPS in codes:
        return members_of([code for code in codes if code != ALL_GROUPS], parties, date).union(parties.codes("group"))
    return frozenset[str]().union(
        *(known[code].members if code in known else parties.members(code, date) for code in codes)
    )


def members_name(code: str, parties: PartyTable, language: str) -> str:
    """Returns the name of a region or group in a language."""
    known = regions().get(code)
    return parties.display(code, language) if known is None else known.name(language)
