"""Notes on how a question was read and searched, worded where they are shown.

`Note(kind="read_as", values={"name": "Tehran", "party": "IRN"})` reads as "Tehran read as Iran" where the answer is in
English.
"""

from collections.abc import Iterable
from typing import Final

from app.answering.provenance import occasions
from app.records import Note
from ingest.parties.party_table import PartyTable
from ingest.parties.regions import members_name, regions
from prompts.wording import Wording

# Kinds whose words name the values otherwise than the note does.
_OF_STATEMENTS: Final = frozenset({"latest", "earliest"})


def word_notes(notes: Iterable[Note], parties: PartyTable, wording: Wording) -> tuple[str, ...]:
    """Returns notes as sentences, in order."""
    return tuple(_word(note, parties, wording) for note in notes)


def _word(note: Note, parties: PartyTable, wording: Wording) -> str:
    values = dict(note.values)
    if note.kind in _OF_STATEMENTS:
        values = {"dates": occasions(values["statements"], wording)}
    elif note.kind == "members_of":
        known = [regions()[code] for code in values.pop("codes")]
        values |= {
            "count": len(frozenset[str]().union(*(region.members for region in known))),
            "region": ", ".join(region.name(wording.language) for region in known),
            "source": ", ".join(dict.fromkeys(region.source for region in known)),
        }
    elif note.kind == "members_of_group":
        codes = values.pop("codes")
        values["group"] = ", ".join(members_name(code, parties, wording.language) for code in codes)
    if "party" in values:
        values["party"] = parties.display(values["party"], wording.language)
    if "parties" in values:
        values["parties"] = ", ".join(_party(code, parties, wording) for code in values["parties"])
    return wording.say(f"note_{note.kind}", **values)


def _party(code: str, parties: PartyTable, wording: Wording) -> str:
    return (
        members_name(code, parties, wording.language) if code in regions() else parties.display(code, wording.language)
    )
