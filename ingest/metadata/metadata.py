"""Metadata: State, body, session, date, agenda item, speaker and language, read from the text or inferred.

A manifest row takes precedence over the text. The State that says "my country" is inferred, for example.
"""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from ingest.language.dates import without_dates
from ingest.language.detection import detect_language
from ingest.language.lexicons import Patterns, RegexPatterns
from ingest.language.numerals import ascii_digits, han_value
from ingest.metadata.corrections import OF_SPEAKER
from ingest.metadata.heading import (
    Heading,
    delivering_state,
    find_heading,
    holder_in,
    holds_office,
    kind_without_speaker,
    named_as_speaking,
    speaker_in,
    title_in,
    unknown_body_in,
)
from ingest.metadata.joint_statement import called_joint, joint_holders
from ingest.metadata.manifest import ManifestRow
from ingest.metadata.occasion import read_occasion, symbol_in, words_of_file_name
from ingest.metadata.represented_party import Represented, chairs_group, less_than_group, parts_by_capacity
from ingest.metadata.sessions import days_of_session, is_general_debate, session_for, sessions_held
from ingest.metadata.speaking_state import speaking_state
from ingest.parties.party_lookup import PartyLookup
from ingest.parties.party_table import PartyTable
from vectorstore.records import Block, Metadata

logger = logging.getLogger(__name__)

GENERAL_DEBATE = "General Debate"

# In the `speaker` field, these words precede the States on whose behalf a statement is made.
_FOR_STATES = "on behalf of "
_PRESIDES = RegexPatterns("speaker_lines").presides
_AGENDA_ITEM, _NAMED_BY = Patterns("heading").agenda_item, Patterns("heading").named_by


@dataclass(frozen=True, kw_only=True)
class ReadMetadata:
    """Metadata read from a text, and from a manifest row, which takes precedence."""

    metadata: Metadata
    inferred: tuple[str, ...] = ()
    """Names of the fields that were inferred rather than read, sorted."""
    problems: tuple[str, ...] = ()
    """Problems that a person should correct, each in one line."""

    def noted(self, problem: str) -> "ReadMetadata":
        """Returns them with a further problem."""
        return replace(self, problems=(*self.problems, problem))

    def of_nobody(self, *, speaker: str | None = None, group: str | None = None) -> "ReadMetadata":
        """Returns them for a text that several parties hold, of whose parts a row may name the speaker and group."""
        metadata = replace(self.metadata, state=None, on_behalf_of=group, speaker=speaker, held_by=None)
        inferred = tuple(name for name in self.inferred if name not in OF_SPEAKER)
        return replace(self, metadata=metadata, inferred=inferred)


def read_metadata(text: str, blocks: tuple[Block, ...], parties: PartyTable | None, file: str) -> ReadMetadata:
    """Read a statement's metadata from its heading and, for the State, from its references to the speaker.

    Fields that are not given are None; a State is never guessed from mere mentions. The file's name gives hints.
    """
    heading = find_heading(text, blocks)
    flat = heading.flat
    occasion, inferred = read_occasion(heading.text, text, heading.end, file)
    # "Statement by Arvandia on item 2" goes before the subject of the mail that brings it.
    titles = filter(_NAMED_BY.match, heading.whole)
    item = next(filter(None, map(agenda_item_in, titles)), None) or agenda_item_in(flat)
    metadata = replace(
        occasion, speaker=speaker_in(heading),
        agenda_item=item or (GENERAL_DEBATE if is_general_debate(ascii_digits(flat)) else None),
        title=title_in(heading) or next(filter(agenda_item_in, heading.lines), None),
        symbol=symbol_in(heading.text), language=detect_language(text[heading.end :]) or detect_language(text),
    )  # fmt: skip
    if parties is not None:
        metadata, concluded = _with_parties(metadata, text, heading, parties, file)
        inferred |= concluded
    logger.debug("%s: read %s, inferred %s", file, metadata, inferred)
    problems = () if parties is None or metadata.holders else _why_nobody(text, heading, parties)
    return ReadMetadata(metadata=metadata, inferred=tuple(sorted(inferred)), problems=problems)


