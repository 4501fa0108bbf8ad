"""Finds the persons who delivered the stored statements, by surname: "Ms. Renn said", "Renn:"."""

from collections.abc import Iterable
from typing import Final

import regex

from app.checking.corpus_texts import StoredText
from ingest.language.lexicons import RegexPatterns, load_words
from ingest.language.word_frequencies import is_ordinary
from ingest.parties.party_table import PartyMatch, PartyTable

_WORD: Final = r"\p{Lu}[\p{L}\p{M}’'.-]*(?<![’']s)"
_NAME: Final = regex.compile(rf"(?<![\p{{L}}\p{{M}}]){_WORD}(?:\s+{_WORD})*")
_TITLE: Final = regex.compile(rf"^(?:{RegexPatterns('speakers').source('title')})\s*", regex.IGNORECASE)
_BEHIND: Final = regex.compile("[,،，(（].*", regex.DOTALL)
# Capitalised words that are not names of speakers: roles, times, places in the text, words for the speaker's own side.
NO_NAMES: Final = load_words("no_names", "drafts")


class Persons:
    """The speakers of stored statements, by surname."""

    def __init__(self, spoken: Iterable[StoredText], parties: PartyTable) -> None:
        """Reads who delivered each statement, and for which parties; a State that spoke for a group is no person."""
        self._spoke: dict[str, list[tuple[frozenset[str], frozenset[str]]]] = {}
        for stored in spoken:
            told = stored.metadata.speaker or ""
            name = _BEHIND.sub("", _TITLE.sub("", told)).split()
            if stored.parties and name and not parties.find(" ".join(name)):
                for surname in name[1:] or name:
                    known = (frozenset(map(_plain, told.split())), stored.parties)
                    self._spoke.setdefault(_plain(surname), []).append(known)

    def find(self, text: str) -> list[PartyMatch]:
        """Returns the persons named in a text, each with the parties that they spoke for.

        Other words of a name, such as a first name or an office, must be those of the statement.
        """
        found = []
        for name in _NAME.finditer(text):
            words = [_plain(word) for word in name.group().split()]
            own = [word for word in words if word not in NO_NAMES and not _TITLE.fullmatch(word)]
            codes = {
                code
                for known, parties in self._spoke.get(own[-1] if own else "", ())
                if known.issuperset(own)
                for code in parties
            }
            if codes and not (len(words) == 1 and is_ordinary(words[0])):
                match = PartyMatch(
                    start=name.start(), end=name.end(), codes=tuple(sorted(codes)), form="name", text=name.group()
                )
                found.append(match)
        return found


def _plain(word: str) -> str:
    return word.casefold().strip(",.’'()")
