"""The division of a text among those who speak in it: one party's statement, or a record, cut into interventions.

A text that nothing declares a record is one where several parties speak (`record_detection.py`), in sections or under
titles of their own, or where one delegate speaks in several capacities.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property

from ingest.metadata.heading import find_heading, title_in
from ingest.metadata.manifest import ManifestRow
from ingest.metadata.metadata import ReadMetadata, agenda_item_in, deliverer, read_metadata
from ingest.metadata.occasion import read_occasion
from ingest.metadata.on_behalf import BEHALF
from ingest.parties.party_table import PartyTable
from ingest.records.capacities import in_several_capacities
from ingest.records.compilations import form_of
from ingest.records.interventions import Intervention, record_report
from ingest.records.later_titles import LaterTitle, later_titles, parts_under_titles, unsplit_titles
from ingest.records.record_detection import is_record, may_be_record
from ingest.records.record_text import WORDS
from ingest.records.speaker_identification import SpeakerLookup
from ingest.records.speaker_segmentation import find_interventions
from ingest.report import listed
from ingest.text.layout import find_blocks
from vectorstore.records import Block, Metadata, StatementKind


@dataclass(frozen=True, kw_only=True)
class Division:
    """Whose a text is: the metadata of the whole, with notes for the user, and the interventions of a record."""

    kind: StatementKind
    whole: ReadMetadata
    interventions: tuple[Intervention, ...] = ()
    is_unattributed: bool = False
    """Whether its words are of several parties, and could not be split."""


class DividedText:
    """A text, in which several parties may speak, with what may divide it: sections, titles of others, capacities."""

    def __init__(
        self, text: str, blocks: tuple[Block, ...], metadata: Metadata, parties: PartyTable, file: str
    ) -> None:
        """Sets the text of a file, with the metadata that tell its language and date."""
        self._text, self._blocks, self._parties, self._file = text, blocks, parties, file
        self._lookup = SpeakerLookup(parties=parties, language=metadata.language, date=metadata.date)

    @cached_property
    def _titles(self) -> tuple[LaterTitle, ...]:
        return later_titles(self._text, self._blocks, self._parties)

    @property
    def _titles_of_others(self) -> tuple[LaterTitle, ...]:
        return tuple(title for title in self._titles if not title.begins_translation)

    @cached_property
    def _found(self) -> tuple[Intervention, ...]:
        return find_interventions(self._text, self._blocks, self._lookup)

    def divide(self, read: ReadMetadata, whole: ReadMetadata, row: ManifestRow | None, kind: StatementKind) -> Division:
        """Divides a text of which the metadata tell whose it seems to be: as `read`, and as a `row` corrects them."""
        text, cells = self._text, row or ManifestRow(file=self._file)
        is_declared, holders = cells.kind is not None or kind != "statement", whole.metadata.holders
        several, told = kind == "record", None
        if not is_declared and cells.state is None:
            titles = self._titles_of_others if holders else ()
            if holders and (translated := [repr(title.words) for title in self._titles if title.begins_translation]):
                whole = whole.noted(f"perhaps in two languages, and all of it one party's: {listed(translated)}")
            found = self._found if titles or may_be_record(text) else ()
            named = whole.metadata.state is not None and whole.metadata.on_behalf_of is None
            named = named and "state" not in whole.inferred
            several = is_record(found, text, named=named, is_held=bool(holders))
            several = several or self._are_of_several_occasions(found)
            told = self._told_of_others(whole.metadata, titles, found, several=several)
            # What a row of the manifest says of item and day holds for the whole.
            may_part = not several and len({item.named for item in found}) < 2
            may_part = may_part and (bool(titles) or cells.agenda_item is cells.date is None)
            if may_part and parts_under_titles(text, self._blocks, self._parties, read, titles):
                several, told = True, None
            if told is not None:
                # Too few sections were found for a record, but attributing all of them to one party would be wrong.
                several, whole = False, whole.of_nobody().noted(told)
        of_parts = whole.of_nobody()
        if not (is_declared or several) and (whole.metadata.on_behalf_of or BEHALF.national.search(text)):
            # What the manifest row says about the speaker and the group spoken for is kept.
            of_state = len(self._parties.resolve(cells.state or "", "state").codes) == 1
            speaker = whole.metadata.speaker if cells.speaker or of_state else None
            group = whole.metadata.on_behalf_of if cells.on_behalf_of or (row is not None and not of_state) else None
            of_parts = whole.of_nobody(speaker=speaker, group=group)
            several = bool(in_several_capacities(text, self._blocks, self._lookup, of_parts.metadata))
        if not several:
            return Division(kind=kind, whole=whole, is_unattributed=told is not None)
        # A record has several speakers: its text must not be attributed to the one that a heading names.
        parts = self.interventions(of_parts.metadata)
        problems = (*(each for each in whole.problems if each not in read.problems), record_report(parts, text))
        whole = replace(of_parts, problems=problems)
        return Division(kind="record", whole=whole, interventions=parts, is_unattributed=told is not None)

    def interventions(self, metadata: Metadata) -> tuple[Intervention, ...]:
        """Returns the interventions of a record; of a single speaker, whom one heading may name, those by capacity.

        A President's words around a delegate's "in my national capacity" are neither the group's nor the State's.
        """
        if is_record(self._found, self._text) or len({item.named for item in self._found}) > 1:
            return self._found
        if several := in_several_capacities(self._text, self._blocks, self._lookup, metadata):
            return several
        read = read_metadata(self._text, self._blocks, self._parties, self._file)
        parts = parts_under_titles(self._text, self._blocks, self._parties, read, self._titles_of_others)
        return parts or self._found

    def told_of_others(self, metadata: Metadata) -> str | None:
        """Returns a note on what a statement says as others than those to whom a person attributed it; else None."""
        found = self._found if self._titles_of_others or may_be_record(self._text) else ()
        # One section is the whole text, whose heading a person corrected.
        found = found if len(found) > 1 else ()
        return self._told_of_others(metadata, self._titles_of_others, found, several=False)

    def _told_of_others(
        self, metadata: Metadata, titles: Sequence[LaterTitle], found: Sequence[Intervention], *, several: bool
    ) -> str | None:
        """Returns a note on what a text says under titles of others that it is not split at, or as other parties."""
        _, delivers = deliverer(metadata.speaker or "", self._parties)
        unsplit = unsplit_titles(found if several else (), titles, {*metadata.holders, delivers or ""})
        is_one = metadata.holders and (unsplit or not several)
        others = sections_of_others(found, set(metadata.holders)) if is_one else ()
        if not (unsplit or others):
            return None
        whose = ", ".join(map(self._parties.display, (*metadata.holders, *others)))
        inside = ", ".join(repr(title.words) for title in unsplit)
        told = [f"sections of {whose}"] * bool(others) + [f"further statements inside ({inside})"] * bool(unsplit)
        return f"{', '.join(told)}, and so nobody's: say kind=record or kind=statement"

    def _are_of_several_occasions(self, found: Sequence[Intervention]) -> bool:
        """Returns whether a text consists of one party's statements under other items, or on other days or sessions."""
        one = len({item.state for item in found}) == 1 < len(found)
        if not one or found[0].start > find_heading(self._text, self._blocks).end:
            return False
        own = [own_occasion(item, self._text) for item in found]
        facts = zip(*((each.agenda_item, each.date, each.session) for each in own), strict=True)
        return all(each.title for each in own) and any(len({*filter(None, values)}) > 1 for values in facts)


def own_occasion(item: Intervention, text: str) -> Metadata:
    """Reads what a section says of its own occasion, in its title ("Statement by Belmora") and the lines below it."""
    if not (item.is_section and form_of(item.named)):
        return Metadata()
    words = f"{item.named}\n{text[item.start : item.end]}"
    heading = find_heading(words, find_blocks(words))
    occasion, inferred = read_occasion(heading.text, "", 0, "")
    date = None if "date" in inferred else occasion.date
    return replace(occasion, date=date, agenda_item=agenda_item_in(heading.flat), title=title_in(heading))


def sections_of_others(interventions: Sequence[Intervention], holders: Set[str]) -> tuple[str, ...]:
    """Returns the parties with sections in a text whose title attributes it to others (`holders`).

    A bare name may head a text about that State, so it counts only if a holder has a section as well.
    """
    sections = [item for item in interventions if item.is_section]
    both = any(item.state in holders for item in sections)
    headed = (item for item in sections if both or form_of(item.named) or WORDS.label_of_party.match(item.named))
    others = (item.state for item in headed if item.state not in holders)
    return tuple(dict.fromkeys(filter(None, others)))