def _why_nobody(text: str, heading: Heading, parties: PartyTable) -> tuple[str, ...]:
    if kind := kind_without_speaker(heading, text[heading.end :]):
        return (f"{kind!r} is no statement, and so nobody's: exclude it, or set the State if it is its position",)
    unknown, office = unknown_body_in(heading, parties), _PRESIDES.search(heading.flat)
    if unknown is not None:
        return (f"a statement by {unknown!r}, whom no lookup knows: nobody's (add it to parties.csv)",)
    return (f"spoken {office.group()!r}, and so nobody's: set the State if it is its position",) if office else ()


def merge(read: ReadMetadata, row: ManifestRow | None, parties: PartyTable) -> ReadMetadata:
    """Override metadata read from a text by a manifest row; an empty cell keeps what was read.

    A State or group that no lookup knows is reported, and the statement is nobody's until the row is corrected. A State
    that is repeated in `on_behalf_of` speaks for itself alone, whatever the text seems to say; so does a State that is
    not among the holders that were read from the text.
    """
    if row is None:
        return read
    given = {field.name: value for field in fields(Metadata) if (value := getattr(row, field.name, None)) is not None}
    problems = _resolve_parties(given, row, parties, read.metadata.on_behalf_of)
    inferred = set(read.inferred) - given.keys()
    metadata = read.metadata
    if "date" in inferred and metadata.date == days_of_session(metadata.body, metadata.session):
        metadata = replace(metadata, date=None)
    if "state" in given:
        # The manifest's State is then the one that delivers the statement, instead of the inferred State.
        metadata = replace(metadata, speaker=None if "speaker" in read.inferred else metadata.speaker)
        inferred.discard("speaker")
    state = given.get("state", metadata.state)
    alone = held_alone(metadata, parties)
    if problems or "on_behalf_of" in given or state not in (metadata.state, *(metadata.held_by or ())):
        metadata = alone
    elif metadata.state not in (None, state):
        # `speaker` names the States that another holder spoke for, this one included: it does not speak for them.
        metadata = replace(metadata, speaker=alone.speaker)
    metadata = attributed(replace(metadata, **given), parties)
    if problems:
        metadata = replace(metadata, state=None, on_behalf_of=None)
    if metadata.state in (None, metadata.on_behalf_of):
        inferred.discard("state")
    if metadata.session is None or ("session" in inferred and {"body", "date"} & given.keys()):
        session = session_for(metadata.body, metadata.date) or _session_kept(read.metadata, metadata)
        metadata = replace(metadata, session=session)
        inferred = inferred | {"session"} if session else inferred - {"session"}
    if metadata.date is None:
        metadata = replace(metadata, date=days_of_session(metadata.body, metadata.session))
        inferred = inferred | {"date"} if metadata.date else inferred - {"date"}
    unknown = () if metadata.holders else read.problems
    return ReadMetadata(metadata=metadata, inferred=tuple(sorted(inferred)), problems=(*problems, *unknown))


def _session_kept(read: Metadata, merged: Metadata) -> str | None:
    """Returns the session that was read if body and date are as read, or if it is the last one that the date allows.

    A text cites earlier sessions, so that "the seventy-second session" is perhaps not the present one in 2018.
    """
    last = sessions_held(merged.body, merged.date)[-1:]
    fits = merged.body == read.body and (merged.date == read.date or read.session in last)
    return read.session if fits else None


