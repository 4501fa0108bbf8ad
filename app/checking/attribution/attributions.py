"""Reads whom a document names as the speaker of a quotation, and when, from the text around it, by lookup and rule.

The nearest evidence counts: the quotation's own sentence, a line that leads in to it, the row and column of its table
cell, its note, earlier sentences of the paragraph, and the headings above it. The first that names a party gives the
parties; the first that names an occasion gives the occasion.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import regex

from app.checking.attribution.masked_text import BRACKETED, COLONS, COMMA, MASK
from app.checking.attribution.named_speakers import NamedSpeakers, in_turn, is_object, parties_of
from app.checking.attribution.spoken_times import is_label, is_of_thing, read_reference, read_sentence, read_time
from app.checking.attribution.unlisted_speakers import (
    former_or_latter,
    order_alone,
    other_subject,
    subject_after,
    subject_before,
    unknown_in,
)
from app.checking.attribution.words_around import LEAD_WORDS, Surroundings, WordsAround
from app.checking.findings import LABELS_BETWEEN, Attribution, Quotation, SpokenTime
from app.checking.reading.blocks import CheckedBlock, CheckedDocument
from ingest.language.attribution_verbs import attribution, introduces_speech
from ingest.language.dates import YEAR
from ingest.language.lexicons import RegexPatterns
from ingest.parties.party_table import PartyTable
from ingest.parties.persons import Persons
from ingest.records.speaker_lines import is_office
from ingest.treaties.references import ArticleMention, find_articles

_PATTERNS: Final = RegexPatterns("drafts")
# A town before its State, "Vienna, Austria": in a title this is the place of a meeting and names no speaker.
_PLACE: Final = regex.compile(r"\p{Lu}[\p{L}.’'-]+,\s*$")
# Not in "the Belmora 2018 budget".
_YEAR_BEHIND: Final = regex.compile(rf"\s(?:[’'‘]\d\d|{YEAR})(?!\w|\s+\p{{L}})")
_OPENING: Final = regex.compile("(?:[^,،，]*[,،，])?")


class AttributionReader:
    """Reads attributions in one document."""

    def __init__(
        self,
        document: CheckedDocument,
        parties: PartyTable,
        quotations: tuple[Quotation, ...],
        files: tuple[str, ...],
        persons: Persons,
        *,
        group_nouns: bool = False,
    ) -> None:
        """Prepares a document; `files` are names of stored files, by which a note may refer to a statement.

        With `group_nouns`, "the Forum" is read as a name, see `NamedSpeakers`.
        """
        self._parties, self._files = parties, files
        self._speakers = NamedSpeakers(parties, persons, group_nouns=group_nouns)
        self._around = WordsAround(document, quotations, self._speakers)
        self._with_nouns: AttributionReader | None = None
        if not group_nouns and _PATTERNS.group_alone.search(document.text):
            self._with_nouns = AttributionReader(document, parties, quotations, files, persons, group_nouns=True)

    def read(self, quotation: Quotation) -> Attribution:
        """Returns who is said to have spoken a quotation, and when."""
        near = self._around.surroundings(quotation)
        named = self._delivered(quotation, self._first_named(near))
        when = next(filter(None, self._occasions(near, named)), SpokenTime())
        place = read_time(f"{self._of_speaker(near) or near.lead} {MASK} {near.after}")
        return replace(
            named,
            around=(near.before.replace(MASK, "") or self._view_labels(near.index), near.after.replace(MASK, "")),
            of_office=(
                named.source != "sentence" or attribution().others_speak.fullmatch(named.unknown or "") is not None
            )
            and is_office(f"{near.before or near.lead} {near.clause_after}"),
            when=replace(when, items=place.items, bodies=place.bodies),
            files=tuple(file for file in self._files if any(_names_file(note, file) for note in near.notes)),
            articles=tuple(dict.fromkeys(mention.article for mention in self._articles(near, named))),
        )

    def _first_named(self, near: Surroundings) -> Attribution:
        return next((each for each in self._named(near) if each.parties or each.unknown), Attribution())

    def _delivered(self, quotation: Quotation, named: Attribution) -> Attribution:
        """Adds the noun of a group for which a sentence says that a party speaks: "Belmora, on behalf of the Forum"."""
        if (other := self._with_nouns) is None or named.delivered_by:
            return named
        near = other._around.surroundings(quotation)
        if not _PATTERNS.group_alone.search(f"{near.before or near.lead} {near.after}"):
            return named
        read = other._first_named(near)
        noun = read.parties[0] if read.delivered_by and self._parties.get(read.parties[0]) is None else None
        if noun is None:
            return named
        # A group that the text before names is the one that is meant, if it may be called so.
        before = (code for name in self._parties.find(near.earlier) for code in name.codes)
        groups = [code for code in before if self._parties.kind_of(code) == "group"]
        meant = [code for code in groups if self._parties.is_called(code, noun)]
        beside = tuple(code for code in named.beside if code not in read.delivered_by)
        named = replace(named, delivered_by=read.delivered_by, beside=beside)
        return replace(named, parties=(meant[-1],), together=()) if meant else replace(named, group_noun=noun)

    def _named(self, near: Surroundings) -> Iterator[Attribution]:
        yield replace(self._speakers.joint(near.reference), source="sentence")
        yield from self._spoken(near.before, "sentence", near.earlier)
        if not near.before:
            yield replace(self._in_label(self._around.line_below(near.index)), source="line below")
        # A clause behind a semicolon is about something else: "“…”, article 4 provides; Arvandia argued …".
        after = near.clause_after
        behind, subject = self._speakers.behind(after), subject_after(after)
        if parties := behind.parties or former_or_latter(subject, self._parties, f"{near.earlier}{MASK}"):
            together = behind.together + self._speakers.in_apposition(after, parties)
            yield replace(behind, parties=parties, together=together, source="sentence")
        elif unknown := unknown_in(subject, self._parties, self._speakers.find):
            yield replace(unknown, source="sentence")
        for lead in (near.lead, self._around.list_lead(near.index)):
            yield from self._spoken(lead, "line above", "")
        yield from self._named_apart(near)

    def _articles(self, near: Surroundings, named: Attribution) -> list[ArticleMention]:
        """Returns the articles that a sentence names for a quotation: before it, or behind it if nobody speaks."""
        leading = near.before or near.lead
        if (found := find_articles(leading)) or named.parties or attribution().verb.search(leading):
            return found
        speaker = next((name.start for name in self._speakers.find(near.clause_after)), len(near.clause_after))
        return [mention for mention in find_articles(near.clause_after) if mention.end <= speaker]

    def _named_apart(self, near: Surroundings) -> Iterator[Attribution]:
        """Yields what is named outside a quotation's sentence and its lead-in, the nearest first."""
        for label in self._labels(self._around.blocks[near.index]):
            yield replace(self._in_label(label), source="table")
        for note in near.notes:
            yield replace(self._speakers.of_reference(note), source="note")
        # "“…”, said another delegation"; in "“…” (Ljubljana, 2018)" the name may be a place.
        behind = "" if near.before or near.lead else subject_after(near.after) or near.clause_after
        subject = other_subject(f"{behind}:" if behind else near.before or near.lead, near.earlier)
        if behind and subject and subject.words and not subject.is_sure:
            subject = None
        if subject is None:
            yield replace(self._speakers.joint(near.said_earlier()), source="paragraph")
            yield replace(self._speakers.joint(self._around.carried_over(near.index)), source="paragraph above")
        elif subject.is_sure:
            yield Attribution(unknown=subject.words, source="sentence")
        for at, heading in self._around.headings(near.index):
            source = "heading" if self._around.blocks[at].kind == "heading" else "line above"
            label = heading
            if at < self._around.title:
                label = self._without_place(heading)
                # "Notes for the lunch with Austria": a title may name whom a draft is for.
                if any(_PATTERNS.to_addressee.search(label[: name.start]) for name in self._speakers.find(label)[:1]):
                    continue
            yield replace(self._in_label(label), source=source)
        if subject is not None:
            yield Attribution(unknown=subject.words or None, source="sentence")

    def _spoken(self, text: str, source: str, earlier: str) -> Iterator[Attribution]:
        """Yields the speakers in a sentence that leads to a quotation: by order ("the latter"), unknown, or by name."""
        lead, _, behind = text.rpartition(MASK)
        taken_over = self._speakers.takes_over(text)
        earlier, own = earlier or text, behind if taken_over else text
        subject = subject_before(own, self._parties)
        if ordered := former_or_latter(order_alone(behind), self._parties, earlier) or former_or_latter(
            subject, self._parties, earlier
        ):
            yield Attribution(parties=ordered, source=source)
        elif unknown := unknown_in(subject, self._parties, self._speakers.find):
            yield replace(self._speakers.represented(unknown, text), source=source)
        between: tuple[str, ...] = ()
        if taken_over:
            text = behind
        elif (found := self._speakers.find(lead)) and any(not is_object(name, found, lead) for name in found):
            between, text = self._speakers.between(text), lead
        if (joint := self._speakers.joint(text)).parties:
            if each := in_turn(joint, own):
                yield replace(each, source=source)
            yield replace(
                joint,
                together=joint.together + self._speakers.in_apposition(text, joint.parties),
                beside=tuple(
                    code
                    for code in (*self._speakers.beside(text), *between)
                    if code not in (*joint.parties, *joint.delivered_by)
                ),
                source=source,
            )

    def _view_labels(self, index: int) -> str:
        """Returns the labels of a table cell that say of its quotation "for", "against" or "current position"."""
        told = (_PATTERNS.for_label.fullmatch, _PATTERNS.against_label.fullmatch, _PATTERNS.as_of_today.search)
        labels = self._around.blocks[index].labels
        return LABELS_BETWEEN.join(label for label in labels if any(tells(label) for tells in told))

    def _labels(self, block: CheckedBlock) -> list[str]:
        """Returns the labels of a table cell that say who spoke, rather than comment on the quotation."""
        labels = [text for text in block.speakers if self._speakers.find(text)]
        labels += [text for text in block.labels if is_label(text, self._parties.find(text), cell=True)]
        # A cell with other words, such as "Austria opposed it", names the speaker only where no label does.
        if not any(map(self._speakers.find, labels)):
            found = ((text, self._speakers.find(text)) for text in block.labels)
            named = (text for text, names in found if any(not is_object(name, names, text) for name in names))
            labels += [*named][:1]
        return labels

    def _in_label(self, text: str) -> Attribution:
        found = self._speakers.find(text)
        # A label names who speaks; a sentence that mentions States does not.
        if not found or len(text.split()) > LEAD_WORDS:
            return Attribution()
        if (joint := self._speakers.joint(text)).delivered_by:
            return joint
        together = () if is_object(found[0], found, text) else joint.together
        return Attribution(parties=parties_of(found), together=together)

    def _without_place(self, text: str) -> str:
        """Returns a line of a title without States that only locate a town: "Vienna, Austria, 12 October"."""
        for name in reversed(self._speakers.find(text)):
            if _PLACE.search(text[: name.start]) and not self._speakers.find(text[: name.start]):
                text = text[: name.start] + text[name.end :]
        return text

    def _occasions(self, near: Surroundings, named: Attribution) -> Iterator[SpokenTime | None]:
        yield read_reference(near.reference)
        # Times such as "two years later" count from what the paragraph says before the sentence.
        earlier, before = near.earlier.replace("\n", " "), self._of_speaker(near)
        begins = earlier.rfind(before.strip()) if before.strip() else len(earlier)
        before, notes = self._dated(before), [read_reference(note) for note in near.notes]
        # A note is nearer than what the sentence says before another quotation.
        if MASK in before and not read_time(f"{before.rpartition(MASK)[2]} {MASK} {near.after}"):
            yield from notes
        spoken = read_sentence(before, self._dated(near.after), earlier[: max(0, begins)])
        # In "its police “…” in 2023, she said" the words are not those of a verb of speech before them.
        led_in = introduces_speech(before) or before.rstrip().endswith(COLONS)
        behind = not read_time(near.after) or (not led_in and not COMMA.match(near.after) and not read_time(before))
        yield replace(spoken, of_thing=behind and (is_of_thing(before) or not read_time(before)))
        # An earlier sentence about somebody else says nothing of when this speaker spoke.
        same = not self._speakers.find(before) and {*named.parties} & {
            *self._speakers.joint(near.said_earlier()).parties
        }
        on_behalf = _PATTERNS.on_its_behalf.search(f"{before} {MASK} {near.after}")
        if same or on_behalf or named.source in (None, "paragraph"):
            yield replace(read_time(near.said_earlier()), of_thing=is_of_thing(near.said_earlier()))
        yield read_time(self._around.line_below(near.index), reference=True)
        leads_in = near.lead.rstrip().endswith(COLONS)
        of_line = read_time(self._dated(near.lead)) if leads_in else self._time_of_line(near.lead)
        yield replace(of_line, of_thing=leads_in and is_of_thing(near.lead))
        yield read_time(" · ".join(filter(self._may_date, self._around.blocks[near.index].labels)), reference=True)
        yield from notes
        for place, (at, heading) in enumerate(self._around.headings(near.index)):
            # Lines that are read as headings have no levels: only the nearest surely belongs to this part.
            if not place or self._around.blocks[at].kind == "heading":
                yield self._time_of_heading(at, heading)

    def _dated(self, text: str) -> str:
        """Returns a text with a mark before each year directly behind a name: "Belmora 2018: “…”" gives its time."""
        for name in self._speakers.find(text):
            if _YEAR_BEHIND.match(text, name.end) and _PATTERNS.dated_name.search(text[: name.start]):
                text = f"{text[: name.end]}·{text[name.end + 1 :]}"
        return text

    def _of_speaker(self, near: Surroundings) -> str:
        """Returns the text before a quotation in its sentence without the times of whoever spoke the one before it.

        In "Drelnia (COP 10): “… .” Arvandia: “…”" these are all from that name on to a finished quotation, else
        brackets. A time before the name is that of both: "In 2016 Drelnia said: “… .” Arvandia replied: “…”".
        """
        lead, mask, own = near.before.rpartition(MASK)
        if not mask or not self._speakers.takes_over(near.before):
            return near.before
        opening = _OPENING.match(lead).end()  # type: ignore[union-attr]  # the pattern matches anything
        begin = next((name.start for name in self._speakers.find(lead)), opening if near.finished_before else len(lead))
        its = "" if near.finished_before else BRACKETED.sub(" ", lead[begin:])
        return lead[:begin] + its + mask + own

    def _time_of_heading(self, at: int, text: str) -> SpokenTime | None:
        # A mere label gives its time ("Belmora, 2018", "Session 55" alone). A heading below the title gives its session
        # or day; its year among other words is that of a thing. Session, day and place in a title are the document's.
        named = self._speakers.find(text)
        if is_label(text, named) and (named or at >= self._around.title or self._around.title == 1):
            return read_time(text, reference=True)
        if at < self._around.title:
            return None
        heading = self._around.blocks[at].kind == "heading"
        when = read_time(text, reference=True) if heading else self._time_of_line(text)
        return replace(when, years=())

    def _time_of_line(self, text: str) -> SpokenTime:
        """Returns the time that a line over quotations gives: "Vienna, 3 March 2025" is the document's own date."""
        when = read_time(text, reference=True)
        return when if self._speakers.find(text) or when.sessions or is_label(text, []) else SpokenTime()

    def _may_date(self, text: str) -> bool:
        """Returns whether the time in a label may be that of the quotation: unless it clearly comments on it."""
        found = self._speakers.find(text)
        comments = _PATTERNS.comments.search(text) or any(is_object(name, found, text) for name in found)
        return not comments or is_label(text, self._parties.find(text), cell=True)


def _names_file(text: str, file: str) -> bool:
    return file in text or (len(file.rpartition("/")[2]) > 8 and file.rpartition("/")[2] in text)
