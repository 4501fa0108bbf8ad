"""Persons who delivered statements: "Ms. Renn" stands for the party of the statements that name her as speaker."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import regex

from ingest.language.lexicons import RegexPatterns, load_words
from ingest.language.word_frequencies import is_ordinary
from ingest.parties.party_table import PartyMatch, PartyTable

_WORD: Final = r"\p{Lu}[\p{L}\p{M}’'.-]*(?<![’']s)"
_FULL_NAME: Final = regex.compile(rf"(?<![\p{{L}}\p{{M}}]){_WORD}(?:\s+{_WORD})*")
_TITLE: Final = regex.compile(rf"^(?:{RegexPatterns('speakers').source('title')})\s*", regex.IGNORECASE)
_BEHIND: Final = regex.compile("[,，(（].*", regex.DOTALL)
# Capitalised words that are not names: roles, times, places in the text.
_NO_NAMES: Final = load_words("no_names", "drafts")


@dataclass(frozen=True, kw_only=True)
class PersonMatch(PartyMatch):
    """A person's name in a text, with the codes of the parties that the person spoke for."""

    speakers: tuple[str, ...]
    """The person as statements name their speaker."""


class Persons:
    """The speakers of stored statements, by surname."""

    def __init__(self, spoken: Iterable[tuple[str | None, Iterable[str]]], parties: PartyTable) -> None:
        """Reads the speaker of each statement and for which parties; a State that spoke for a group is no person."""
        self._spoke: dict[str, list[tuple[str, frozenset[str], frozenset[str]]]] = {}
        for speaker, holders in spoken:
            told, codes = speaker or "", frozenset(holders)
            name = _BEHIND.sub("", _TITLE.sub("", told)).split()
            if codes and name and not parties.find(" ".join(name)):
                for surname in name[1:] or name:
                    known = (told, frozenset(map(_plain, told.split())), codes)
                    self._spoke.setdefault(_plain(surname), []).append(known)

    def find(self, text: str) -> list[PersonMatch]:
        """Returns the persons named in a text, each with the parties that they spoke for.

        Other words of a name, such as a first name or an office, must be those of the statement.
        """
        found = []
        for name in _FULL_NAME.finditer(text):
            words = [_plain(word) for word in name.group().split()]
            own = [word for word in words if word not in _NO_NAMES and not _TITLE.fullmatch(word)]
            spoke = [
                (told, codes)
                for told, known, codes in self._spoke.get(own[-1] if own else "", ())
                if known.issuperset(own)
            ]
            if spoke and not (len(words) == 1 and is_ordinary(words[0])):
                found.append(
                    PersonMatch(
                        start=name.start(),
                        end=name.end(),
                        codes=tuple(sorted({code for _, codes in spoke for code in codes})),
                        form="name",
                        text=name.group(),
                        speakers=tuple(dict.fromkeys(told for told, _ in spoke)),
                    )
                )
        return found


def is_titled(name: str, text: str) -> bool:
    """Returns whether a text names a person, by a title such as "Ms." or "Ambassador" before a name or within it."""
    start = text.find(name)
    words = " ".join((*text[: max(0, start)].split()[-1:], name))
    return any(
        (title := _TITLE.match(each)) is not None and each[title.end() :][:1].isupper() for each in (name, words)
    )


def _plain(word: str) -> str:
    return word.casefold().strip(",.’'()")