def _with_parties(
    metadata: Metadata, text: str, heading: Heading, parties: PartyTable, file: str
) -> tuple[Metadata, set[str]]:
    words = text[heading.end :]
    if kind_without_speaker(heading, words):
        return metadata, set()
    inferred = set()
    lookup = PartyLookup(parties=parties, language=metadata.language, date=metadata.date)
    unknown = unknown_body_in(heading, parties) is not None
    presides = _PRESIDES.search(heading.flat) is not None and not chairs_group(heading.flat, lookup)
    holder = None if unknown or presides else holder_in(heading, parties)
    group = holder.code if holder is not None and holder.kind == "group" else None
    state = holder.code if holder is not None and group is None else None
    # Who reads out a statement on behalf of others, none of whom is named as speaking, holds it only with a group.
    reader = delivering_state(heading, parties)
    of_others = reader if not named_as_speaking(heading, parties) else None
    state = reader if group is not None else state
    if state is None and of_others is None and not presides:
        hints = parties_of_file_name(file, parties)
        # In a joint statement, "Arvandia wishes" may tell of anyone: only "my country, Arvandia" shows who speaks.
        joint = called_joint(heading.flat, len(heading.flat)) is not None
        state = speaking_state(words, lookup, hints=hints, another=unknown or joint)
        inferred |= {"state"} if state else set()
    _, _, whom = parts_by_capacity(heading.text, words, lookup, speaker=state or of_others)[0]
    group = whom.group or group
    state = of_others if of_others and (group is not None or len(whom.states) == 1) else state
    whole = group is None or whom.states
    if some := () if whole else less_than_group(heading.flat, lookup):
        whom, group = Represented(states=some), None
    if len(whom.states) == 1 and state is not None:
        # A statement made for one other State is held by that State, whoever delivers it.
        return _delivered(replace(metadata, state=whom.states[0]), state, parties), inferred
    of_known = group is not None and parties.get(group) is not None
    together = () if of_known else joint_holders(heading.text, words, lookup)
    if group is None or together:
        together = (*together, *whom.states)
        speaker = joint_speaker(metadata, state or reader, whom.states, parties)
        return replace(metadata, state=state, speaker=speaker, held_by=held_together(state, together)), inferred
    inferred = {"speaker"} if inferred and metadata.speaker is None else set()
    held = attributed(replace(metadata, state=state, on_behalf_of=group), parties)
    return replace(held, held_by=held_together(group, whom.joined)), inferred


def parties_of_file_name(file: str, parties: PartyTable) -> tuple[str, ...]:
    """Return the codes of the States that a file's name may name: "ga79_gt_es.pdf" may be Guatemala's or Spain's."""
    words = words_of_file_name(file)
    named = {code for match in parties.find(words, relaxed=True) for code in match.codes}
    for token in words.upper().split():
        named |= set(parties.resolve(token, "state", suggest=False).codes) if 2 <= len(token) <= 3 else set()
    return tuple(sorted(named))


def joint_speaker(metadata: Metadata, state: str | None, states: Sequence[str], parties: PartyTable) -> str | None:
    """Returns a `speaker` field with the States that are spoken for: "Arvandia, on behalf of Belmora and Corvia"."""
    if not states:
        return metadata.speaker
    *names, last = (parties.display(code) for code in states)
    listed = f"{', '.join(names)} and {last}" if names else last
    deliverer = metadata.speaker or (parties.display(state) if state else None)
    return f"{f'{deliverer}, ' if deliverer else ''}{_FOR_STATES}{listed}"


def held_together(state: str | None, states: Sequence[str]) -> tuple[str, ...] | None:
    """Returns the codes of all States that hold a joint statement; None where it is one State's."""
    together = {*states, *([state] if state is not None else [])}
    return tuple(sorted(together)) if len(together) > 1 else None


def held_alone(metadata: Metadata, parties: PartyTable) -> Metadata:
    """Makes a joint statement that of its State alone, and removes those that it spoke for from `speaker`."""
    if metadata.held_by is None:
        return metadata
    speaker = (metadata.speaker or "").partition(_FOR_STATES)[0].rstrip(", ")
    own = metadata.state is not None and speaker == parties.display(metadata.state)
    return replace(metadata, speaker=None if own else speaker or None, held_by=None)


def of_deliverer(metadata: Metadata, parties: PartyTable) -> Metadata:
    """Attributes a group's statement to the State that delivers it by `speaker`; to nobody if that names no State."""
    if parties.kind_of(metadata.state) != "group":
        return metadata
    person, state = deliverer(metadata.speaker or "", parties)
    if state is None:
        return replace(metadata, state=None, on_behalf_of=None)
    return replace(metadata, state=state, on_behalf_of=None, speaker=person)


