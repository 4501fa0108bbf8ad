"""The two capacities of one statement: for a group first, and then "in my national capacity" for a State of its own.

What follows those words is the State's and no longer the group's, so that the statement is kept as two.
"""

from collections.abc import Sequence

from ingest.language.sentences import split_sentences
from ingest.metadata.heading import find_heading, holder_in, speaker_in
from ingest.metadata.represented_party import is_in_own_capacity, speaks_for_group, spoken_for
from ingest.metadata.self_reference import speaking_state
from ingest.parties.party_table import PartyTable
from ingest.records.interventions import Intervention
from vectorstore.records import Block, Metadata

_FEWEST_SENTENCES = 2


def in_two_capacities(
    text: str, blocks: Sequence[Block], parties: PartyTable, metadata: Metadata
) -> tuple[Intervention, ...]:
    """Returns a group's part of a statement and its speaker's own; nothing where it is all in one capacity.

    "We shall speak later in our national capacity", with the group named after it, parts nothing. Whose delegate speaks
    and for whom is told by a manifest (`metadata.speaker`, such as "Ms. Ferro (Belmora)", and `on_behalf_of`), else by
    the heading or by how they speak.
    """
    heading = find_heading(text, tuple(blocks))
    flat = text.replace("\n", " ")
    spans = [(heading.end + start, heading.end + end) for start, end in split_sentences(flat[heading.end :])]
    told = [number for number, (start, end) in enumerate(spans) if number and is_in_own_capacity(flat[start:end])]
    if not told or len(spans) - told[0] <= _FEWEST_SENTENCES:
        return ()
    last = spans[-1][1]
    holder = holder_in(heading, parties)
    person, state = _delegate(metadata.speaker or "", parties)
    state = state or (holder.code if holder is not None and holder.kind == "state" else None)
    state = state or speaking_state(flat[spans[told[0]][0] :], parties, metadata.language)
    words = flat[heading.end :]
    lines, language = " ".join(heading.lines), metadata.language
    group = metadata.on_behalf_of
    group = group or spoken_for(lines, words, parties, language, date=metadata.date, speaker=state).group
    own = next((n for n in told if group and not speaks_for_group(flat[spans[n][0] :], group, parties, language)), 0)
    if group is None or own == 0 or len(spans) - own <= _FEWEST_SENTENCES:
        return ()
    begin = spans[own][0]
    delegate = person or speaker_in(heading)
    name = delegate or "the speaker in their national capacity"
    return (
        Intervention(
            start=spans[0][0], end=spans[own - 1][1], role="party", named=delegate or parties.display(group),
            summarised=False, state=state or group, group=group, speaker=delegate,
        ),
        Intervention(
            start=begin, end=last, role="party" if state else "unknown", named=name, summarised=False, state=state,
            speaker=delegate, reason=None if state else name,
        ),
    )  # fmt: skip


def _delegate(speaker: str, parties: PartyTable) -> tuple[str | None, str | None]:
    """Returns the person and the State that "Ms. Ferro (Belmora)" names, or the one of them that is named."""
    person, _, name = speaker.removesuffix(")").rpartition(" (")
    for words, who in ((speaker, None), (name, person)):
        codes = parties.resolve(words, "state", suggest=False).codes if words else ()
        if len(codes) == 1:
            return who, codes[0]
    return speaker or None, None
