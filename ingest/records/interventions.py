"""Speaker segmentation: a record is split into interventions, each with its speaker and the position's holder.

A record has one of four forms: speakers' own words after their names (verbatim records), summaries of what they said
(summary records), texts under headings by State (compilations), or "State: words". The form that names most parties
is taken as the record's; lines of other forms are then part of somebody's words.

In doubt, words are attributed to nobody: a missing attribution costs less than a wrong one.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from itertools import groupby, pairwise, takewhile
from typing import Final

import regex

from ingest.language.lexicons import RegexPatterns, load_words
from ingest.language.sentences import SENTENCE_ENDS, split_sentences
from ingest.metadata.heading import Heading, holder_in, is_salutation, speaks_in_first_person
from ingest.metadata.represented_party import (
    JOINT,
    behalf_phrase,
    capacities,
    chairs_group,
    group_written,
    is_in_national_capacity,
    opens_on_behalf,
    spoken_for,
)
from ingest.parties.party_table import PartyTable, in_rows
from ingest.records.later_titles import LaterTitle
from ingest.records.procedural_text import closes_compilation, is_imprint, is_procedural, tells_decision
from ingest.records.reported_speech import is_of_same_speaker, reported_sentence
from ingest.records.speaker_lines import WORDS as SPEAKER
from ingest.records.speaker_lines import (
    SpeakerLine,
    is_language_note,
    is_office,
    label_of,
    names_somebody,
    speaker_line,
)
from ingest.text.footnotes import footnotes
from ingest.text.layout import cut_blocks, ends_sentence, flows, holds_sentence_end, typesetting
from ingest.text.page_furniture import TextLine, notes_start, prose_lines, without_furniture
from vectorstore.records import Block, Role

# Interventions of this many parties make a text a record, even if nothing declares it one.
_FEWEST_PARTIES: Final = 2
_FEWEST_SECTIONS: Final = 3  # for sections of offices, or under headings
_LONGEST_HEADING: Final = 250  # characters
_LONGEST_STATE_HEADING: Final = 120
_LONGEST_NEAR: Final = 12
_LONGEST_CELL: Final = 40
# Characters before a speaker that are searched for the State whose President or Minister they are.
_INTRODUCTION: Final = 1200
# Characters of a sentence of a summary that are searched for "in his national capacity".
_LONGEST_NATIONAL: Final = 100
# Characters of a sentence of a summary that are searched for the name of its speaker.
_LONGEST_LEAD: Final = 240
# Characters of an intervention that are searched for the party on whose behalf it is made.
_OPENING: Final = 1500

_WORDS: Final = RegexPatterns("interventions")
# A line of digits and signs, such as a cell of a table.
_NUMBER_ALONE: Final = re.compile(r"[^\S\n]*[^\w\n]*\d[\W\d]*(?:\n|$)")
# Lines of records: a name with brackets · "The representative of …" · "Arvandia:" · reported speech.
_LINES_OF_RECORDS: Final = (
    re.compile(r"^[^\n(（]{2,100}[(（][^\n()（）]{2,80}[)）]", re.MULTILINE),
    _WORDS.delegation_line,
    re.compile(r"^[^\n:.,]{3,50}:[ \n]", re.MULTILINE),
    _WORDS.reported_line,
)
# One heading between paragraphs is enough for a record, since another may stand at the text's beginning.
_HEADING_LINE: Final = re.compile(r"(?<=[.。!?؟])\s*\n\s*\n[^\n.:;,]{3,60}\n")
_QUOTED: Final = regex.compile(r"[“\"«][^”\"»]{0,400}[”\"»]")
# A report has at most one sentence in the first person for this many turns of parties.
_SELDOM: Final = 5


@dataclass(frozen=True, kw_only=True)
class Intervention:
    """One speaker's part of a record."""

    start: int
    """Offset of its first word; where the speaker's own words follow a name, after the name."""
    end: int
    """Offset after its last word."""
    role: Role
    """As in `vectorstore.records.Span`."""
    named: str
    """How the record names the speaker, in one line."""
    summarised: bool
    """Whether the record tells in its own words what was said."""
    clause: str = ""
    """The text on the speaker between their name and the words: "speaking on behalf of …"."""
    state: str | None = None
    """Code of the party whose delegate speaks; None unless the role is `party`."""
    group: str | None = None
    """Code of the group that it speaks for, or its name as written where no lookup knows it."""
    states: tuple[str, ...] = ()
    """Codes of the States that it names one by one as those it speaks for, or that join the group."""
    speaker: str | None = None
    """The delegate, as the record names them; None under a heading by State."""
    agenda_item: str | None = None
    """The heading of the agenda item under which it stands, as written."""
    reason: str | None = None
    """Why the speaker is unknown, as a message to people; None otherwise."""
    interruptions: tuple[tuple[int, int], ...] = ()
    """Spans inside it that are the record's text, not the speaker's: "Mr. Oram took the Chair."."""


@dataclass(frozen=True, kw_only=True)
class _SpeakerTurn:
    """A turn: offset of its speaker line, its intervention, the numbering (`mark`) of a heading, and its latest end."""

    start: int
    words: Intervention
    mark: str | None = None
    end: int | None = None


# The number of a heading's line, and the parties that it names.
_NumberedHeading = tuple[int, tuple[str, ...]]


def may_be_record(text: str) -> bool:
    """Returns, by a quick check, whether a text has lines that may be speaker lines or headings by State."""
    several = any(len(lines.findall(text)) >= _FEWEST_PARTIES for lines in _LINES_OF_RECORDS)
    return several or _HEADING_LINE.search(text) is not None


