"""Notes on how a question was read and searched, put into the words of the answer's language.

`Note(kind="read_as", values={"name": "Tehran", "party": "IRN"})` reads as "Tehran read as Iran" where the answer is in
English.
"""

from collections.abc import Iterable

from app.answering.localization import Localization
from app.answering.provenance import occasions
from app.records import Note
from ingest.parties.regions import regions


def word_notes(notes: Iterable[Note], local: Localization) -> tuple[str, ...]:
    """Returns notes as sentences, in order."""
    return tuple(_word(note, local) for note in notes)


def _word(note: Note, local: Localization) -> str:
    values = dict(note.values)
    if note.kind in ("latest", "earliest"):
        values = {"dates": occasions(values["statements"], local.wording)}
    elif note.kind == "members_of":
        known = [regions()[code] for code in values.pop("codes")]
        values |= {
            "count": len(frozenset[str]().union(*(region.members for region in known))),
            "region": ", ".join(region.name(local.language) for region in known),
            "source": ", ".join(dict.fromkeys(region.source for region in known)),
        }
    elif note.kind == "members_of_group":
        values["group"] = local.sets(values.pop("codes"))
    if "party" in values:
        values["party"] = local.name(values["party"])
    if "parties" in values:
        values["parties"] = local.sets(values["parties"])
    return local.say(f"note_{note.kind}", **values)
