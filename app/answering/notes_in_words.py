"""Notes in words: how a question was read and searched, in the answer's language, such as "Tehran read as Iran"."""

from app.answering.localization import Localization
from app.answering.provenance import occasions
from app.records import Note
from ingest.parties.regions import regions


def note_in_words(note: Note, local: Localization) -> str:
    """Returns a note in the answer's language."""
    values = dict(note.values)
    if note.kind in ("latest", "earliest"):
        values = {"dates": occasions(values["statements"], local)}
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
