"""Which party a speaker line names: by the tables of parties, and never by a guess."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import regex

from ingest.metadata.on_behalf import BEHALF, behalf_phrase
from ingest.metadata.represented_party import chairs_group
from ingest.parties.party_lookup import PartyLookup
from ingest.parties.party_table import PartyMatch, in_rows
from ingest.records.interventions import MAY_BE_SEVERAL, Intervention, of_party, of_unknown
from ingest.records.record_text import WORDS
from ingest.records.speaker_lines import SPEAKER, SpeakerLine, is_office

_MOST_WORDS_OF_NAME: Final = 5
_LONGEST_NEAR: Final = 12  # characters from a phrase to the name after it
_LONGEST_OFFICE: Final = 250  # characters after a name that are searched for the office and its State


class SpeakerLookup(PartyLookup):
    """Looks up the parties of speakers in a record."""

    def named_after(self, phrase: "regex.Pattern[str]", words: str) -> tuple["regex.Match[str] | None", str | None]:
        """Finds a phrase such as "in my capacity as representative of", and the party whose name follows it."""
        found = phrase.search(words)
        named = self.find(words[found.end() :]) if found is not None else ()
        return found, named[0].code if named and named[0].start <= _LONGEST_NEAR else None

    def party(self, words: str) -> tuple[str, ...]:
        """Returns the codes that words may stand for if they are a party's name and nothing else; else empty."""
        name = WORDS.observer.sub("", words.strip(" *_\n\t"))
        codes = self.parties.resolve(name, suggest=False).codes
        if codes or not name:
            return codes
        spans = self.find(name)
        return spans[0].codes if len(spans) == 1 and spans[0].is_name and _is_all(name, spans) else ()

    def holders(self, words: str) -> tuple[str, ...]:
        """Returns the code of the one party, or those of the listed States, that words consist of; else empty."""
        codes = self.party(words)
        if codes:
            return codes if len(codes) == 1 else ()
        row = next(in_rows(words, self.find(words), BEHALF.joint), [])
        states = len(row) > 1 and all(self.kind_of(match.code) == "state" for match in row)
        return tuple(dict.fromkeys(match.codes[0] for match in row)) if states and _is_all(words, row) else ()

    def intervention(self, line: SpeakerLine, *, trusted: bool) -> Intervention | None:
        """Returns the intervention that a speaker line opens, or None; in a `trusted` record a name needs no title."""
        words = replace(
            of_unknown(line.head, line.body), summarised=line.summarised, speaker=line.speaker, clause=line.clause
        )
        office = replace(words, role="office", reason=None)
        several = replace(words, reason=MAY_BE_SEVERAL.format(line.head))
        if codes := self._by_office(line):
            return of_party(words, *codes)
        if line.who == "office":
            return office
        if not line.understood:
            return replace(words, reason=f"what the record tells of {line.head!r} is not understood")
        names = [line.name] if line.who == "name" else [line.party] if line.party else list(line.brackets)
        each = [self.party(name) for name in names if name]
        codes = next(filter(None, each), ())
        if line.joint:
            known = len(each) == len(names) and all(len(found) == 1 for found in each)
            return of_party(words, *dict.fromkeys(found[0] for found in each)) if known else several
        if line.by_office and line.summarised and line.who == "official":
            return None
        if not line.titled:
            if trusted and not codes and self._is_of_office(line.name):
                return office
            if line.who == "name":
                if trusted and len(codes) > 1:
                    return several
                listed = self.holders(line.name) if trusted else ()
                return of_party(words, *listed) if listed else None
            if not trusted or len(codes) != 1:
                # It may be a speaker without a title: the words go to nobody, rather than to the speaker before.
                like_name = line.brackets and 2 <= len(line.name.split()) <= _MOST_WORDS_OF_NAME
                like_name = like_name and SPEAKER.like_party.fullmatch(line.brackets[0]) is not None
                return words if codes or like_name else None
        if len(codes) == 1:
            of_office = names if self.kind_of(codes[0]) == "organization" else []
            presides = is_office(line.clause) and behalf_phrase(line.clause) is None
            presides = presides and not chairs_group(line.clause, self)
            return office if presides or any(map(is_office, filter(None, of_office))) else of_party(words, *codes)
        if any(map(is_office, (*line.brackets, line.party or "", line.clause if line.by_office else ""))):
            return office
        return several if codes else replace(words, reason=f"{line.head!r} names no State that is known")

    def _is_of_office(self, name: str) -> bool:
        """Returns whether a name is that of an office or an organization: "Chair CCPCJ", "UNODC Executive Director"."""
        if is_office(name.split(maxsplit=1)[0]):
            return True
        found = self.find(name)
        return bool(found) and found[0].start == 0 and self.kind_of(found[0].codes[0]) == "organization"

    def _by_office(self, line: SpeakerLine) -> tuple[str, ...]:
        """Returns the party whose office a speaker holds: "Mr. Oram, Minister of Quenza"; else empty."""
        if not (line.understood and (line.by_office or line.who == "office")):
            return ()
        words = line.clause if line.who == "person" else line.head
        kinds = ("state",) if line.who == "office" else ("state", "group")
        named = next((match for match in self.find(words) if self.kind_of(match.code) in kinds), None)
        if named is None or SPEAKER.office_of_party.match(words[: named.start]) is None:
            return ()
        rest = words[named.end :].removeprefix(")" if words[: named.start].endswith("(") else "").strip()
        # "In exercise of the right of reply" may follow, and neither an office nor a verb.
        speaks = SPEAKER.speaking.search(rest) and not is_office(rest) and SPEAKER.verb.search(rest) is None
        return named.codes if not rest or behalf_phrase(rest) is not None or speaks else ()

    def introduced(self, words: Intervention, before: str) -> Intervention:
        """Attributes a President or Minister to their State if introduced `before`: "Mr. Oram, President of …"."""
        if words.state is not None or words.speaker is None or words.role != "unknown":
            return words
        surname = regex.split(r"\s*[(（]", words.speaker)[0].split()[-1]
        for match in reversed(list(regex.finditer(rf"\b{regex.escape(surname)}\b", before, regex.IGNORECASE))):
            said = before[match.end() : match.end() + _LONGEST_OFFICE]
            sentence = " ".join(regex.split(r"[.;](?=\s)", said)[0].split())
            office, named = WORDS.office_of.match(sentence), self.find(sentence)
            of_state = office is not None and SPEAKER.office_of_state.search(office["office"]) is not None
            if of_state and named and named[0].code is not None:
                return of_party(words, named[0].code)
        return words


def _is_all(words: str, row: Sequence[PartyMatch]) -> bool:
    return not words[: row[0].start].strip() and not words[row[-1].end :].strip()