def is_record(interventions: Sequence[Intervention], text: str, *, named: bool = True) -> bool:
    """Returns whether a text that nothing declares a record is one: several parties speak in it.

    Where its heading names a speaker (`named`), interventions must make up a third of it, or half if under headings.
    """
    parties = {item.state for item in interventions if item.state is not None}
    offices = {item.named for item in interventions if item.role == "office" and not item.summarised}
    # A heading that no lookup knows counts as a part of the record, too.
    headings = (len(item.named) for item in interventions if item.role == "unknown" and _is_section(item))
    spoken = sum(item.end - item.start for item in interventions) + sum(headings)
    length = len(text[: notes_start(text)].strip())
    if not parties and not named and len(offices) >= _FEWEST_PARTIES and len(interventions) >= _FEWEST_SECTIONS:
        return 2 * spoken >= length
    sections = all(map(_is_section, interventions))
    heads = [_WORDS.enumerator.sub("", item.named) for item in interventions if item.role == "party"]
    forms = {_form(head) for head in heads}
    alike = (len(forms) == 1 and "" not in forms) or all(map(_WORDS.heading_of_speech.match, heads))
    if named and sections and len(parties) >= _FEWEST_PARTIES and alike:
        # "Statement by Arvandia … Statement by Belmora": headings of one form each open a statement.
        return True
    enough = len(parties) >= (_FEWEST_SECTIONS if sections else _FEWEST_PARTIES)
    return enough and (not named or (2 if sections else 3) * spoken >= length)


def sections_of_others(interventions: Sequence[Intervention], holders: Set[str]) -> tuple[str, ...]:
    """Returns the parties with sections in a text whose title attributes it to others (`holders`).

    A bare name may head a text about that State, so it counts only if a holder has a section as well.
    """
    sections = [item for item in interventions if _is_section(item)]
    both = any(item.state in holders for item in sections)
    others = [item.state for item in sections if item.state not in (None, *holders) and (both or _form(item.named))]
    return tuple(dict.fromkeys(code for code in others if code is not None))


def unsplit_titles(
    interventions: Sequence[Intervention], titles: Sequence[LaterTitle], holders: Set[str]
) -> tuple[LaterTitle, ...]:
    """Returns the titles that stand among the words of others: of the `holders` of a text, or of another section.

    A record of speakers is no matter of titles: somebody may read one out.
    """
    if not interventions:
        return tuple(title for title in titles if not title.codes or not set(title.codes) <= holders)
    if not all(map(_is_section, interventions)):
        return ()
    inside = [(title, item) for title in titles for item in interventions if item.start <= title.start < item.end]
    return tuple(
        title for title, item in inside if not title.codes or not {item.state, *item.states}.issuperset(title.codes)
    )


def _is_section(item: Intervention) -> bool:
    return item.speaker is None and not item.summarised


def _form(heading: str) -> str:
    """Returns the first word of a heading such as "Statement by Arvandia": "statement"; empty for a bare name."""
    found = _WORDS.heading_words.match(_WORDS.enumerator.sub("", heading))
    return found["form"].partition(" ")[0].casefold() if found is not None else ""


def find_interventions(
    text: str, blocks: Sequence[Block], parties: PartyTable, *, language: str | None, date: str | None
) -> tuple[Intervention, ...]:
    """Finds the interventions of a record in order, those of offices and unknown speakers too; they do not overlap.

    Text between them, such as headings and procedural text, belongs to nobody, and so do footnotes after the text.
    The date decides which States were members of a group.
    """
    text = text[: notes_start(text)]
    blocks = [block for block in blocks if block.end <= len(text)]
    page = _RecordText(text, blocks)
    lookup = _SpeakerLookup(parties, language, date)
    notes = footnotes(text, blocks)
    turns = [turn for turn in _turns(page, lookup) if not any(start <= turn.start < end for start, end in notes)]
    if not turns:
        return ()
    ends = [*(turn.start for turn in turns[1:]), len(text)]
    found: list[Intervention] = []
    agenda_item: str | None = None
    chair: str | None = None
    since = 0
    marks = {turn.mark for turn in turns if turn.mark is not None}
    for turn, following in zip(turns, ends, strict=True):
        limit = following if turn.end is None else min(following, turn.end)
        agenda_item = page.agenda_item(since, turn.start) or agenda_item
        since = turn.words.start
        introduced = lookup.introduced(turn.words, text[max(0, turn.start - _INTRODUCTION) : turn.start])
        spoken, rest = lookup.in_national_capacity(introduced, text[introduced.start : limit], chair)
        parts = [page.bounded(spoken, limit, marks if turn.mark is not None else None)]
        if rest is not None and parts[0].end > rest.start:
            parts = [replace(parts[0], end=page.end_before(rest.start)), replace(rest, end=parts[0].end)]
        for part in parts:
            if part.end > part.start:
                chair = chair or lookup.chair(part, text)
                found += lookup.in_capacities(lookup.with_behalf(replace(part, agenda_item=agenda_item), text), page)
    return tuple(found)


def cut_at_interventions(
    text: str, blocks: Sequence[Block], interventions: Sequence[Intervention]
) -> tuple[Block, ...]:
    """Cuts blocks where an intervention begins, ends or is interrupted, so that no sentence runs across."""
    spans = [span for item in interventions for span in ((item.start, item.end), *item.interruptions)]
    return cut_blocks(text, blocks, {offset for span in spans for offset in span})


