"""Speaker segmentation: a record is split into interventions, each with its speaker and the position's holder.

In doubt, words are attributed to nobody: a missing attribution costs less than a wrong one.
"""

from bisect import bisect_right
from collections.abc import Sequence, Set
from dataclasses import replace
from typing import Final

import regex

from ingest.language.own_voice import speaks_in_first_person
from ingest.metadata.heading import is_salutation
from ingest.records.capacities import by_capacity, for_whom, in_national_capacity, presiding_state
from ingest.records.compilations import numbering
from ingest.records.interventions import Intervention
from ingest.records.record_text import (
    WORDS,
    RecordParagraph,
    RecordText,
    closes_compilation,
    ends_meeting,
    is_imprint,
    is_procedural,
)
from ingest.records.speaker_identification import SpeakerLookup
from ingest.records.speaker_lines import SPEAKER
from ingest.records.speaker_turns import speaker_turns
from ingest.text.footnotes import footnotes
from ingest.text.layout import cut_blocks, ends_sentence, holds_sentence_end, is_left_open
from ingest.text.page_furniture import notes_start
from vectorstore.records import Block

# Characters before a speaker that are searched for the State whose President or Minister they are.
_INTRODUCTION: Final = 1200
_LONGEST_HEADING, _LONGEST_NOTE = 250, 60  # characters


def find_interventions(text: str, blocks: Sequence[Block], lookup: SpeakerLookup) -> tuple[Intervention, ...]:
    """Finds the interventions of a record in order, those of offices and unknown speakers too; they do not overlap.

    Text between them, such as headings and procedural text, belongs to nobody, and so do footnotes after the text.
    The date of the lookup decides which States were members of a group.
    """
    text = text[: notes_start(text)]
    blocks = [block for block in blocks if block.end <= len(text)]
    record = RecordText(text, blocks)
    notes = footnotes(text, blocks)
    turns = [
        turn for turn in speaker_turns(record, lookup) if not any(start <= turn.start < end for start, end in notes)
    ]
    ends = [*(turn.start for turn in turns[1:]), len(text)]
    found: list[Intervention] = []
    presiding = presiding_state(record, lookup)
    agenda_item = None
    days = record.days((lookup.date or "")[:4])
    since = 0
    marks = {turn.mark for turn in turns if turn.mark is not None}
    for turn, following in zip(turns, ends, strict=False):
        limit = following if turn.end is None else min(following, turn.end)
        heading = record.agenda_item(since, turn.start)
        agenda_item = agenda_item if heading is None else heading
        day = next((day for at, day in reversed(days) if at < turn.start), None) if turn.mark is None else None
        since = turn.words.start
        introduced = lookup.introduced(turn.words, text[max(0, turn.start - _INTRODUCTION) : turn.start])
        parts = in_national_capacity(introduced, text[introduced.start : limit], presiding, lookup)
        stops = [*(part.start for part in parts[1:]), limit]
        for part, stop in zip(parts, stops, strict=True):
            words = _bounded(
                replace(part, agenda_item=agenda_item, date=part.date or day),
                record,
                stop,
                marks if turn.mark is not None else None,
            )
            if words.end > words.start:
                found += by_capacity(for_whom(words, record, lookup), record, lookup)
        # "We now turn to agenda item 7", of which the next speakers speak.
        turned = [*WORDS.turns_to_item.finditer(text, turn.start, limit)] if turn.words.role == "office" else []
        agenda_item = turned[-1]["item"] if turned else agenda_item
    return tuple(found)


def cut_at_interventions(
    text: str, blocks: Sequence[Block], interventions: Sequence[Intervention]
) -> tuple[Block, ...]:
    """Cuts blocks where an intervention begins, ends or is interrupted, so that no sentence runs across."""
    spans = [span for item in interventions for span in ((item.start, item.end), *item.interruptions)]
    return cut_blocks(text, blocks, {offset for span in spans for offset in span})


