"""Localization: the assistant's messages and the names of parties, in the language of an answer."""

from collections.abc import Iterable
from dataclasses import dataclass

from babel import Locale

from ingest.parties.party_table import PartyTable
from ingest.parties.regions import members_name
from prompts.wording import Wording, load_wording


@dataclass(frozen=True, kw_only=True)
class Localization(Wording):
    """The assistant's messages in one language, and the names of parties in it."""

    parties: PartyTable

    def name(self, code: str) -> str:
        """Returns the name of a party."""
        return self.parties.display(code, self.language)

    def speaker(self, written: str) -> str:
        """Returns a speaker as a statement has it; a State that speaks for a group, by its name."""
        codes = self.parties.resolve(written, "state", suggest=False).codes
        return self.name(codes[0]) if len(codes) == 1 else written

    def names(self, codes: Iterable[str]) -> str:
        """Returns the names of parties with commas between them, each once."""
        return self.list_comma.join(map(self.name, dict.fromkeys(codes)))

    def sets(self, codes: Iterable[str]) -> str:
        """Returns the names of regions, and of groups whose members are meant, with commas between them."""
        return self.list_comma.join(members_name(code, self.parties, self.language) for code in codes)


def language_name(code: str, language: str) -> str:
    """Returns the name of language `code` in `language`, such as "Chinese" for "zh" in "en"; both are ISO 639-1."""
    return str(Locale.parse(language).languages.get(code, code))


def localize(parties: PartyTable, language: str) -> Localization:
    """Returns messages and names in a language; the messages are English for a language without its own."""
    return Localization(parties=parties, **vars(load_wording(language)))