class _RecordText:
    """The lines of a record without page furniture, and which of them begin a paragraph."""

    def __init__(self, text: str, blocks: Sequence[Block]) -> None:
        self.text, self._blocks, self.lines = text, blocks, prose_lines(text)
        self._setting = typesetting(self.lines)
        self._starts = {block.start: block for block in blocks}
        self.paragraphs = list(self._paragraphs())
        self._items = [
            line for _, line, apart in self.paragraphs if apart and _WORDS.agenda_heading.match(line.text) is not None
        ]

    def _paragraphs(self) -> Iterator[tuple[int, TextLine, bool]]:
        """Yields number and first line of every paragraph, and whether layout, not only a sentence's end, shows it."""
        for number, line in enumerate(self.lines):
            block = self._starts.get(line.start)
            before = self.lines[number - 1] if number else None
            # A block after "10 a.m." begins a paragraph, although the stop belongs to the abbreviation.
            apart = before is None or (block is not None and (not block.continues or before.text[-1] in SENTENCE_ENDS))
            apart = apart or (before is not None and not flows(before, line, self._setting))
            if apart or block is not None or (before is not None and ends_sentence(before.text)):
                yield number, line, apart

    def sentences(self) -> Iterator[list[tuple[int, int, str]]]:
        """Yields the sentences of every paragraph, each with its offsets and its text in one line."""
        flat = self.text.replace("\n", " ").replace("\r", " ")
        starts = [line.start for _, line, _ in self.paragraphs]
        for start, end in pairwise([*starts, len(flat)]):
            words = flat[start:end]
            spans = split_sentences(words)
            yield [(start + first, start + last, " ".join(words[first:last].split())) for first, last in spans]

    def stop_of(self, line: TextLine) -> int:
        """Returns the offset at which the block of a line ends."""
        index = bisect_right(self._blocks, line.start, key=lambda block: block.start) - 1
        return max(line.end, self._blocks[index].end) if index >= 0 else line.end

    def after(self, line: TextLine) -> int:
        """Returns the offset at which the text after a line begins."""
        return len(self.text) - len(self.text[line.end :].lstrip())

    def stands_alone(self, number: int) -> bool:
        """Returns whether a line may be a heading by its layout: it does not flow into the next line."""
        line = self.lines[number]
        following = self.lines[number + 1] if number + 1 < len(self.lines) else None
        return following is None or following.blanks_before > 0 or not flows(line, following, self._setting)

    def agenda_item(self, start: int, end: int) -> str | None:
        """Returns the last heading between two offsets that names an agenda item."""
        return next((line.text for line in reversed(self._items) if start <= line.start < end), None)

    def bounded(self, words: Intervention, limit: int, marks: Set[str] | None) -> Intervention:
        """Returns an intervention with its end: before the next one (`limit`), a heading or procedural text.

        Procedural text belongs to nobody, so it ends the words of a party, unless the speaker goes on after it. The
        words of a Chair are nobody's position either, so they include everything up to the next speaker. `marks` are
        the numberings of headings by State (see `_mark`); None in a record of speakers.
        """
        interruptions: list[tuple[int, int]] = []
        first = bisect_right(self.paragraphs, words.start, key=lambda paragraph: paragraph[1].start)
        # "President: Mr. Oram (Quenza)" on the cover only names the President, who does not speak there.
        opening = self.text[words.start : self.paragraphs[first][1].start if first < len(self.paragraphs) else limit]
        speaks = holds_sentence_end(opening) or opening.rstrip()[-1:] not in (")", "）")
        runs_on = words.role == "office" and not words.summarised and marks is None and speaks
        for index in range(first, len(self.paragraphs)) if not runs_on else ():
            line = self.paragraphs[index][1]
            if line.start >= limit:
                break
            if self._interrupts(index, words, limit, marks):
                interruptions.append((line.start, self._end_of_paragraph(index)))
            elif self._closes(index, words, marks):
                limit = line.start
                break
        end = max(words.start, self.end_before(limit))
        while interruptions and end <= interruptions[-1][1]:
            end = max(words.start, self.end_before(interruptions.pop()[0]))
        return replace(words, end=end, interruptions=tuple(interruptions))

    def end_before(self, limit: int) -> int:
        """Returns the offset at which the text before `limit` ends, without page furniture."""
        last = bisect_left(self.lines, limit, key=lambda line: line.start) - 1
        return min(len(self.text[:limit].rstrip()), self.lines[last].end) if last >= 0 else 0

    def _end_of_paragraph(self, index: int) -> int:
        number, line, _ = self.paragraphs[index]
        following = self.paragraphs[index + 1][0] if index + 1 < len(self.paragraphs) else len(self.lines)
        return max(line.end, min(self.stop_of(line), self.lines[following - 1].end)) if following > number else line.end

    def _whole(self, index: int) -> str:
        line = self.paragraphs[index][1]
        following = self.paragraphs[index + 1][1].start if index + 1 < len(self.paragraphs) else len(self.text)
        return " ".join(self.text[line.start : min(following, self.stop_of(line))].split())

    def _interrupts(self, index: int, words: Intervention, limit: int, marks: Set[str] | None) -> bool:
        """Returns whether a paragraph is the record's own text and the speaker's words go on after it."""
        if words.summarised or marks is not None:
            return False
        whole = self._whole(index)
        if is_language_note(whole) or is_imprint(whole):
            return True
        if not is_procedural(whole, told=False):
            return False
        for later in range(index + 1, len(self.paragraphs)):
            if self.paragraphs[later][1].start >= limit or self._closes(later, words, marks):
                return False
            # "We believe that" after "Mr. Oram took the Chair." is still said by the speaker before.
            if speaks_in_first_person(self._whole(later)):
                return True
        return False

    def _closes(self, index: int, words: Intervention, marks: Set[str] | None) -> bool:
        number, _, apart = self.paragraphs[index]
        whole = self._whole(index)
        if words.summarised and is_imprint(whole):
            return True
        # A title may contain a stop, "II. Conclusions", but does not end with one.
        is_item = _WORDS.agenda_heading.match(whole) is not None and self.stands_alone(number)
        is_title = (apart or is_item) and len(whole) <= _LONGEST_HEADING and not ends_sentence(whole)
        if marks is not None:
            return is_title and self.stands_alone(number) and closes_compilation(whole, _mark(whole), marks)
        # Where layout shows no paragraph, only text that is certainly procedural counts.
        if is_procedural(whole, told=words.summarised and apart):
            return True
        return is_title and (is_item or (self._is_heading(number, whole) and not self._goes_on(index, whole)))

    def _goes_on(self, index: int, whole: str) -> bool:
        """Returns whether the sentence of a paragraph goes on in the next, as at the foot of a column or page."""
        last = whole.rsplit(maxsplit=1)[-1].casefold()
        if last in load_words("open_ends") or index + 1 == len(self.paragraphs):
            return last in load_words("open_ends")
        following = self.paragraphs[index + 1][1]
        block = self._starts.get(following.start)
        in_lower_case = regex.match(r"[\p{Pi}\"'\[]*\p{Ll}[^.)]", following.text) is not None
        return in_lower_case or (block is not None and block.continues)

    def _is_heading(self, number: int, whole: str) -> bool:
        block = self._starts.get(self.lines[number].start)
        if block.paragraph is not None or block.continues if block is not None else not self.stands_alone(number):
            return False
        before = self.lines[number - 1].text if number else ""
        if not ends_sentence(before) or is_salutation(whole) or whole[0].islower() or whole[-1] in ",;:،؛，；：":
            return False
        return regex.match(r"[-•·*▪●–—]\s|\(?[\p{L}\p{N}]{1,4}[.)]\s", whole) is None


