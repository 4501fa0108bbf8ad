"""In which capacity a delegate speaks: for a group, for another State, as Chair, or for their own State.

The words after "in my national capacity" are the State's, those after "on behalf of the group" the group's, so that a
speech in several capacities becomes several interventions.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import regex

from ingest.language.sentences import split_sentences
from ingest.metadata.heading import delivering_state, find_heading, holder_in, speaker_in
from ingest.metadata.metadata import deliverer
from ingest.metadata.on_behalf import BEHALF, OPENING, behalf_phrase, group_written
from ingest.metadata.represented_party import OWN_BEHALF, parts_by_capacity, represented_party
from ingest.metadata.speaking_state import speaking_state
from ingest.parties.party_lookup import PartyLookup
from ingest.parties.party_table import PartyTable
from ingest.records.interventions import Intervention, of_party
from ingest.records.record_text import WORDS, RecordText
from ingest.records.speaker_identification import SpeakerLookup
from ingest.records.speaker_lines import SPEAKER
from ingest.text.page_furniture import notes_start
from vectorstore.records import Block, Metadata

_OPENING_OF_SUMMARY: Final = 400  # characters


def presiding_state(record: RecordText, lookup: SpeakerLookup) -> str | None:
    """Returns the State whose delegate presides, as the cover says: "President: Mr. Oram (Quenza)"."""
    for line in record.lines:
        found = regex.search(r"[:：][^:：]*[(（]([^()（）]{3,60})[)）]$", line.text)
        if found is not None and SPEAKER.office.match(line.text):
            codes = lookup.party(found.group(1))
            if len(codes) == 1:
                return codes[0]
    return None


def in_national_capacity(
    words: Intervention, said: str, presiding: str | None, lookup: SpeakerLookup
) -> list[Intervention]:
    """Attributes the words of a President or Chair who speaks for a State to that State, until they preside again.

    Of an office's text up to the next speaker (`said`), the State's words begin with the sentence that says so; those
    before it, and those after these, remain the office's. The delegate of a State may be `presiding`.
    """
    if words.role != "office":
        return [words]
    # "The Chair, speaking as representative of Quenza, said".
    state = presiding if BEHALF.national.search(words.clause) else None
    state = state or lookup.named_after(SPEAKER.told_capacity, words.clause)[1]
    if words.summarised or state is not None:
        return [words if state is None else of_party(words, state)]
    parts, since = [words], 0
    while True:
        opening = said[since : since + OPENING]
        phrase, state = lookup.named_after(SPEAKER.capacity, opening)
        # The phrase gives the State's name, or no name where it is the State on the cover.
        national = SPEAKER.national.search(opening) if phrase is None else None
        phrase, state = (national, presiding) if national is not None else (phrase, state)
        if phrase is None or state is None:
            return parts
        ends = [start for start, _ in split_sentences(said[: since + phrase.start() + 1].replace("\n", " "))]
        begin = max(since, ends[-1])
        parts = parts[: -1 if begin == since else None]
        parts.append(of_party(replace(words, start=words.start + begin), state))
        resumed = SPEAKER.resumes.search(said, since + phrase.end())
        if resumed is None:
            return parts
        since = resumed.start()
        parts.append(replace(words, start=words.start + since))


def for_whom(words: Intervention, record: RecordText, lookup: SpeakerLookup) -> Intervention:
    """Adds the party on whose behalf an intervention is made; if no lookup knows it, the speaker is unknown."""
    if words.role != "party" or words.state is None:
        return words
    said = record.text[words.start : min(words.end, words.start + OPENING)]
    flat = " ".join(said.split())[:_OPENING_OF_SUMMARY]
    flat = (flat.partition(words.clause)[2] if words.clause else "") or flat
    # The clause of a section is its heading.
    own = words.clause if words.clause == words.named else _own_clause(words.clause, words.state, lookup)
    if own is None:
        return replace(words, role="unknown", state=None, reason=f"{words.named!r} may speak for another party")
    words = replace(words, clause=own)
    head, opening = own, "" if words.summarised else said
    # Reports may say only "for": "Ilvenor, for the Island Forum, opposed".
    short = WORDS.for_group.match(head.strip(" ,"))
    name = head.strip(" ,")[short.end() :] if short is not None else ""
    if lookup.kind_of((*lookup.party(name), "")[0]) == "group" or group_written(f"the {name}"):
        head = f"on behalf of the {name}"
    if words.summarised and (told := WORDS.told_behalf.search(flat)) and behalf_phrase(flat[: told.end()]):
        head = f"{head}, {told.group()}"
    whom = represented_party(head, opening, lookup, speaker=words.state)
    code = whom.group or (words.state if lookup.kind_of(words.state) == "group" else None)
    if code is not None:
        return replace(words, group=code, states=words.states if words.summarised else whom.joined)
    if whom.states:
        return replace(words, states=whom.states)
    unknown = behalf_phrase(head)
    if unknown is not None and not WORDS.own_government.match(unknown) and not lookup.party(unknown.strip(" ,")):
        reason = f"{words.named!r} speaks for somebody whom no lookup knows"
        return replace(words, role="unknown", state=None, reason=reason)
    return words


def _own_clause(clause: str, state: str, lookup: SpeakerLookup) -> str | None:
    """Returns a speaker's clause without what it tells of others: "endorsing the statement on behalf of the Group".

    None where another party that it names may be the one that speaks: "replying to Arvandia, on behalf of the group".
    """
    kept, at, own = "", 0, True
    for phrase in WORDS.for_whom.finditer(clause):
        kept += clause[at : phrase.start()] * own
        at, opens = phrase.start(), WORDS.clause_opens.search(clause[: phrase.start()])
        own = opens is not None
        others = {match.codes for match in lookup.find(kept[: opens.start()])} if opens is not None else set()
        if others - {(state,)} - {match.codes for match in lookup.find(clause[phrase.end() :])}:
            return None
    return kept + clause[at:] * own


def by_capacity(words: Intervention, record: RecordText, lookup: SpeakerLookup) -> list[Intervention]:
    """Splits words that a delegate says for a group from those said "in my national capacity"."""
    if words.role != "party" or words.state in (None, words.group) or words.summarised:
        return [_of_one_other(words, lookup.parties)]
    parts = parts_by_capacity(
        words.clause, record.text[words.start : words.end], lookup, speaker=words.state, group=words.group, fewest=0
    )
    found = []
    for first, last, whom in parts if len(parts) > 1 else ():
        start, end = words.start + first, words.start + last
        inside = tuple(span for span in words.interruptions if start <= span[0] and span[1] <= end)
        part = replace(words, group=whom.group, states=whom.states or whom.joined, interruptions=inside)
        found.append(replace(part, start=start, end=record.end_before(end)))
    return [_of_one_other(part, lookup.parties) for part in found or [words]]


def _of_one_other(words: Intervention, parties: PartyTable) -> Intervention:
    """Attributes words that a delegate says on behalf of one other State to that State."""
    if words.state is None or words.group or len(words.states) != 1 or words.states[0] == words.state:
        return words
    delivered = f"{words.speaker or words.named} ({parties.display(words.state)})"
    return replace(words, state=words.states[0], states=(), speaker=delivered)


def in_several_capacities(
    text: str, blocks: Sequence[Block], lookup: PartyLookup, metadata: Metadata
) -> tuple[Intervention, ...]:
    """Returns a statement's parts for a group and for the speaker's State; empty where it has a single capacity.

    The speaker's State and the group are taken from a manifest (`metadata.speaker`, such as "Ms. Ferro (Belmora)", and
    `on_behalf_of`), else from the heading or from how the speaker refers to themselves.
    """
    heading, parties = find_heading(text, tuple(blocks)), lookup.parties
    holder = holder_in(heading, parties)
    person, state = deliverer(metadata.speaker or "", parties)
    state = state or (holder.code if holder is not None and holder.kind == "state" else None)
    state = state or delivering_state(heading, parties)
    words = text[heading.end : notes_start(text)]
    group = metadata.on_behalf_of or (holder.code if holder is not None and holder.kind == "group" else None)
    parts = parts_by_capacity(heading.text, words, lookup, speaker=state, group=group)
    if len(parts) == 1:
        return ()
    own = next((text[heading.end + start : heading.end + end] for start, end, whom in parts if whom == OWN_BEHALF), "")
    delegate = person or speaker_in(heading)
    state = state or deliverer(delegate or "", parties)[1] or speaking_state(own, lookup)
    found = []
    for start, end, whom in parts:
        named = delegate or (parties.display(whom.group) if whom.group else "the speaker in their national capacity")
        states = whom.states if len(whom.states) > 1 else whom.joined
        holds = whom.states[0] if len(whom.states) == 1 else state or whom.group
        found.append(
            Intervention(
                start=heading.end + start, end=heading.end + end, role="party" if holds else "unknown", named=named,
                summarised=False, state=holds, group=whom.group, states=states, speaker=delegate,
                reason=None if holds else named,
            )
        )  # fmt: skip
    return tuple(found)