def deliverer(speaker: str, parties: PartyTable) -> tuple[str | None, str | None]:
    """Returns the person and the State in a `speaker` field such as "Ms. Ferro (Belmora)"; None for one not named.

    A State's own name may have brackets: "Iran (Islamic Republic of)", "Ms. Ferro (Iran (Islamic Republic of))". An
    office names its State: "Ms. Ferro, Ambassador of Belmora", but not "Ms. Ferro, Ambassador to Belmora".
    """
    within = speaker.removesuffix(")")
    (first, _, of_first), (last, _, of_last) = within.partition(" ("), within.rpartition(" (")
    for words, who in ((speaker, None), (of_first, first), (of_last, last)):
        codes = parties.resolve(words, "state", suggest=False).codes if words else ()
        if len(codes) == 1:
            return who, codes[0]
    named = [match for match in parties.find(speaker) if match.is_name]
    of_office = any(holds_office(speaker[: match.start]) for match in named)
    state = named[0].code if of_office and len({match.codes for match in named}) == 1 else None
    return speaker or None, state if parties.kind_of(state) == "state" else None


def attributed(metadata: Metadata, parties: PartyTable) -> Metadata:
    """Attribute a group's statement to the group: `state` is its code, the delivering State goes into `speaker`."""
    group = metadata.on_behalf_of
    if group is None and parties.kind_of(metadata.state) == "group":
        group = metadata.state
    # A group that no lookup knows has its name as code.
    if group is None or parties.kind_of(group) not in (None, "group"):
        return metadata
    held = replace(metadata, state=group, on_behalf_of=group)
    return held if metadata.state is None or metadata.state == group else _delivered(held, metadata.state, parties)


def _delivered(metadata: Metadata, state: str, parties: PartyTable) -> Metadata:
    """Adds to `speaker` the State whose delegate delivers the statement for another holder."""
    name = parties.display(state)
    if metadata.speaker is None:
        return replace(metadata, speaker=name)
    is_named = name.casefold() in metadata.speaker.casefold()
    return metadata if is_named else replace(metadata, speaker=f"{metadata.speaker} ({name})")


def _resolve_parties(given: dict[str, str | None], row: ManifestRow, parties: PartyTable, own: str | None) -> list[str]:
    """Replace the names in a row by codes, except for an unknown group that the text names (`own`); return problems."""
    problems = []
    for column in ("state", "on_behalf_of"):
        name = given.get(column)
        if name is None or (name == own and parties.get(name) is None):
            continue
        resolution = parties.resolve(name)
        codes = resolution.codes
        if column == "on_behalf_of":
            if codes == (given.get("state"),) and parties.kind_of(codes[0]) != "group":
                given[column] = None
                continue
            codes = tuple(code for code in codes if parties.kind_of(code) == "group")
        given[column] = codes[0] if len(codes) == 1 else None
        if len(codes) != 1:
            options = (*codes, *resolution.suggestions)[:5]
            near = ", ".join(f"{parties.display(code)} ({code})" for code in options)
            wanted = "State or group" if column == "state" else "group"
            what = "may be several parties" if codes else f"is no {wanted} that is known"
            hint = f"did you mean {near}?" if near else "write its code, or add it on the Ingest tab or to parties.csv"
            # Only a row that was read from a file has a line.
            where = f"statements.csv, line {row.line}: " if row.line else ""
            problems.append(f"{where}{column} {name!r} {what}; {hint}")
    if parties.kind_of(given.get("state")) == "group" and "on_behalf_of" not in given:
        given["on_behalf_of"] = given["state"]
    return problems


def agenda_item_in(words: str) -> str | None:
    """Read the numbers of the first agenda items that a heading names, such as `2 (b), 4`, or None."""
    match = _AGENDA_ITEM.search(ascii_digits(without_dates(words)))
    if match is None:
        return None
    if numeral := match["zh"] or match["zh_below"]:
        return str(han_value(numeral))
    items = re.findall(r"(\d+)(?:\s*\(?([a-z])\b\)?)?", match["items"], re.IGNORECASE)
    return ", ".join(f"{number} ({letter.lower()})" if letter else number for number, letter in items)