class _SpeakerLookup:
    """Resolves speaker lines and headings to parties, by the tables of parties and never by a guess."""

    def __init__(self, parties: PartyTable, language: str | None, date: str | None) -> None:
        self._parties, self.language, self._date = parties, language, date

    def party(self, words: str) -> tuple[str, ...]:
        """Returns the codes that words may stand for if they are a party's name and nothing else; else empty."""
        name = _WORDS.observer.sub("", words.strip(" *_\n\t"))
        codes = self._parties.resolve(name, suggest=False).codes
        if codes or not name:
            return codes
        spans = self._parties.find(name, self.language)
        whole = len(spans) == 1 and not name[: spans[0].start].strip() and not name[spans[0].end :].strip()
        return spans[0].codes if whole and spans[0].is_name else ()

    def holders(self, words: str) -> tuple[str, ...]:
        """Returns the code of the one party, or those of the listed States, that words consist of; else empty."""
        codes = self.party(words)
        if codes:
            return codes if len(codes) == 1 else ()
        row = next(in_rows(words, self._parties.find(words, self.language), JOINT), [])
        whole = len(row) > 1 and not words[: row[0].start].strip() and not words[row[-1].end :].strip()
        states = all(self._parties.kind_of(match.code) == "state" for match in row)
        return tuple(dict.fromkeys(match.codes[0] for match in row)) if whole and states else ()

    def intervention(self, line: SpeakerLine, *, trusted: bool) -> Intervention | None:
        """Returns the intervention that a speaker line opens, or None; in a `trusted` record a name needs no title."""
        words = Intervention(
            start=line.body, end=line.body, role="unknown", named=line.head, summarised=line.summarised,
            speaker=line.speaker, clause=line.clause,
        )  # fmt: skip
        if line.who == "office":
            return replace(words, role="office")
        if not line.understood:
            return replace(words, reason=f"what the record tells of {line.head!r} is not understood")
        names = [line.name] if line.who == "name" else [line.party] if line.party else list(line.brackets)
        codes = next((found for name in names if name and (found := self.party(name))), ())
        if not line.titled:
            if trusted and not codes and self._is_of_office(line.name):
                return replace(words, role="office")
            if line.who == "name":
                if trusted and len(codes) > 1:
                    return replace(words, reason=_may_be_several(line.head))
                listed = self.holders(line.name) if trusted else ()
                return replace(words, role="party", state=listed[0], states=listed[1:] and listed) if listed else None
            if not trusted or len(codes) != 1:
                # It may be a speaker without a title: the words go to nobody, rather than to the speaker before.
                looks_so = bool(codes) or (line.brackets and _looks_like_name(line))
                return replace(words, reason=_nobody_known(line.head)) if looks_so else None
        if len(codes) == 1:
            of_office = names if self._parties.kind_of(codes[0]) == "organization" else []
            presides = is_office(line.clause) and behalf_phrase(line.clause) is None
            presides = presides and not chairs_group(line.clause, self._parties, self.language)
            if not presides and not any(map(is_office, filter(None, of_office))):
                return replace(words, role="party", state=codes[0])
            return replace(words, role="office")
        if any(map(is_office, (*line.brackets, line.party or ""))):
            return replace(words, role="office")
        unknown = f"{line.head!r} names no State that is known"
        return replace(words, reason=_may_be_several(line.head) if codes else unknown)

    def _is_of_office(self, name: str) -> bool:
        """Returns whether a name is that of an office or an organization: "Chair CCPCJ", "UNODC Executive Director"."""
        if is_office(name.split(maxsplit=1)[0]):
            return True
        found = self._parties.find(name, self.language)
        return bool(found) and found[0].start == 0 and self._parties.kind_of(found[0].codes[0]) == "organization"

    def introduced(self, words: Intervention, before: str) -> Intervention:
        """Attributes a President or Minister to their State if introduced `before`: "Mr. Oram, President of …"."""
        if words.state is not None or words.speaker is None or words.role != "unknown":
            return words
        surname = regex.split(r"\s*[(（]", words.speaker)[0].split()[-1]
        for match in reversed(list(regex.finditer(rf"\b{regex.escape(surname)}\b", before, regex.IGNORECASE))):
            said = before[match.end() : match.end() + _LONGEST_HEADING]
            sentence = " ".join(regex.split(r"[.;](?=\s)", said)[0].split())
            office = _WORDS.office_of.match(sentence)
            named = self._parties.find(sentence, self.language)
            of_state = office is not None and SPEAKER.office_of_state.search(office["office"]) is not None
            if of_state and named and named[0].code is not None:
                return replace(words, role="party", state=named[0].code, reason=None)
        return words

    def chair(self, words: Intervention, text: str) -> str | None:
        """Returns the State whose delegate presides, as the cover says: "President: Mr. Oram (Quenza)"."""
        said = " ".join(text[words.start : words.end].split())
        found = regex.search(r"[(（]([^()（）]{3,60})[)）]$", said)
        if words.role != "office" or found is None or len(said) > _LONGEST_STATE_HEADING * 2:
            return None
        codes = self.party(found.group(1))
        return codes[0] if len(codes) == 1 else None

    def in_national_capacity(
        self, words: Intervention, said: str, chair: str | None
    ) -> tuple[Intervention, Intervention | None]:
        """Attributes the words of a President or Chair who speaks for a State to that State, until they preside again.

        Of an office's text up to the next speaker (`said`), returns the words, which are the State's if their opening
        says so, and the words as office after these, if any. `chair` is the State whose delegate presides.
        """
        opening = said[:_OPENING]
        if words.role != "office":
            return words, None
        capacity, state = (None, None) if words.summarised else self._capacity(opening, SPEAKER.capacity)
        # The phrase gives the State's name, or no name where it is the State on the cover (`chair`).
        state = chair if capacity is None and SPEAKER.national.search(opening) else state
        if state is None:
            return words, None
        resumed = SPEAKER.resumes.search(said)
        rest = None if resumed is None else replace(words, start=words.start + resumed.start())
        return replace(words, role="party", state=state), rest

    def _capacity(self, words: str, phrase: "regex.Pattern[str]") -> tuple["regex.Match[str] | None", str | None]:
        """Finds a phrase such as "in my capacity as representative of", and the party whose name follows it."""
        found = phrase.search(words)
        named = self._parties.find(words[found.end() :], self.language) if found is not None else ()
        return found, named[0].code if named and named[0].start <= _LONGEST_NEAR else None

    def in_capacities(self, words: Intervention, page: _RecordText) -> list[Intervention]:
        """Splits words that a delegate says for a group from those said "in my national capacity"."""
        if words.role != "party" or words.state in (None, words.group) or words.summarised:
            return [self._of_one_other(words)]
        parts = capacities(
            words.clause, page.text[words.start : words.end], self._parties, self.language, date=self._date,
            speaker=words.state, group=words.group, fewest=0,
        )  # fmt: skip
        found = []
        for first, last, whom in parts if len(parts) > 1 else ():
            start, end = words.start + first, words.start + last
            inside = tuple(span for span in words.interruptions if start <= span[0] and span[1] <= end)
            part = replace(words, group=whom.group, states=whom.states, interruptions=inside)
            found.append(replace(part, start=start, end=page.end_before(end)))
        return [self._of_one_other(part) for part in found or [words]]

    def _of_one_other(self, words: Intervention) -> Intervention:
        """Attributes words that a delegate says on behalf of one other State to that State."""
        if words.state is None or len(words.states) != 1 or words.states[0] == words.state:
            return words
        delivered = f"{words.speaker or words.named} ({self._parties.display(words.state)})"
        return replace(words, state=words.states[0], states=(), speaker=delivered)

    def reported(self, sentence: str, start: int) -> tuple[Intervention, bool] | None:
        """Returns the intervention that a sentence of reported speech opens, and whether the next sentences join it."""
        report = reported_sentence(sentence, self._parties, self.language)
        codes = [code for code in report.codes if self._parties.kind_of(code) in ("state", "group")] if report else []
        if report is None or codes[:1] != [report.codes[0]]:
            return None
        words = Intervention(
            start=start, end=start, role="party", named=f"{report.name}{report.clause}".rstrip(", "), summarised=True,
            clause=report.clause.strip(" ,"), state=codes[0], states=tuple(codes[1:] and codes),
        )  # fmt: skip
        return words, report.goes_on

    def told(
        self, text: str, start: int, end: int, speaking: Intervention | None, *, opens: bool, apart: bool
    ) -> _SpeakerTurn | None:
        """Returns the turn that a sentence of a summary record opens where no speaker line names its speaker.

        The first sentence of a paragraph (`opens`; `apart` if layout shows it) may begin as press summaries do. The
        current speaker (`speaking`) may go on "in his national capacity".
        """
        # The number of a paragraph is not part of its first sentence.
        mark = SPEAKER.before.match(text, start, end)
        first = mark.end() if opens and mark is not None else start
        sentence = " ".join(text[first:end].split())
        head = sentence[:_LONGEST_NATIONAL]
        state = None if speaking is None else speaking.state
        national = state and (is_in_national_capacity(head) or self._capacity(head, SPEAKER.told_capacity)[1] == state)
        if speaking is not None and national:
            resumed = replace(speaking, start=start, end=start, clause="", named=speaking.named.partition(",")[0])
            return _SpeakerTurn(start=start, words=resumed)
        reported = self.reported(sentence, first)
        if reported is not None and (opens or (reported[1] and not is_of_same_speaker(sentence))):
            # A State by its bare name is reported in this sentence only.
            return _SpeakerTurn(start=start, words=reported[0], end=None if reported[1] else end)
        line = None if opens else speaker_line(text, start, end)
        # "The representative also reported" names no party, only lower-case words: the same speaker goes on.
        goes_on = line is not None and line.party is not None and line.party[:1].islower()
        others = {m.code for m in self._parties.find(head, self.language) if m.code} - {state}
        understood = line is not None and (line.understood or (line.who == "delegation" and bool(others)))
        if line is not None and not goes_on and line.summarised and understood and _takes_floor(line):
            words = self.intervention(line, trusted=False)
            return None if words is None else _SpeakerTurn(start=start, words=words)
        words = self._named_later(sentence, opens=opens, apart=apart) if line is None else None
        return None if words is None else _SpeakerTurn(start=start, words=replace(words, start=first, end=first))

    def _named_later(self, sentence: str, *, opens: bool, apart: bool) -> Intervention | None:
        """Returns the intervention of a sentence that names its speaker late: "On this item, Ms. Ferro (Belmora) said".

        A sentence inside a paragraph stays with its speaker if it begins with an aside ("At the tenth session,"). Else
        a party gets the words only if they open a paragraph (`opens`) without an aside, or announce a turn ("On this
        item,"); otherwise they are nobody's, as where the verb of a paragraph's first sentence (`apart`) is not known.
        """
        aside = SPEAKER.aside.match(sentence) is not None
        if SPEAKER.pronoun.match(sentence) or (aside and not opens):
            return None
        takes_floor = not aside and (opens or SPEAKER.announces.match(sentence) is not None)
        found = [comma.end() for comma in SPEAKER.lead.finditer(sentence, 0, _LONGEST_LEAD)]
        within = SPEAKER.within.search(sentence, 0, _LONGEST_LEAD) if apart else None
        if within is not None and within.start() and not SPEAKER.governs.search(sentence, 0, within.start()):
            found.append(within.start())
        for at in sorted(found):
            lead, rest = sentence[:at], sentence[at:]
            # Capitalised, since inside a sentence French or Spanish begin "the representative" in lower case.
            line = speaker_line(lead + rest[:1].upper() + rest[1:], at, len(sentence))
            recalls = SPEAKER.recalls.search(SPEAKER.of_others.sub(",", lead))
            if recalls or line is None or not (line.summarised and line.titled and (opens or _takes_floor(line))):
                continue
            if line.understood:
                words = self.intervention(line, trusted=False)
                if words is not None and words.role == "party" and not takes_floor:
                    return _unknown(words.named, words.start)
                clause = f"{lead}{line.clause}".strip(" ,") if opens_on_behalf(lead) else line.clause
                return words and replace(words, clause=clause)
            goes_on = SPEAKER.pronoun.search(lead) or SPEAKER.pronoun_after.search(rest) or SPEAKER.recalls.search(rest)
            if apart and not goes_on:
                return self.intervention(line, trusted=False)
        return None

    def section(self, heading: str) -> tuple[str, ...] | None:
        """Returns the party or the States that a heading consists of; empty for a name of several parties ("Congo").

        None where it contains anything else.
        """
        if len(heading) > _LONGEST_STATE_HEADING:
            return None
        name = _heading_name(heading)
        while (shorter := _WORDS.heading_note.sub("", name)) != name and not self.party(name):
            name = shorter
        names = dict.fromkeys((name, _WORDS.heading_words.sub("", name)))
        found = next(filter(None, map(self.holders, names)), None)
        return () if found is None and any(map(self.party, names)) else found

    def title(self, heading: str) -> tuple[str, ...]:
        """Returns the party that a title names with a person: "Statement by Mr. Oram, Minister of Belmora"."""
        if len(heading) > _LONGEST_HEADING or not _form(heading):
            return ()
        holder = holder_in(Heading(text=_heading_name(heading), end=0), self._parties)
        return () if holder is None else (holder.code,)

    def with_behalf(self, words: Intervention, text: str) -> Intervention:
        """Adds the party on whose behalf an intervention is made; if no lookup knows it, the speaker is unknown."""
        if words.role != "party" or words.state is None:
            return words
        said = text[words.start : min(words.end, words.start + _OPENING)]
        head, opening = words.clause, "" if words.summarised else said
        # Reports may say only "for": "Ilvenor, for the Island Forum, opposed".
        short = _WORDS.for_group.match(head.strip(" ,"))
        name = head.strip(" ,")[short.end() :] if short is not None else ""
        if self._parties.kind_of((*self.party(name), "")[0]) == "group" or group_written(f"the {name}"):
            head = f"on behalf of the {name}"
        flat = " ".join(said.split())[:400]
        if words.summarised and (told := _WORDS.told_behalf.search(flat)) and behalf_phrase(flat[: told.end()]):
            head = f"{head}, {told.group()}"
        whom = spoken_for(head, opening, self._parties, self.language, date=self._date, speaker=words.state)
        code = whom.group or (words.state if self._parties.kind_of(words.state) == "group" else None)
        if code is not None or whom.states:
            joined = words.states if words.summarised else ()
            return replace(words, group=code, states=joined) if code else replace(words, states=whom.states)
        unknown = behalf_phrase(head)
        if unknown is not None and not _WORDS.own_government.match(unknown) and not self.party(unknown.strip(" ,")):
            reason = f"{words.named!r} speaks for somebody whom no lookup knows"
            return replace(words, role="unknown", state=None, reason=reason)
        return words


