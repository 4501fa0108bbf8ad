"""Change of view: whether a sentence takes back what stands before it, which then is not the speaker's present view.

"My country spoke against the mechanism. We were mistaken." is not against it, nor is "It must be kept, they say. We
share none of these reasons." for keeping it.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import regex

from app.retrieval.positions.direction import SentenceDirection, read_sentence
from app.retrieval.positions.position_marks import OUTRIGHT
from ingest.language.lexicons import load_lexicon
from ingest.parties.party_table import PartyTable

_PATTERNS: Final = {
    name: regex.compile(pattern, regex.VERBOSE) for name, pattern in load_lexicon("change_of_view").items()
}


def _says(name: str, text: str) -> bool:
    """Returns whether a sentence matches a pattern of `ingest/language/data/change_of_view.yaml`."""
    return _PATTERNS[name].search(text) is not None


def disowns(text: str) -> bool:
    """Returns whether a sentence rejects what stands before it: "We share none of these reasons."."""
    return _says("disowns", text)


def retracts(text: str) -> bool:
    """Returns whether a sentence gives up a view that the one before it tells: "We were mistaken."."""
    return _says("retracts", text)


def takes_back(text: str) -> bool:
    """Returns whether a sentence says that what stands before is not, or no longer, the speaker's view."""
    return disowns(text) or retracts(text) or _says("revises", text)


def gives_up(text: str) -> bool:
    """Returns whether a sentence says that a view, or what it speaks of, is past: "We no longer support it."."""
    return takes_back(text) or _says("no_longer", text)


def limits(text: str) -> bool:
    """Returns whether a sentence only limits what stands before it: "But only for smugglers."."""
    return _says("limits", text)


def depends_on_before(text: str) -> bool:
    """Returns whether a sentence takes back or limits what stands before it."""
    return takes_back(text) or limits(text)


def says_no_longer(text: str) -> bool:
    """Returns whether a sentence says that something is no longer so: "We no longer do."."""
    return _says("no_longer", text)


def limited(read: SentenceDirection, following: str) -> SentenceDirection:
    """Returns the reading of a sentence, `conditional` if it is for the topic and the next sentence limits it."""
    if read.reading != "for" or not limits(following):
        return read
    chances = {**read.chances, "for": 0.0, "conditional": read.chances["for"] + read.chances["conditional"]}
    return replace(read, reading="conditional", chances=chances)


def is_former(read: SentenceDirection, text: str) -> bool:
    """Returns whether a sentence tells of a view that was taken before, and not that it is still held.

    "We used to reject it" and "in 2020 we opposed it" do; "in 2020 we supported it" is rather an example of support.
    """
    if _says("continues", text):
        return False
    if _says("formerly", text):
        return True
    past = [*_PATTERNS["was_against"].finditer(text)] if read.reading != "for" and _says("earlier", text) else []
    # "We oppose the plan that was rejected in 2018" is still against it.
    opposing = [mark for mark in read.marks if (mark.kind, mark.strength) == ("opposes", OUTRIGHT)]
    return bool(past) and all(
        any(mark.start < each.end() and each.start() < mark.end for each in past) for mark in opposing
    )


def since_former(read: SentenceDirection) -> SentenceDirection:
    """Returns the reading of a sentence after one that tells of a former view: it goes on from it.

    "That is over" is not against the topic.
    """
    ends = read.reading == "against" and not (read.names_topic or read.is_outright)
    return replace(read, goes_on=True, reading="mentions" if ends else read.reading)


def announces_change(text: str, is_speaker: Callable[[str], bool]) -> bool:
    """Returns whether a sentence says that the speaker's view is no longer the same: "Our position has changed."."""
    if retracts(text):
        return True
    match = _PATTERNS["changes_view"].search(text)
    if match is None or _says("unchanged", text):
        return False
    # "Belmora has changed its position" tells of the speaker only in a statement of Belmora.
    return match["name"] is None or is_speaker(match["name"])


def names_view(text: str) -> bool:
    """Returns whether a sentence speaks of a view or of a change of it: "Our position on article 18 has changed."."""
    return takes_back(text) or _says("of_view", text)


def own_view(read: SentenceDirection, text: str) -> SentenceDirection:
    """Returns the reading of a sentence that takes something back, without a direction that is only of what it rejects.

    "We were wrong to oppose it" is not against it, and "we do not believe these reasons" and "we no longer do" are not
    for anything.
    """
    given_up = retracts(text) and not read.is_outright
    of_others = (disowns(text) or says_no_longer(text)) and read.reading == "for" and not read.names_topic
    return replace(read, reading="mentions") if given_up or of_others else read


def is_taken_back(before: SentenceDirection, current: SentenceDirection, text: str) -> bool:
    """Returns whether a sentence that takes something back, read as `current`, takes back the direction before it."""
    # Outright words ("we support") are taken back only by a change of view ("no longer"); what is disowned after them
    # is an objection. A reported direction is not the speaker's to take back, and a change of law revokes no support.
    if before.reading == "reported":
        return False
    if retracts(text):
        return True
    if before.reading == current.reading:
        return False
    if disowns(text):
        return not before.is_outright or says_no_longer(text)
    return _says("of_view", text) or not (before.is_outright or before.reading == "for")


def is_counterfactual(text: str, language: str | None, parties: PartyTable) -> bool:
    """Returns whether a sentence says "would have" and no other clause of it takes a position outright."""
    if not _says("counterfactual", text):
        return False
    others = [each for each in _PATTERNS["clause_ends"].split(text) if not _PATTERNS["counterfactual"].search(each)]
    return not any(read_sentence(clause, "", language, parties).is_outright for clause in others)
