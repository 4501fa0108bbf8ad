"""Parties, which are all that can speak: recognition in text, resolution of typed names, members of groups.

A name that may mean several parties (`Congo`, `Korea`) gives all of them, for a clarifying question, and no guess.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import PartyTableError
from ingest.language.lexicons import load_words
from ingest.language.matches import TextMatch, runs_of
from ingest.parties.capitals import Capitals, stands_for_state
from ingest.parties.inflection import russian_forms
from ingest.parties.name_matcher import NameForm, NameMatch, NameTrie
from ingest.parties.name_tokens import Token, fold_token, tokens_of
from ingest.parties.party_names import (
    Party,
    PartyKind,
    added_rows,
    ambiguous_names,
    built_in,
    display_name,
    group_names,
    spellings,
    trie_of,
    unmarked,
)
from prompts.wording import LANGUAGES, Language, load_wording

if TYPE_CHECKING:
    from vectorstore.store import Store

_SCRIPTS: Mapping[str, re.Pattern[str]] = {
    "zh": re.compile("[\u4e00-\u9fff]"),
    "ar": re.compile("[\u0600-\u06ff]"),
    "ru": re.compile("[\u0400-\u04ff]"),
}
_RUSSIAN_SOURCES: tuple[Language, ...] = ("ru", "en")
_FRENCH, _SPANISH, _ENGLISH = (load_words(f"common_{code}", "parties") for code in ("fr", "es", "en"))
_ONLY_ENGLISH = _ENGLISH - {"on", "has"}
_CODE = re.compile(r"[A-Z0-9_]+")
# Most typing errors per letter of the longer name for a suggestion: "albanais" is not suggested for "Atlantis".
_ERROR_RATE_MAX = 0.3


@dataclass(frozen=True, kw_only=True)
class PartyMatch(TextMatch):
    """A party's name in a text: the sorted `codes` of all that it may be, more than one where it is ambiguous.

    A name with the `form` of a capital may also be just a place, see `ingest/parties/capitals.py`.
    """

    codes: tuple[str, ...]
    form: NameForm
    text: str

    @property
    def is_name(self) -> bool:
        """Whether it is the party's own name: a capital may be a place, a demonym an adjective."""
        return self.form not in ("capital", "demonym")

    @property
    def code(self) -> str | None:
        """The party that is certainly meant, by an unambiguous name of its own; else None."""
        return self.codes[0] if len(self.codes) == 1 and self.is_name else None


def in_rows(text: str, matches: Iterable[PartyMatch], joint: re.Pattern[str]) -> Iterator[list[PartyMatch]]:
    """Yields lists of parties that a text names one after the other, with only a match of `joint` between them."""
    return runs_of(matches, lambda row, match: joint.fullmatch(text, row[-1].end, match.start) is not None)


@dataclass(frozen=True, kw_only=True)
class ResolvedName:
    """The meaning of a typed name: one code, several that need a clarifying question, or none if it is unknown.

    The `suggestions` for an unknown name are codes of similar names, best first; never to be used without asking.
    """

    codes: tuple[str, ...]
    suggestions: tuple[str, ...] = ()