def _nobody_known(named: str) -> str:
    return f"{named!r} names nobody that is known"


def _may_be_several(named: str) -> str:
    return f"{named!r} may be several parties"


def _takes_floor(line: SpeakerLine) -> bool:
    """Returns whether a line inside a paragraph may begin a turn; "the Secretariat should" is about an office."""
    return line.titled and (line.who != "office" or line.says)


def _looks_like_name(line: SpeakerLine) -> bool:
    words = line.name.split()
    return 2 <= len(words) <= 5 and line.brackets[0][:1].isupper() and not any(c.isdigit() for c in line.brackets[0])


def _turns(page: _RecordText, lookup: _SpeakerLookup) -> list[_SpeakerTurn]:
    read: list[tuple[SpeakerLine, bool]] = []
    headings: list[_NumberedHeading] = []
    titles: list[_NumberedHeading] = []
    words = without_furniture(page.text)
    for number, line, apart in page.paragraphs:
        found = speaker_line(words, line.start, len(words))
        if found is not None and (apart or not found.summarised):
            read.append((found, apart))
        elif (apart or _form(line.text)) and page.stands_alone(number):
            if (codes := lookup.section(line.text)) is not None:
                headings.append((number, codes))
            elif codes := lookup.title(line.text):
                titles.append((number, codes))
    formed = {codes for number, codes in headings if codes and _form(page.lines[number].text)}
    if len(formed.union(codes for _, codes in titles)) > 1:
        # A title with a person opens a section only beside that of another party.
        headings = sorted(headings + titles)
    told = _between_sentences(page, lookup, _spoken(read, lookup, told=True))
    forms = {"direct": _spoken(read, lookup, told=False), "told": told}
    forms |= {"heading": _sections(page, headings), "name": _names(read, lookup)}
    if not any(len({turn.words.state for turn in turns}) > _FEWEST_SECTIONS for turns in forms.values()):
        forms["reported"] = _reported(page, lookup)
    # Only lines that certainly have a form count for it.
    surely = {
        "direct": {line.start for line, _ in read if not line.summarised},
        "told": {line.start for line, _ in read if line.summarised and line.understood}
        | {turn.start for turn in told if turn.words.states},
        "name": {line.start for line, _ in read if line.who == "name"},
        "heading": {page.lines[number].start for number, codes in headings if len(codes) == 1},
    }

    def rank(form: str) -> tuple[int, int]:
        counted = (turn.words for turn in forms[form] if turn.start in surely.get(form, {turn.start}))
        known = (words for words in counted if words.role != "office" and (form != "heading" or words.state))
        parties = len({words.state or words.named for words in known})
        # Where only a Chair and a Secretariat speak, the form with most lines wins.
        return parties, 0 if parties else len(forms[form])

    # Of equal ones, the first.
    form = max(forms, key=rank)
    return sorted((*forms[form], *_of_others(page, words, lookup, forms[form], form)), key=lambda turn: turn.start)