def _bounded(words: Intervention, record: RecordText, limit: int, marks: Set[str] | None) -> Intervention:
    """Returns an intervention with its end: before the next one (`limit`), a heading or procedural text.

    Procedural text belongs to nobody, so it ends the words of a party, unless the speaker goes on after it. The
    words of a Chair are nobody's position either, so they include everything up to the next speaker. `marks` are
    the numberings of headings by State (see `numbering`); None in a record of speakers.
    """
    interruptions: list[tuple[int, int]] = []
    first = bisect_right(record.paragraphs, words.start, key=lambda paragraph: paragraph.line.start)
    after = record.paragraphs[first:]
    # "President: Mr. Oram (Quenza)" on the cover only names the President, who does not speak there.
    opening = record.text[words.start : after[0].line.start if after else limit]
    speaks = holds_sentence_end(opening) or opening.rstrip()[-1:] not in (")", "）")
    runs_on = words.role == "office" and not words.summarised and marks is None and speaks
    for index in range(first, len(record.paragraphs)) if not runs_on else ():
        paragraph = record.paragraphs[index]
        if paragraph.line.start >= limit:
            break
        if _interrupts(index, record, words, limit, marks):
            interruptions.append((paragraph.line.start, paragraph.end))
        elif _closes(index, record, words, marks):
            limit = paragraph.line.start
            break
    end = max(words.start, record.end_before(limit))
    while interruptions and end <= interruptions[-1][1]:
        end = max(words.start, record.end_before(interruptions.pop()[0]))
    return replace(words, end=end, interruptions=tuple(interruptions))


def _interrupts(index: int, record: RecordText, words: Intervention, limit: int, marks: Set[str] | None) -> bool:
    """Returns whether a paragraph is the record's own text and the speaker's words go on after it."""
    if words.summarised or marks is not None:
        return False
    whole = record.paragraphs[index].whole
    # "(spoke in French)"
    if is_imprint(whole) or (len(whole) <= _LONGEST_NOTE and SPEAKER.note_alone.fullmatch(whole)):
        return True
    if not is_procedural(whole, told=False):
        return False
    for later in range(index + 1, len(record.paragraphs)):
        if record.paragraphs[later].line.start >= limit or _closes(later, record, words, marks):
            return False
        # "We believe that" after "Mr. Oram took the Chair." is still said by the speaker before.
        if speaks_in_first_person(record.paragraphs[later].whole):
            return True
    return False


def _closes(index: int, record: RecordText, words: Intervention, marks: Set[str] | None) -> bool:
    paragraph, following = record.paragraphs[index], record.paragraphs[index + 1 : index + 2]
    whole = paragraph.whole
    if words.summarised and is_imprint(whole):
        return True
    # A title may contain a stop, "II. Conclusions", but does not end with one.
    is_item = paragraph.stands_alone and WORDS.agenda_heading.match(whole) is not None
    is_title = (paragraph.apart or is_item) and len(whole) <= _LONGEST_HEADING and not ends_sentence(whole)
    if marks is not None:
        if ends_meeting(whole):
            return True
        return is_title and paragraph.stands_alone and closes_compilation(whole, numbering(whole), marks)
    # Where layout shows no paragraph, only text that is certainly procedural counts.
    if is_procedural(whole, told=words.summarised and paragraph.apart):
        return True
    return is_title and (is_item or (_is_heading(paragraph, record) and not _goes_on(whole, *following)))


def _goes_on(whole: str, following: RecordParagraph | None = None) -> bool:
    """Returns whether the sentence of a paragraph goes on in the next, as at the foot of a column or page."""
    if is_left_open(whole):
        return True
    if following is None:
        return False
    in_lower_case = regex.match(r"[\p{Pi}\"'\[]*\p{Ll}[^.)]", following.line.text) is not None
    return in_lower_case or (following.block is not None and following.block.continues)


def _is_heading(paragraph: RecordParagraph, record: RecordText) -> bool:
    whole, block = paragraph.whole, paragraph.block
    if block.paragraph is not None or block.continues if block is not None else not paragraph.stands_alone:
        return False
    before = record.lines[paragraph.number - 1].text if paragraph.number else ""
    if not ends_sentence(before) or is_salutation(whole) or whole[0].islower() or whole[-1] in ",;:،؛，；：":
        return False
    return regex.match(r"[-•·*▪●–—]\s|\(?[\p{L}\p{N}]{1,4}[.)]\s", whole) is None
