"""Localization: the assistant's messages and the names of parties, in the language of an answer."""

from collections.abc import Iterable
from dataclasses import dataclass

from babel import Locale

from ingest.parties.party_table import PartyTable
from ingest.parties.regions import members_name
from prompts.wording import Wording, load_wording


@dataclass(frozen=True, kw_only=True)
class Localization:
    """The messages of one language, and everyone who can speak, by their names in it."""

    parties: PartyTable
    wording: Wording

    @property
    def language(self) -> str:
        """ISO 639-1 code; a language without messages of its own has those of English."""
        return self.wording.language

    def say(self, key: str, **variables: object) -> str:
        """Returns a message with its variables filled in."""
        return self.wording.say(key, **variables)

    def name(self, code: str) -> str:
        """Returns the name of a party."""
        return self.parties.display(code, self.language)

    def names(self, codes: Iterable[str]) -> str:
        """Returns the names of parties with commas between them, each once."""
        return self.wording.list_comma.join(map(self.name, dict.fromkeys(codes)))

    def sets(self, codes: Iterable[str]) -> str:
        """Returns the names of regions, and of groups whose members are meant, with commas between them."""
        return self.wording.list_comma.join(members_name(code, self.parties, self.language) for code in codes)


def language_name(code: str, language: str) -> str:
    """Returns the name of a language in another, such as "Chinese"; both are ISO 639-1 codes."""
    return str(Locale.parse(language).languages.get(code, code))


def localize(parties: PartyTable, language: str) -> Localization:
    """Returns messages and names in a language."""
    return Localization(parties=parties, wording=load_wording(language))