def _of_others(
    page: _RecordText, text: str, lookup: _SpeakerLookup, turns: Sequence[_SpeakerTurn], form: str
) -> Iterator[_SpeakerTurn]:
    """Yields the turns of speakers whom no lookup knows, by the form of the record; each ends the turn before it."""
    known = {turn.start for turn in turns}
    marks = {turn.mark for turn in turns if turn.mark is not None}
    counts = Counter(line.text for _, line, _ in page.paragraphs)
    for number, line, apart in page.paragraphs:
        if not (apart or _form(line.text)) or not turns or line.start <= turns[0].start or line.start in known:
            continue
        if form == "heading":
            mark, name = _mark(line.text), _heading_name(line.text)
            alone = counts[line.text] == 1 and page.stands_alone(number)
            alone = alone and not closes_compilation(line.text, "", marks)
            somebody = (mark in marks and names_somebody(name, lookup.language)) or _names_author(name, lookup.language)
            if alone and somebody and not _entitles_section(line, turns, text):
                yield _SpeakerTurn(start=line.start, words=_unknown(name, page.after(line)), mark=mark)
        elif apart and form in ("direct", "name") and not is_procedural(line.text, told=False):
            label = label_of(text, line.start, lookup.language, names=form == "name")
            if label is not None:
                yield _SpeakerTurn(start=line.start, words=_unknown(*label))