class PartyTable:
    """All known parties, built in or of `parties.csv` files, which gave the codes `added` names; never changes."""

    def __init__(self, rows: Mapping[str, Party], added: Iterable[str] = ()) -> None:
        self._rows = dict(rows)
        self.added = tuple(added)
        self._of_size: dict[tuple[int, int], list[str]] = {}

    @classmethod
    def load(cls, extra: Path | None = None) -> "PartyTable":
        """Returns the built-in table plus one `parties.csv`; PartyTableError gives the line of a wrong row."""
        table = cls(built_in())
        return table if extra is None else table.with_extra(extra)

    def with_extra(self, *extras: Path) -> "PartyTable":
        """Returns this table plus the parties of further `parties.csv` files; the same party in two files is one."""
        table = self
        for path in extras:
            rows = dict(table._rows)
            for line, row in added_rows(path):
                known = rows.get(row.code, row)
                if (known.name, known.kind) != (row.name, row.kind):
                    raise PartyTableError(
                        f"{str(path)!r}, line {line}: code {row.code!r} is already {known.name!r}; "
                        "use another code, XAA to XZZ for fictional States"
                    )
                for name in (row.name, *row.aliases):
                    if holders := table.codes_of_name(name.strip()) - {row.code}:
                        raise PartyTableError(
                            f"{str(path)!r}, line {line}: the name {name!r} already means "
                            f"{', '.join(sorted(map(table.display, holders)))}; use another name"
                        )
                aliases = tuple(dict.fromkeys((*known.aliases, *row.aliases)))
                members, shown = row.members or known.members, (*known.shown, *row.shown)
                rows[row.code] = replace(known, aliases=aliases, members=members, shown=shown)
            own = built_in()
            named = (code for code, row in rows.items() if code not in own or row.aliases != own[code].aliases)
            table = PartyTable(rows, dict.fromkeys((*table.added, *named)))
        return table

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the parties that files added or changed; when it changes, the holders of statements may as well."""
        rows = [repr(row) for code, row in self._rows.items() if row != built_in().get(code)]
        return hashlib.sha256("\n".join(rows).encode("utf-8", "surrogatepass")).hexdigest()[:16] if rows else ""

    def get(self, code: str) -> Party | None:
        """Returns the party of a code, or None; its names have the marks of our tables, see `unmarked`."""
        return self._rows.get(code)

    def kind_of(self, code: str | None) -> PartyKind | None:
        """Returns the kind of the party with a code; None if no party has it."""
        row = self._rows.get(code or "")
        return None if row is None else row.kind

    def codes(self, kind: PartyKind | None = None) -> tuple[str, ...]:
        """Returns all codes, sorted; of one kind if given."""
        return tuple(sorted(code for code, row in self._rows.items() if kind is None or row.kind == kind))

    def display(self, code: str, language: str = "en") -> str:
        """Returns the short name in one of the six languages, else in English; of unknown ones, the code or group name.

        A party from a file without a name for a language (`name_fr`) has its first alias in the language's script.
        """
        row = self._rows.get(code)
        if row is None:
            return code if _CODE.fullmatch(code) else load_wording(language).say("unknown_group", group=code)
        if code in built_in():
            return display_name(row, language)
        script = _SCRIPTS.get(language)
        written = (name for name in row.aliases if script is not None and script.search(name))
        return dict(row.shown).get(language) or next(written, None) or display_name(row, language)

    def find(
        self, text: str, language: str | None = None, *, relaxed: bool = False, capitals: Capitals = "all"
    ) -> list[PartyMatch]:
        """Returns every party named in a text of any languages: the longest names, not overlapping, in order.

        Without `language`, it is inferred from script and common words. `relaxed` is for what people type ("what did
        iran say"); in statements a name begins with a capital letter. `capitals` says which capitals stand for their
        States, since most are the place of a meeting: "Vienna, 17 October 2016".
        """
        tokens = tokens_of(text)
        tries = [self._extra_trie] if self.added else []
        tries += [trie_of(lang) for lang in _languages_in(text, tokens, language)]
        foreign = language not in (None, "en") and not any(t.word.casefold() in _ONLY_ENGLISH for t in tokens[:400])
        matches: list[PartyMatch] = []
        at = 0
        while at < len(tokens):
            best: NameMatch | None = None
            for trie in tries:
                # In a text of another language an English name needs its capital: "eu", "roma" may be words there.
                eased = relaxed and not (foreign and trie is trie_of("en") and tokens[at].word.islower())
                found = trie.longest(tokens, at, eased)
                if eased and found is not None and found.name.form == "group" and found.last > at + 1:
                    found = self._first_member(trie.longest(tokens[: found.last - 1], at, eased), found)
                if found is not None and (best is None or found.rank > best.rank):
                    best = found
            at = at + 1 if best is None else best.last
            if best is not None and best.name.codes:
                start, end, name = tokens[best.first].start, _end_of(text, tokens, best), best.name
                if name.form == "capital" and not stands_for_state(text, end, capitals):
                    continue
                matches.append(PartyMatch(start=start, end=end, codes=name.codes, form=name.form, text=text[start:end]))
        return matches

    def _first_member(self, shorter: NameMatch | None, group: NameMatch) -> NameMatch:
        """Returns the first State of "Canada, Australia and New Zealand" in a question, though a group is called so."""
        listed = shorter is not None and set(shorter.name.codes) & self.members(group.name.codes[0])
        return shorter if shorter is not None and listed else group

    def resolve(self, name: str, kind: PartyKind | None = None, *, suggest: bool = True) -> ResolvedName:
        """Returns the meaning of a typed code or name, as in a manifest or `--scope`.

        Codes are taken in upper case: alpha-3 codes and codes of our table stand for themselves, two letters
        may be an alpha-2 code or an abbreviation. Names in any of the six languages count in any case;
        demonyms and names of capital cities only as suggestions. With `kind`, only parties of that kind are considered.
        Without `suggest`, only our own tables are searched, which is fast for words that name nobody.
        """
        typed = name.strip()
        if typed in self._rows and len(typed) > 2 and self._is(typed, kind):
            return ResolvedName(codes=(typed,))
        own, near = self._named(typed)
        found = own or (self._known_elsewhere(typed) if suggest and not near else set())
        if codes := {code for code in found if self._is(code, kind)}:
            return ResolvedName(codes=tuple(sorted(codes)))
        similar = self._similar(typed) if suggest and not own else ()
        ranked = dict.fromkeys((*sorted(near), *similar))
        return ResolvedName(codes=(), suggestions=tuple(code for code in ranked if self._is(code, kind))[:5])

    def codes_of_name(self, typed: str) -> set[str]:
        """Returns the codes of all parties that a name means; none for one that is only a demonym or a capital."""
        own, near = self._named(typed)
        return own if own or near else self._known_elsewhere(typed)

    def _known_elsewhere(self, typed: str) -> set[str]:
        """Returns the States that countrynames knows by a name, without those whose name it only misspells."""
        guessed = set(_by_countrynames(typed))
        return guessed - set(self._similar(typed)) if guessed else guessed

    def _named(self, typed: str) -> tuple[set[str], set[str]]:
        """Returns the codes that our tables give a typed name, and those of which it is a demonym or a capital."""
        codes = {typed} & self._rows.keys() | {code for code, row in self._rows.items() if row.alpha2 == typed}
        near: set[str] = set()
        tokens = tokens_of(typed)
        if len(tokens) > 1 and tokens[0].folded == "the":
            tokens = tokens[1:]
        tries = [self._extra_trie] if self.added else []
        for trie in [*tries, *(trie_of(lang) for lang in LANGUAGES)] if tokens else []:
            found = trie.exact(tokens)
            if found is not None and found.case != "code":
                (near if found.form in {"demonym", "capital"} else codes).update(found.codes)
        return codes, near

    def members(self, code: str, date: str | None = None) -> frozenset[str]:
        """Returns the members of a group through all of a year, day or interval; now, without a date."""
        group = self._rows.get(code)
        return frozenset(member.name for member in (group.members if group else ()) if member.covers(date))

    def has_members(self, code: str) -> bool:
        """Returns whether members of a group are known, at any date."""
        return code in self._rows and bool(self._rows[code].members)

    def _is(self, code: str, kind: PartyKind | None) -> bool:
        return kind is None or self._rows[code].kind == kind

    @cached_property
    def _extra_trie(self) -> NameTrie:
        trie = NameTrie(*LANGUAGES)
        for code in self.added:
            row = self._rows[code]
            form: NameForm = "name" if row.kind == "state" else "group"
            known = built_in().get(code)
            # The tries of the languages have the built-in names, with the rules for the words beside them.
            for name in group_names(row):
                if known is None or name not in (known.name, *known.aliases):
                    trie.add(name, (code,), form)
            if known is None:
                trie.add(code, (code,), form, case="code")
        return trie

    @cached_property
    def _typable(self) -> dict[str, tuple[str, ...]]:
        """Folded names of all languages, with their codes, to which typing errors are corrected."""
        names: dict[str, tuple[str, ...]] = {}
        for row in self._rows.values():
            for lang in LANGUAGES:
                for _, text in spellings(row, lang):
                    names.setdefault(_typed(unmarked(text)), (row.code,))
        # Added last, so that an ambiguous name keeps the codes of all its parties.
        names.update({_typed(ambiguous.name): ambiguous.codes for ambiguous in ambiguous_names()})
        return {name: codes for name, codes in names.items() if len(name) > 3 or not name.isascii()}

    @cached_property
    def _typable_forms(self) -> dict[str, tuple[str, ...]]:
        """The names of `_typable`, and the case forms of Russian names of one word: "кроме Белморы"."""
        # A party from a file has its names of all languages beside the English one.
        written = (
            (row.code, unmarked(text))
            for row, of in product(self._rows.values(), _RUSSIAN_SOURCES)
            for kind, text in spellings(row, of)
            if kind == "name" and " " not in text and _SCRIPTS["ru"].search(text)
        )
        forms = {_typed(form): (code,) for code, name in written for form in russian_forms(name)}
        return {**forms, **self._typable}

    def nearest(self, typed: str, errors: int = 2) -> tuple[str, ...]:
        """Returns the parties whose names, in any language, differ from a word by the fewest typing errors.

        A name of less than eight letters may have one error, one of less than five none; with two errors, the first
        letter must be right. Several codes if names are equally near: `Nigera` may be Niger or Nigeria.
        """
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        query = _typed(typed)
        errors = min(errors, 0 if len(query) < 5 else 1 if len(query) < 8 else 2)
        if not errors:
            return self._typable_forms.get(query, ())
        size = (len(query), errors)
        if size not in self._of_size:
            # Only names of similar length can be within so few errors.
            self._of_size[size] = [name for name in self._typable_forms if abs(len(name) - len(query)) <= errors]
        hits = process.extract(query, self._of_size[size], scorer=OSA.distance, score_cutoff=errors, limit=20)
        near = [(key, distance) for key, distance, _ in hits if distance < 2 or key[0] == query[0]]
        best = min((distance for _, distance in near), default=0)
        nearest = (key for key, distance in near if distance == best)
        return tuple(dict.fromkeys(code for key in nearest for code in self._typable_forms[key]))

    def groups_called(self, noun: str) -> tuple[str, ...]:
        """Returns the groups whose names contain a noun such as "forum"; only those that files added, if any."""
        named = {codes[0]: None for name, codes in self._typable.items() if noun in name.replace(" ", "")}
        groups = [code for code in named if self._is(code, "group")]
        return tuple(code for code in groups if code not in built_in()) or tuple(groups)

    def is_called(self, code: str, noun: str) -> bool:
        """Returns whether a group may be called by a noun alone: "the Forum", since a word of its name begins with it.

        A group that no table knows has its name for a code.
        """
        typed = _typed(noun).removeprefix("ال")
        names = (name for name, codes in self._typable.items() if codes == (code,)) if code in self._rows else [code]
        if _SCRIPTS["zh"].search(noun):
            return any(typed.replace(" ", "") in name.replace(" ", "") for name in names)
        return any(word.removeprefix("ال").startswith(typed) for name in names for word in _typed(name).split())

    @cached_property
    def name_words(self) -> frozenset[str]:
        """The folded words of which names consist, in all languages."""
        return frozenset(word for name in self._typable for word in name.split())

    def _similar(self, typed: str) -> tuple[str, ...]:
        from rapidfuzz import fuzz, process
        from rapidfuzz.distance import OSA

        query = _typed(typed)
        if len(query) < 3:
            return ()
        hits = process.extract(query, self._typable.keys(), scorer=fuzz.ratio, score_cutoff=75, limit=8)
        near = [key for key, _, _ in hits if OSA.normalized_distance(query, key) <= _ERROR_RATE_MAX]
        return tuple(dict.fromkeys(code for key in near for code in self._typable[key]))


def load_parties(store: "Store", *, other_than: Path | None = None) -> PartyTable:
    """Returns the built-in parties and those that ingested folders added, without those from the file `other_than`."""
    return _table_with(store.party_files.paths(other_than=other_than))


# The name of a file in a store has a hash of its contents.
@lru_cache(maxsize=4)
def _table_with(files: tuple[Path, ...]) -> PartyTable:
    return PartyTable.load().with_extra(*files)


@lru_cache(maxsize=1 << 14)
def _typed(name: str) -> str:
    # Cached, since the tables in a process have nearly all of their thousands of names in common.
    return " ".join(token.folded for token in tokens_of(name))


def _languages_in(text: str, tokens: list[Token], language: str | None) -> tuple[Language, ...]:
    """Returns the languages whose names to search; the text's own first, since it wins between equal names."""
    present: list[Language] = [lang for lang in LANGUAGES if lang == language]
    present += [lang for lang in LANGUAGES if lang in _SCRIPTS and _SCRIPTS[lang].search(text)]
    if language is None:
        words = [t.word.casefold() for t in tokens[:400]]
        english, french, spanish = (sum(w in known for w in words) for known in (_ENGLISH, _FRENCH, _SPANISH))
        # A short text may have only words that French and Spanish share ("de la"), a list of names has none at all.
        unsure = not english and (len(words) <= 4 or not (french or spanish))
        if unsure or french > english:
            present.append("fr")
        if unsure or spanish > english:
            present.append("es")
    present.append("en")
    return tuple(dict.fromkeys(present))


def _end_of(text: str, tokens: list[Token], found: NameMatch) -> int:
    """Returns where a name ends, including the bracket that it opened or the full stop of its abbreviation."""
    start, end = tokens[found.first].start, tokens[found.last - 1].end
    written, following = text[start:end], text[end : end + 1]
    if following and following in ")）" and ("(" in written or "（" in written):
        return end + 1
    return end + 1 if following == "." and "." in written and len(tokens[found.last - 1].word) == 1 else end


@cache
def _by_countrynames(typed: str) -> frozenset[str]:
    """Returns the States of an exact name in countrynames, which knows many more languages than ours.

    It is asked last, since it is wrong on some names that our own tables know, such as Egypt in Arabic.
    """
    import countrynames

    if len(fold_token(typed)) < 4:
        return frozenset()
    alpha2 = countrynames.to_code(typed, fuzzy=False)
    return frozenset(code for code, row in built_in().items() if alpha2 is not None and row.alpha2 == alpha2)
