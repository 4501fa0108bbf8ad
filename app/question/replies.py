"""Replies to a question back: which of the readings offered a short answer means.

After "Congo can mean several States", "the Democratic one", "the first" and "DRC" each choose one.
"""

import re
from collections.abc import Sequence
from typing import Final

from app.question.lexicon import Item, lexicon_of
from ingest.parties.name_matcher import fold
from ingest.parties.party_table import PartyTable

_LONGEST: Final = 5


def chosen_option(reply: str, name: str | None, options: Sequence[str], language: str, parties: PartyTable) -> str:
    """Returns which of the options asked back a short reply means, else the reply as it is.

    Args:
        reply: "the first", "the Democratic one", "South".
        name: The name that was asked back.
        options: What it may mean, in the order in which they were shown.
        language: ISO 639-1 code of the reply.
        parties: Who can speak.
    """
    words = re.findall(r"[\w']+", reply)
    if name is None or not options or not words or len(words) > _LONGEST or parties.find(reply):
        return reply
    lexicon = lexicon_of(language)
    items = lexicon.items(reply)
    places = [item.number("ordinal", "number") - 1 for item in items if _is_place(item, reply)]
    places = places or [
        at for item in items for pick, at in (("earliest", 0), ("latest", len(options) - 1)) if pick in _picks(item)
    ]
    if places:
        return options[places[0]] if len(set(places)) == 1 and 0 <= places[0] < len(options) else reply
    said = {fold(word) for word in words if "fill" not in lexicon.kinds_of(word)}
    shared = [len(said & {fold(word) for word in re.findall(r"[\w']+", option)}) for option in options]
    best = max(shared)
    if best and shared.count(best) == 1:
        return options[shared.index(best)]
    whole = f"{reply.strip()} {name}"
    return whole if len(parties.resolve(whole).codes) == 1 else reply


def _is_place(item: Item, reply: str) -> bool:
    """Whether a word counts a place: "second", "2", but not "the Democratic one"."""
    return "ordinal" in item.kinds or ("number" in item.kinds and reply[item.start : item.end].isdecimal())


def _picks(item: Item) -> frozenset[str]:
    """Returns what a word picks: "last", "the first one"."""
    return item.kinds | {item.values.get("pick_alone", "")}
