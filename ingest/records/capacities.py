"""Several capacities in one statement: on behalf of a group, and "in my national capacity" for the speaker's State.

The words after the latter phrase are the State's, those after "on behalf of the group" the group's, so that the
statement is stored as several.
"""

from collections.abc import Sequence

from ingest.metadata.heading import find_heading, holder_in, speaker_in
from ingest.metadata.metadata import deliverer
from ingest.metadata.represented_party import SpokenFor, capacities
from ingest.metadata.self_reference import speaking_state
from ingest.parties.party_table import PartyTable
from ingest.records.interventions import Intervention
from ingest.text.page_furniture import notes_start
from vectorstore.records import Block, Metadata


def in_several_capacities(
    text: str, blocks: Sequence[Block], parties: PartyTable, metadata: Metadata
) -> tuple[Intervention, ...]:
    """Returns a statement's parts for a group and for the speaker's State; empty where it has a single capacity.

    The speaker's State and the group are taken from a manifest (`metadata.speaker`, such as "Ms. Ferro (Belmora)", and
    `on_behalf_of`), else from the heading or from how the speaker refers to themselves.
    """
    heading = find_heading(text, tuple(blocks))
    holder = holder_in(heading, parties)
    person, state = deliverer(metadata.speaker or "", parties)
    state = state or (holder.code if holder is not None and holder.kind == "state" else None)
    parts = capacities(
        heading.text, text[heading.end : notes_start(text)], parties, metadata.language, date=metadata.date,
        speaker=state, group=metadata.on_behalf_of,
    )  # fmt: skip
    if len(parts) == 1:
        return ()
    own = next((text[heading.end + start : heading.end + end] for start, end, whom in parts if whom == SpokenFor()), "")
    delegate = person or speaker_in(heading)
    state = state or deliverer(delegate or "", parties)[1] or speaking_state(own, parties, metadata.language)
    found = []
    for start, end, whom in parts:
        named = delegate or (parties.display(whom.group) if whom.group else "the speaker in their national capacity")
        states = whom.states if len(whom.states) > 1 else ()
        holds = whom.states[0] if len(whom.states) == 1 else state or whom.group
        found.append(
            Intervention(
                start=heading.end + start, end=heading.end + end, role="party" if holds else "unknown", named=named,
                summarised=False, state=holds, group=whom.group, states=states, speaker=delegate,
                reason=None if holds else named,
            )
        )  # fmt: skip
    return tuple(found)
