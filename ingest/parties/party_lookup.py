"""Look-ups of parties in one text, by its language, and by its date, which decides who were the members of a group."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.parties.party_names import PartyKind
from ingest.parties.party_table import PartyMatch, PartyTable


@dataclass(frozen=True, kw_only=True)
class PartyLookup:
    """Looks up parties in a text of a language (ISO 639-1) and a date (ISO 8601); None where unknown."""

    parties: PartyTable
    language: str | None = None
    date: str | None = None

    def find(self, words: str) -> Sequence[PartyMatch]:
        """Finds the parties that words name."""
        return self.parties.find(words, self.language)

    def kind_of(self, code: str | None) -> PartyKind | None:
        """Returns the kind of the party with a code; None if no party has it."""
        return self.parties.kind_of(code)

    def members(self, group: str) -> frozenset[str]:
        """Returns the members of a group at the date."""
        return self.parties.members(group, self.date)