def _names_author(heading: str, language: str | None) -> bool:
    """Returns whether a heading is the title of somebody's statement: "Right of reply by Zubrovia"."""
    formed = len(heading) <= _LONGEST_STATE_HEADING and _WORDS.heading_of_speech.match(heading)
    found = _WORDS.heading_words.match(heading) if formed and not ends_sentence(heading) else None
    if found is None:
        return False
    name = heading[found.end() :]
    by = _WORDS.by.search(found.group()) is not None and name[:1].isupper()
    return by or names_somebody(name, language)


def _entitles_section(line: TextLine, turns: Sequence[_SpeakerTurn], text: str) -> bool:
    """Returns whether a line is a person's title right under a State: "Arvandia", "Statement by Mr. Oram"."""
    before = next(turn.words for turn in reversed(turns) if turn.start < line.start)
    person = SPEAKER.titled.match(_WORDS.heading_words.sub("", line.text)) if _form(line.text) else None
    return person is not None and not _form(before.named) and not text[before.start : line.start].strip()


def _unknown(named: str, start: int) -> Intervention:
    return Intervention(
        start=start, end=start, role="unknown", named=named, summarised=False, reason=_nobody_known(named)
    )


def _spoken(read: Sequence[tuple[SpeakerLine, bool]], lookup: _SpeakerLookup, *, told: bool) -> list[_SpeakerTurn]:
    """Returns the turns of a verbatim record, or of a summary record (`told`), which may quote words as well.

    There are none unless at least one line certainly is of that kind.
    """
    lines = [line for line, _ in read if line.who != "name"]
    if not any(line.summarised == told and line.understood and line.who != "office" for line in lines):
        return []
    if not told:
        # The words after a colon are those of the speaker before it.
        lines = [replace(line, summarised=False, body=line.after_colon) for line in lines if line.after_colon]
    titled = {codes for line in lines if line.titled and line.who != "office" for codes in line.brackets}
    return _turns_of(lines, lookup, trusted=len(titled) < _FEWEST_PARTIES)


def _turns_of(lines: Iterable[SpeakerLine], lookup: _SpeakerLookup, *, trusted: bool) -> list[_SpeakerTurn]:
    found = ((line.start, lookup.intervention(line, trusted=trusted)) for line in lines)
    return [_SpeakerTurn(start=start, words=words) for start, words in found if words is not None]


def _between_sentences(page: _RecordText, lookup: _SpeakerLookup, turns: list[_SpeakerTurn]) -> list[_SpeakerTurn]:
    """Adds the turns that begin inside the paragraphs of a summary record, and ends those that a decision follows.

    "Ondrava's delegate said" and "Speaking in his national capacity, he said" each begin a turn.
    """
    if not any(turn.words.role == "party" for turn in turns):
        return []
    found = {turn.start: turn for turn in turns}
    apart = {line.start for _, line, apart in page.paragraphs if apart}
    stops: list[int] = []
    speaking: Intervention | None = None
    for paragraph in page.sentences():
        for number, (start, end, sentence) in enumerate(paragraph):
            if number and tells_decision(sentence) and lookup.reported(sentence, start) is None:
                stops.append(start)
            elif start not in found or found[start].words.role == "unknown":
                turn = lookup.told(page.text, start, end, speaking, opens=not number, apart=start in apart)
                # Several States replace an unknown speaker: "The representatives of Arvandia and Belmora agreed".
                if turn is not None and (start not in found or turn.words.states):
                    found[start] = turn
            speaking = found[start].words if start in found else speaking
    turns = sorted(found.values(), key=lambda turn: turn.start)
    return [replace(turn, end=turn.end or next((at for at in stops if at > turn.start), None)) for turn in turns]


def _reported(page: _RecordText, lookup: _SpeakerLookup) -> list[_SpeakerTurn]:
    """Returns the turns of a report, sentence by sentence; none where somebody often speaks in the first person.

    A statement reports others as well ("Arvandia proposed …, and we agree"), but its speaker uses the first person.
    """
    turns: list[_SpeakerTurn] = []
    in_first_person = 0
    for paragraph in page.sentences():
        # Whether the next sentences join the last one that reports somebody; None after a sentence that reports nobody.
        goes_on: bool | None = None
        for start, end, sentence in paragraph:
            in_first_person += speaks_in_first_person(_QUOTED.sub("", sentence))
            if (reported := lookup.reported(sentence, start)) is not None:
                words, goes_on = reported
                turns.append(_SpeakerTurn(start=start, words=words, end=end))
            elif goes_on is not None and (is_of_same_speaker(sentence) or (goes_on and not tells_decision(sentence))):
                turns[-1] = replace(turns[-1], end=end)
            else:
                goes_on = None
    enough = len({turn.words.state for turn in turns}) >= _FEWEST_SECTIONS
    return turns if enough and in_first_person * _SELDOM <= len(turns) else []


def _names(read: Sequence[tuple[SpeakerLine, bool]], lookup: _SpeakerLookup) -> list[_SpeakerTurn]:
    """Returns the turns of a record that puts names of parties before their words."""
    lines = (line for line, apart in read if apart and not line.summarised)
    turns = _turns_of(lines, lookup, trusted=True)
    # Turns of offices alone count too, since minutes may begin with those of a Chair and a Secretariat.
    offices = {turn.words.named for turn in turns if turn.words.role == "office"}
    by_offices = len(offices) >= _FEWEST_PARTIES and len(turns) >= _FEWEST_SECTIONS
    return turns if by_offices or any(turn.words.role == "party" for turn in turns) else []


def _sections(page: _RecordText, headings: Sequence[_NumberedHeading]) -> list[_SpeakerTurn]:
    """Returns the sections of a compilation; States that are listed on adjacent lines or in a table have none.

    A list or table after a section ends it: whose words follow is unknown.
    """
    turns: list[_SpeakerTurn] = []
    numbers = {number for number, _ in headings}
    rows = _table_rows(page, headings)
    for position, (number, codes) in enumerate(headings):
        line = page.lines[number]
        words = _unknown(line.text, page.after(line))
        if codes and position not in rows and not numbers & {number - 1, number + 1}:
            clause = line.text if behalf_phrase(line.text) else ""
            states = codes[1:] and codes
            words = replace(words, role="party", state=codes[0], states=states, clause=clause, reason=None)
            turns.append(_SpeakerTurn(start=line.start, words=words, mark=_mark(line.text)))
        elif turns:
            why = f"{line.text!r} stands in a list or table" if codes else _may_be_several(line.text)
            turns.append(_SpeakerTurn(start=line.start, words=replace(words, reason=why)))
    return turns


def _table_rows(page: _RecordText, headings: Sequence[_NumberedHeading]) -> set[int]:
    """Returns the positions of the headings that are names in cells of a table: "Arvandia", "61", "Belmora", "34".

    In three rows or more, equally many cells without a sentence follow each name; after the last row the text goes on.
    "Arvandia", "No comments" are sections of a compilation: one cell of words makes a row only if all are rows.
    """
    lines = [page.lines[number] for number, _ in headings]
    ends = [*(line.start for line in lines[1:]), len(page.text)]
    sizes, cells = list[tuple[int, bool]](), list[int]()
    for heading, end in zip(lines, ends, strict=False):
        body = [line for line in page.text[heading.end : end].splitlines() if line.strip()]
        first = [*takewhile(lambda line: len(line.strip()) <= _LONGEST_CELL and not holds_sentence_end(line), body)]
        sizes.append((len(first) if first == body else 0, all(map(_NUMBER_ALONE.fullmatch, first))))
        cells.append(len(first))
    rows = set[int]()
    for (size, of_numbers), group in groupby(range(len(sizes)), key=sizes.__getitem__):
        run = [*group]
        goes_on = run[-1] + 1 < len(sizes) and cells[run[-1] + 1] >= size
        run += [run[-1] + 1] * goes_on
        whole = goes_on and len(run) == len(sizes)
        if size and len(run) >= _FEWEST_SECTIONS and (size > 1 or of_numbers or whole):
            rows.update(run)
    return rows


def _heading_name(heading: str) -> str:
    return _WORDS.enumerator.sub("", heading).strip("#*_ ")


def _mark(heading: str) -> str:
    """Returns the numbering of a heading: `number`, `letter`, `roman`; without one, `capitals` or empty."""
    found = _WORDS.enumerator.match(heading)
    if found is None:
        return "capitals" if heading.isupper() else ""
    mark = found["mark"].rstrip(".)、． ")
    if mark.isdigit():
        return "number"
    return "roman" if regex.fullmatch("[IVXLC]+", mark) and mark not in ("C", "D", "L") else "letter"
