"""Reads whom a document names as the speaker of a quotation, and when, from the text around it, by lookup and rule.

The nearest evidence counts: the quotation's own sentence, a line that leads in to it, the row and column of its table
cell, its note, earlier sentences of the paragraph, and the headings above it. The first that names a party gives the
parties; the first that names an occasion gives the occasion.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from itertools import count, islice, pairwise, takewhile
from typing import Final

import regex

from app.checking.blocks import CheckedBlock, CheckedDocument
from app.checking.findings import Attribution, Quotation, SpokenTime
from app.checking.indirect_times import YEAR, find_years, parts_of_year
from app.checking.occasion_words import blanked, in_digits, read_occasion
from app.checking.speakers import by_order, shown, subject_after, subject_before, unknown_in
from ingest.language.attribution_verbs import attribution, introduces_speech
from ingest.language.dates import find_dates, month_numbers
from ingest.language.lexicons import RegexPatterns, any_of
from ingest.language.matches import TextMatch
from ingest.language.numerals import find_session_mentions
from ingest.language.sentences import SENTENCE_ENDS, is_finished, last_sentence, split_sentences
from ingest.metadata.sessions import find_bodies
from ingest.parties.party_table import PartyMatch, PartyTable
from ingest.treaties.references import ArticleMention, find_agenda_items, find_articles

_MASK: Final = "\ufffc"
_PARENTHESIS: Final = regex.compile(r"^\W{0,6}?[\[(（]([^()\[\]（）]{2,160})[\])）]")
_DASHED: Final = regex.compile(r"^[\s.,;”\"]*[—–―]\s*(.{2,200})$")
_BEFORE_NAME: Final = regex.compile(r"^[\s.,;:،，。]*(?:as\s+)?")
_PATTERNS: Final = RegexPatterns("drafts", a_year=YEAR, month_name=any_of(month_numbers(), space=r"\ "))
# A bracket after a name: "Belmora (see Arvandia's paper) stated".
_BRACKETED: Final = regex.compile(r"[(（][^()（）]{0,160}[)）]")
_APPOSITION: Final = regex.compile(r"[,;:،、؛，；：()（）—–]|\.(?=\s|$)")
_TO_SEMICOLON: Final = regex.compile(r"\W*[^;；؛]*")
_LIST_ITEM: Final = regex.compile(r"\s*(?:[-*•–·▪]|\(?\w{1,3}[.)])\s+")
_LEAD_ENDS: Final = (":", "：")
_OPENING: Final = " \u00a0“”\"«„『「‘'"
_OVER: Final = regex.compile(rf"[\s{_OPENING}]*+{_MASK}")
_LEAD_WORDS: Final = 40  # most words of a line that leads in to a quotation
_AFTER_REACH: Final = 160  # characters behind a quotation that are read
# Characters of a quotation's paragraph, before it, in which its speaker is looked for.
_LOOK_BACK: Final = 3000
_SENTENCES_BACK: Final = 40
_LONGEST_SENTENCE: Final = 1500  # characters
_VERB_REACH: Final = 48  # characters between a name and its verb of saying
_CLOSED: Final = regex.compile(r"\s*[”“\"»«’'‘›」』》〞〟＂]")
_STOP: Final = regex.compile(rf"[{SENTENCE_ENDS}](?=\s|$|\[|[⁰¹²³⁴-⁹]|\p{{Han}})")
_ENDED: Final = regex.compile(rf"[{SENTENCE_ENDS}]\s")
_COMMA: Final = regex.compile(r"\W{0,3}[,،，]")
_COLON: Final = regex.compile(r"\s*[:：]")
_BLOCKS_BACK: Final = 12  # blocks before a block that are searched for a line that leads in to it or stands over it
# Most words of a line that is read as a heading of the blocks after it.
_LABEL_WORDS: Final = 8
_HEADINGS_BACK: Final = 200
# A town before its State, "Vienna, Austria": in a title this is the place of a meeting and names no speaker.
_PLACE: Final = regex.compile(r"\p{Lu}[\p{L}.’'-]+,\s*$")


class AttributionReader:
    """Reads attributions in one document."""

    def __init__(
        self, document: CheckedDocument, parties: PartyTable, quotations: tuple[Quotation, ...], files: tuple[str, ...]
    ) -> None:
        """Prepares a document; `files` are names of stored files, by which a note may refer to a statement."""
        self._document = document
        self._parties = parties
        self._files = files
        self._spans = sorted(span for quotation in quotations for span in quotation.spans)
        # Quotations are masked, so that a State that they mention is not taken for their speaker.
        self._text, masked = document.text, list(document.text)
        for start, end in self._spans:
            masked[start:end] = _MASK * (end - start)
        self._masked = "".join(masked)
        # Cached, since the quotations of one paragraph look back on the same sentences.
        self._speakers = lru_cache(maxsize=2048)(self._read_speakers)
        self._heading_indices = [at for at, block in enumerate(document.blocks) if block.kind == "heading"]
        # The document's own title: its first headings, or lines that stand as such.
        self._title = next((at for at, block in enumerate(document.blocks) if not self._stands_over(block)), 0)

    def read(self, quotation: Quotation) -> Attribution:
        """Returns who is said to have spoken a quotation, and when."""
        near = self._near(quotation)
        named = next((each for each in self._named(near) if each.parties or each.unknown), Attribution())
        when = next(filter(None, self._occasions(near, named)), SpokenTime())
        leading = near.before or near.lead
        articles = tuple(dict.fromkeys(mention.article for mention in self._articles(leading, near.after, named)))
        place = read_occasion(f"{self._of_speaker(near) or near.lead} {_MASK} {near.after}")
        return replace(
            named,
            around=(near.before.replace(_MASK, ""), near.after.replace(_MASK, "")),
            when=replace(when, items=place.items, bodies=place.bodies),
            files=tuple(file for file in self._files if any(_names_file(note.text, file) for note in near.notes)),
            articles=articles,
        )

    def _near(self, quotation: Quotation) -> "_Near":
        """Returns the text around a quotation."""
        start = quotation.spans[0][0]
        index = self._document.index_at(start)
        block = self._document.blocks[index]
        begin, label = self._label_within(block, start)
        before, after = self._sentence(quotation, block, begin)
        previous = bisect_left(self._spans, (start,)) - 1
        end = self._spans[previous][1] if previous >= 0 else 0
        return _Near(
            index=index,
            block=block,
            notes=self._notes(quotation),
            before=before,
            after=after,
            lead=label or self._lead_in(index),
            earlier=shown(self._masked[max(begin, start - _LOOK_BACK) : start]),
            finished_before=self._text[max(0, end - 1) : end].endswith(tuple(SENTENCE_ENDS)),
            last_naming=partial(self._last_naming, back=_SENTENCES_BACK),
        )

    def _named(self, near: "_Near") -> Iterator[Attribution]:
        """Yields the attributions that the text around a quotation gives, the nearest first."""
        # A reference behind the quotation: "(Austria, 2000)".
        if reference := _PARENTHESIS.match(near.after):
            yield replace(self._joint(reference[1]), source="sentence")
        yield from self._spoken(near.before, "sentence", near.earlier)
        # A clause behind a semicolon is about something else: "“…”, article 4 provides; Arvandia argued …".
        after = _to_semicolon(near.after)
        behind, subject = self._after(after), subject_after(after)
        if parties := behind.parties or by_order(subject, self._parties, f"{near.earlier}{_MASK}"):
            together = behind.together + self._in_apposition(after, parties)
            yield Attribution(parties=parties, together=together, source="sentence")
        elif unknown := unknown_in(subject, self._parties):
            yield replace(unknown, source="sentence")
        for lead in (near.lead, self._list_lead(near.index)):
            yield from self._spoken(lead, "line above", "")
        yield from self._named_apart(near)

    def _articles(self, before: str, after: str, named: Attribution) -> list[ArticleMention]:
        """Returns the articles that a sentence names for a quotation: before it, or behind it if nobody speaks."""
        if (found := find_articles(before)) or named.parties or attribution().verb.search(before):
            return found
        behind = _to_semicolon(after)
        speaker = next((name.start for name in self._find(behind)), len(behind))
        return [mention for mention in find_articles(behind) if mention.end <= speaker]

    def _named_apart(self, near: "_Near") -> Iterator[Attribution]:
        """Yields what is named outside a quotation's sentence and its lead-in, the nearest first."""
        yield replace(self._in_label(self._line_below(near.index)), source="line below")
        for label in self._labels(near.block):
            yield replace(self._in_label(label), source="table")
        for note in near.notes:
            yield Attribution(parties=_parties_of(self._find(note.text)[:1]), source="note")
        yield Attribution(parties=self._ordered(near.said_earlier), source="paragraph")
        yield Attribution(parties=self._carried_over(near.index), source="paragraph above")
        for at, heading in self._headings(near.index):
            source = "heading" if self._document.blocks[at].kind == "heading" else "line above"
            label = self._without_place(heading) if at < self._title else heading
            yield replace(self._in_label(label), source=source)

    def _occasions(self, near: "_Near", named: Attribution) -> Iterator[SpokenTime | None]:
        reference = _PARENTHESIS.match(near.after)
        if reference:
            yield _of_reference(reference.group(1))
        # Times such as "two years later" count from what the paragraph says before the sentence.
        earlier, before = near.earlier.replace("\n", " "), self._of_speaker(near)
        begins = earlier.rfind(before.strip()) if before.strip() else len(earlier)
        yield _occasion_in_sentence(before, near.after, earlier[: max(0, begins)])
        # An earlier sentence about somebody else says nothing of when this speaker spoke.
        same = not self._find(before) and {*named.parties}.intersection(self._ordered(near.said_earlier))
        on_behalf = _PATTERNS.on_its_behalf.search(f"{before} {_MASK} {near.after}")
        if same or on_behalf or named.source in (None, "paragraph"):
            yield read_occasion(near.said_earlier)
        yield read_occasion(self._line_below(near.index), reference=True)
        if near.lead.rstrip().endswith(_LEAD_ENDS):
            yield read_occasion(near.lead)
        else:
            yield self._time_of_line(near.lead)
        yield read_occasion(" · ".join(filter(self._may_date, near.block.labels)), reference=True)
        for note in near.notes:
            yield _of_reference(note.text)
        for place, (at, heading) in enumerate(self._headings(near.index)):
            # Lines that are read as headings have no levels: only the nearest surely belongs to this part.
            if not place or self._document.blocks[at].kind == "heading":
                yield self._time_of_heading(at, heading)

    def _spoken(self, text: str, source: str, earlier: str) -> Iterator[Attribution]:
        """Yields the speakers in a sentence that leads to a quotation: by order ("the latter"), unknown, or by name."""
        subject = subject_before(text, self._parties)
        if ordered := by_order(subject, self._parties, earlier or text):
            yield Attribution(parties=ordered, source=source)
        elif unknown := unknown_in(subject, self._parties):
            yield replace(unknown, source=source)
        lead, _, behind = text.rpartition(_MASK)
        if self._takes_over(text):
            text = behind
        elif (found := self._find(lead)) and any(not _is_object(name, found, lead) for name in found):
            text = lead
        joint = self._joint(text)
        if joint.parties:
            yield replace(
                joint,
                together=joint.together + self._in_apposition(text, joint.parties),
                beside=tuple(code for code in self._beside(text) if code not in joint.parties),
                source=source,
            )

    def _takes_over(self, text: str) -> bool:
        """Returns whether a party named after a sentence's last quotation is the speaker of the next one."""
        # It is if it has a verb of its own, or shares the first speaker's verb: "Drelnia’s view: “…”; Arvandia’s:
        # “…”", "Drelnia said “…” and Arvandia “…”"; in "called the protocol “…” and Arvandia’s plan “…”" it is not.
        start, own = text.rfind(_MASK) + 1, self._own_words(text)
        found = self._find(own)
        lead = own[: text.find(_MASK)].rstrip(_OPENING) if start else ""
        says = introduces_speech(blanked(lead, [(name.start, name.end) for name in found if name.end <= len(lead)]))
        for name in (name for name in found if 0 < start <= name.start):
            before, rest = own[start : name.start], own[name.end :].rstrip()
            subject = _PATTERNS.clause_opens.fullmatch(before) or attribution().speaker_of.search(before)
            elided = rest.endswith(_LEAD_ENDS) or (says and _PATTERNS.elided.fullmatch(rest))
            if (subject and elided) or self._speaks(name, found, own):
                return True
        return False

    def _of_speaker(self, near: "_Near") -> str:
        """Returns the text before a quotation in its sentence without the times of whoever spoke the one before it.

        In "Drelnia (COP 10): “… .” Arvandia: “…”" these are all from that name on to a finished quotation, else
        brackets. A time before the name is that of both: "In 2016 Drelnia said: “… .” Arvandia replied: “…”".
        """
        lead, mask, own = near.before.rpartition(_MASK)
        if not mask or not self._takes_over(near.before):
            return near.before
        begin = next((name.start for name in self._find(lead)), len(lead))
        its = "" if near.finished_before else _BRACKETED.sub(" ", lead[begin:])
        return lead[:begin] + its + mask + own

    def _in_apposition(self, text: str, speaking: tuple[str, ...]) -> tuple[str, ...]:
        """Returns speakers and those in apposition to them ("the delegate of X, the envoy of Y, said"), if any are."""
        found = [
            code
            for part in _APPOSITION.split(text)
            for names in [self._find(part)]
            if len(names) == 1 and not set(names[0].codes).intersection(speaking)
            if _PATTERNS.speaker_only.fullmatch(part[: names[0].start] + " " + part[names[0].end :])
            for code in names[0].codes
        ]
        return tuple(dict.fromkeys((*speaking, *found))) if found else ()

    def _list_lead(self, index: int) -> str:
        """Returns the line that leads in to a block's list; empty where the block is not a list item."""
        over = (shown(self._masked_of(block)).rstrip() for block in self._above(index) if not self._is_item(block))
        text = next(over, "") if self._is_item(self._document.blocks[index]) else ""
        return last_sentence(text, whole=True) if text.endswith(_LEAD_ENDS) else ""

    def _above(self, index: int, most: int = _BLOCKS_BACK) -> Iterator[CheckedBlock]:
        """Yields the blocks above a block, the nearest first."""
        return reversed(self._document.blocks[max(0, index - most) : index])

    def _is_item(self, block: CheckedBlock) -> bool:
        return block.item or (block.kind == "text" and _LIST_ITEM.match(block.text) is not None)

    def _stands_over(self, block: CheckedBlock) -> bool:
        """Returns whether a block is a heading, or a line that reads as one."""
        text = self._masked_of(block).strip()
        short = bool(text) and len(text.split()) <= _LABEL_WORDS and _MASK not in text and not is_finished(text)
        return block.kind == "heading" or (block.kind == "text" and short and not self._is_item(block))

    def _time_of_heading(self, at: int, text: str) -> SpokenTime | None:
        """Returns the time that a heading gives for the quotations under it."""
        # A mere label gives its time ("Belmora, 2018", "Session 55" alone). A heading below the title gives its session
        # or day; its year among other words is that of a thing. Session, day and place in a title are the document's.
        named = self._find(text)
        # Beside names and times, a label holds only words such as "Statements of".
        is_label = _PATTERNS.label_only.fullmatch(_without_times(text, named))
        if is_label and (named or at >= self._title or self._title == 1):
            return read_occasion(text, reference=True)
        if at < self._title:
            return None
        heading = self._document.blocks[at].kind == "heading"
        when = read_occasion(text, reference=True) if heading else self._time_of_line(text)
        return replace(when, years=())

    def _time_of_line(self, text: str) -> SpokenTime:
        """Returns the time that a line over quotations gives: "Vienna, 3 March 2025" is the document's own date."""
        named = self._find(text)
        when = read_occasion(text, reference=True)
        is_label = named or when.sessions or _PATTERNS.label_only.fullmatch(_without_times(text, []))
        return when if is_label else SpokenTime()

    def _labels(self, block: CheckedBlock) -> list[str]:
        """Returns the labels of a table cell that say who spoke, rather than comment on the quotation."""
        labels = [text for text in block.speakers if self._find(text)] + list(filter(self._is_label, block.labels))
        # A cell with other words, such as "Austria opposed it", names the speaker only where no label does.
        if not any(map(self._find, labels)):
            found = ((text, self._find(text)) for text in block.labels)
            named = (text for text, names in found if any(not _is_object(name, names, text) for name in names))
            labels += islice(named, 1)
        return labels

    def _is_label(self, text: str) -> bool:
        bare = _without_times(text, [*self._parties.find(text), *find_agenda_items(text)])
        return _PATTERNS.cell_label.fullmatch(bare) is not None

    def _may_date(self, text: str) -> bool:
        """Returns whether the time in a label may be that of the quotation: unless it clearly comments on it."""
        if self._is_label(text):
            return True
        found = self._find(text)
        return not (_PATTERNS.comments.search(text) or any(_is_object(name, found, text) for name in found))

    def _without_place(self, text: str) -> str:
        """Returns a line of a title without States that only locate a town: "Vienna, Austria, 12 October"."""
        for name in reversed(self._find(text)):
            if _PLACE.search(text[: name.start]) and not self._find(text[: name.start]):
                text = text[: name.start] + text[name.end :]
        return text

    def _label_within(self, block: CheckedBlock, start: int) -> tuple[int, str]:
        """Returns the last line of a block before an offset that is a mere label of a party, and where it ends.

        It stands over a quotation and after a sentence; other such lines are broken within one: "thanked⏎Austria⏎and".
        """
        begin, label, above = block.start, "", ""
        at = max(block.start, start - _LOOK_BACK)
        for line in self._masked[at:start].split("\n")[:-1]:
            at += len(line) + 1
            over = _OVER.match(self._masked, at) is not None
            apart = not above or above.endswith((_MASK, *SENTENCE_ENDS)) or _CLOSED.match(above[-1])
            named = self._find(line) if over and apart and len(line.split()) <= _LABEL_WORDS else []
            if named and _PATTERNS.label_only.fullmatch(_without_times(line, named)):
                begin, label = at, shown(line)
            above = line.strip() or above
        return begin, label

    def _sentence(self, quotation: Quotation, block: CheckedBlock, begins: int) -> tuple[str, str]:
        """Returns the text before and after a quotation in its sentence, with other quotations masked."""
        start, end = quotation.spans[0][0], quotation.spans[-1][1]
        last = self._document.blocks[self._document.index_at(max(start, end - 1))]
        if not quotation.marked:
            return "", shown(self._masked[end : last.end])
        text = self._masked[max(begins, start - _LONGEST_SENTENCE) : start]
        before = text.rstrip(" \u00a0")[:-1] if text else ""
        opening = last_sentence(before)
        closing = _CLOSED.match(self._masked, end, last.end)
        begin = closing.end() if closing else end
        following = self._masked[begin : min(last.end, begin + _AFTER_REACH)]
        after = _first_sentence(following, ended=self._text[end - 1] in SENTENCE_ENDS)
        # After a lead-in of its own, a later clause leads in to the next one: "It said: “…”, but Belmora said: “".
        if introduces_speech(shown(opening)) and (later := _PATTERNS.later_clause.search(after)) and _MASK in following:
            after = after[: later.start()] if self._find(later.group()) else after
        return shown(opening), shown(after)

    def _lead_in(self, index: int) -> str:
        """Returns the line that leads in to a block: the last sentence before it, past other block quotations."""
        own = self._document.blocks[index]
        if not self._masked_of(own).lstrip(_OPENING).startswith(_MASK) and own.kind != "quote":
            return ""
        for block in self._above(index):
            if block.kind in ("note", "header"):
                continue
            if block.kind == "heading" or (block.kind == "cell" and block.where != own.where):
                return ""
            masked = shown(self._masked_of(block))
            bare = masked.replace(_MASK, "")
            if block.kind == "quote" or (_MASK in masked and len(bare.split()) <= 4 and own.kind != "cell"):
                continue
            if _MASK in masked and not masked.rstrip().endswith(_LEAD_ENDS):
                return ""
            sentence = last_sentence(masked, whole=True)
            # A neighbouring cell without a colon is a label; a line of the same cell has the same labels.
            apart = own.kind == "cell" and block.labels != own.labels
            leads = masked.rstrip().endswith(_LEAD_ENDS) or own.kind == "quote" or not (apart or is_finished(masked))
            return sentence if leads and len(sentence.split()) <= _LEAD_WORDS else ""
        return ""

    def _line_below(self, index: int) -> str:
        """Returns the line of attribution under a quotation: "— Austria, 2000"; empty where there is none."""
        following = self._document.blocks[index + 1 : index + 2]
        if not following or not (dashed := _DASHED.match(following[0].text)) or _MASK in self._masked_of(following[0]):
            return ""
        return dashed.group(1)

    def _masked_of(self, block: CheckedBlock) -> str:
        return self._masked[block.start : block.end]

    def _notes(self, quotation: Quotation) -> list[CheckedBlock]:
        """Returns the notes whose marks stand in a quotation or directly behind it."""
        end = quotation.spans[-1][1]
        block = self._document.blocks[self._document.index_at(max(0, end - 1))]
        begin = quotation.spans[0][0]
        after = bisect_right(self._spans, end, key=lambda span: span[0])
        stop = self._spans[after][0] if after < len(self._spans) else len(self._text)
        marks = ((block.start + mark.offset, mark.key) for mark in sorted(block.marks, key=lambda mark: mark.offset))
        keys = [key for at, key in marks if begin <= at < stop and not _ENDED.search(self._text[end + 2 : at])]
        return [note for key in dict.fromkeys(keys) if (note := self._document.note(key)) is not None]

    def _headings(self, index: int) -> Iterator[tuple[int, str]]:
        """Yields the lines over a block that read as headings, then its headings, each with its block's index."""
        # The nearest come first; each heading is of a higher level than the one yielded before it.
        blocks = self._document.blocks
        for at, block in zip(count(index - 1, -1), self._above(index), strict=False):
            if block.kind in ("heading", "cell"):
                break
            if self._stands_over(block):
                yield at, shown(self._masked_of(block)).strip()
        level = 10
        # An outline has at most a few headings over a block; the nearest of each level are taken.
        for at in self._heading_indices[: bisect_right(self._heading_indices, index - 1)][::-1][:_HEADINGS_BACK]:
            if blocks[at].level < level:
                level = blocks[at].level
                yield at, blocks[at].text

    def _find(self, text: str) -> list[PartyMatch]:
        """Returns the parties named in a text; a capital only where it speaks, since it is mostly a place."""
        return self._parties.find(text, capitals="speaking")

    def _after(self, after: str) -> Attribution:
        """Returns the speakers named behind a quotation: "said Austria", "Austria said", "according to Austria"."""
        text = _BEFORE_NAME.sub("", after)
        if (dashed := _DASHED.match(after)) or (dashed := _PATTERNS.by.match(after)):
            return self._joint(dashed.group(1))
        found = self._find(text)
        if _PATTERNS.points_back.match(text):
            return self._joint(text)
        verb = attribution().verb.search(text)
        according = attribution().according_to.match(text)
        if not found or (verb is None and according is None):
            return Attribution()
        joined = _joined(found[0], found, text)
        if according is not None or (verb is not None and verb.start() <= 2):
            # The speaker stands directly behind the verb: not Arvandia in "said the delegate in reply to Arvandia".
            said_of = verb is not None and attribution().object_before.search(text, verb.end(), found[0].start)
            if said_of and _is_object(found[0], found, text):
                return Attribution()
            listed = takewhile(
                lambda pair: _PATTERNS.listed.fullmatch(text[pair[0].end : pair[1].start]), pairwise(found)
            )
            parties = _parties_of([*joined, *(behind for _, behind in listed)])
            return Attribution(parties=parties, together=_together(joined))
        near = verb is not None and joined[-1].end <= verb.start() <= joined[-1].end + _VERB_REACH
        if not near or found[0].start > _VERB_REACH:
            return Attribution()
        return Attribution(parties=_parties_of(joined), together=_together(joined))

    def _in_label(self, text: str) -> Attribution:
        found = self._find(text)
        # A label names who speaks; a sentence that mentions States does not.
        if not found or len(text.split()) > _LEAD_WORDS:
            return Attribution()
        together = () if _is_object(found[0], found, text) else self._joint(text).together
        return Attribution(parties=_parties_of(found), together=together)

    def _carried_over(self, index: int) -> tuple[str, ...]:
        """Returns the speakers of the paragraph above if a block begins with a pronoun, perhaps after a quotation."""
        if not _PATTERNS.pronoun.match(self._masked_of(self._document.blocks[index])):
            return ()
        above = takewhile(lambda block: block.kind not in ("heading", "cell"), self._above(index, 2))
        named = (self._last_naming(self._masked_of(block)) for block in above)
        return self._ordered(next(filter(None, named), ""))

    def _last_naming(self, text: str, back: int = 0) -> str:
        """Returns the last sentence, of all or of the last `back`, that names a party; empty without one."""
        text = text.replace("\n", " ")
        sentences = [text[start:end] for start, end in split_sentences(text)][-back:]
        return next(filter(self._ordered, reversed(sentences)), "")

    def _ordered(self, text: str) -> tuple[str, ...]:
        """Returns the parties of a sentence, the likeliest speaker first."""
        return self._joint(text).parties

    def _joint(self, text: str) -> Attribution:
        """Returns the parties of a sentence, the likeliest speaker first, and those that speak together."""
        # A group on whose behalf somebody speaks comes before the speaker, which is a name beside a verb of speech or
        # behind "according to", or else a name that is not an object.
        behalf, joined = self._speakers(text)
        return Attribution(parties=_parties_of([*behalf, *joined]), together=_together(joined))

    def _read_speakers(self, text: str) -> tuple[list[PartyMatch], list[PartyMatch]]:
        """Returns the parties on whose behalf somebody speaks, and those who speak together; see `_ordered`."""
        text = self._own_words(text)
        found = self._find(text)
        if len(found) < 2:
            return [], [name for name in found if self._governs(name, text) or not self._is_only_mentioned(name, text)]
        behalf = [m for m in found if self._is_behalf(m, text)]
        others = [m for m in found if m not in behalf]
        speakers = [m for m in others if self._speaks(m, found, text)]
        if others and self._governs(others[-1], text):
            return behalf, _joined(others[-1], others, text)
        # A colon does not make a name the speaker if another has the verb: "Drelnia told, of all, Arvandia: “…”".
        if len(speakers) > 1 and _COLON.match(text[speakers[-1].end :]):
            between = text[speakers[-2].end : speakers[-1].start]
            if not regex.search(r"[;.]", between) and not _PATTERNS.joined_last.fullmatch(between):
                speakers = speakers[:-1]
        subjects = [m for m in others if not _is_object(m, found, text)]
        chosen = speakers[-1:] or subjects[:1] or others[:1]
        joined = _joined(chosen[0], others, text, speakers) if chosen else []
        # Who is agreed with has said it as well.
        return behalf, joined + [m for m in others[-1:] if m not in joined and _shares(m, text)]

    def _governs(self, name: PartyMatch, text: str) -> bool:
        """Returns whether the last noun or verb of speech before a quotation is that of a party that is spoken of.

        In "Austria quoted Germany as saying that" and "Austria denied Germany's claim that" these are Germany's words.
        """
        return _quoted(name, text) and not _PATTERNS.agrees.search(text[: name.start])

    def _is_behalf(self, name: PartyMatch, text: str) -> bool:
        """Returns whether somebody speaks for a party: "on behalf of" it, or "as Chair of" a group."""
        before, of_state = text[: name.start], any(self._parties.kind_of(code) == "state" for code in name.codes)
        chaired = not of_state and attribution().in_office.search(before) is not None
        return chaired or _ends_with(attribution().on_behalf, before)

    def _is_only_mentioned(self, name: PartyMatch, text: str) -> bool:
        """Returns whether the only name is an object and the subject a pronoun: "It thanked Arvandia and said"."""
        subject = subject_before(text, self._parties)
        if not _is_object(name, [name], text) or (subject and name.text in subject):
            return False
        return _PATTERNS.pronoun.match(subject or text) is not None

    def _beside(self, text: str) -> tuple[str, ...]:
        """Returns the parties of a sentence's last clause that may be its speakers.

        If exactly one name has a verb of speech, Arvandia is not another speaker in "in reply to the delegate of
        Arvandia" or "As Arvandia signs the treaty,".
        """
        text = self._own_words(text).rpartition(";")[2]
        found = self._find(text)
        if found and self._governs(found[-1], text):
            return ()
        speakers = [name for name in found if self._speaks(name, found, text)]
        if len(speakers) != 1:
            return _parties_of([m for m in found if not _is_object(m, found, text)])
        is_object = attribution().object_before.search
        begin = opening.end() if (opening := _PATTERNS.opening_clause.match(text)) else 0
        return _parties_of(
            [m for m in found if m.start >= begin and not is_object(text[: _first(m, found, text).start])]
        )

    def _own_words(self, text: str) -> str:
        """Returns a sentence with asides blanked out, and brackets as well if names stand outside them.

        A bracket that says for whom somebody speaks stays: "Belmora (on behalf of the Group) said".
        """
        text = _PATTERNS.aside.sub(lambda aside: "," + " " * (len(aside.group()) - 2) + ",", text)
        blank = _BRACKETED.sub(lambda part: part[0] if self._opens_behalf(part[0]) else " " * len(part[0]), text)
        return blank if blank != text and self._find(blank) else text

    def _opens_behalf(self, bracket: str) -> bool:
        named = self._find(bracket)[:1]
        return any(_PATTERNS.behalf_opens.fullmatch(bracket[: name.start]) for name in named)

    def _speaks(self, match: PartyMatch, found: list[PartyMatch], text: str) -> bool:
        """Returns whether a name stands where a sentence names who speaks: beside a verb, a colon, "according to"."""
        before, after = text[: match.start], text[match.end :]
        if _ends_with(attribution().according_to, before):
            return True
        if attribution().who_says.match(after) or (_PATTERNS.agent.search(before) and _COLON.match(after)):
            return True
        if _is_object(match, found, text):
            return False
        # A verb after the next name belongs to that name.
        following = min((other.start for other in found if other.start >= match.end), default=len(text))
        verb = attribution().verb.search(text[match.end : min(following, match.end + _VERB_REACH)])
        if (verb is not None and not regex.search(r"[;.]", after[: verb.start()])) or _COLON.match(after):
            return True
        # "said Austria", unless the verb is another's: "Austria told Germany", "Austria spoke, and supported Germany".
        previous = max((other.end for other in found if other.end <= match.start), default=0)
        said = [
            verb
            for verb in attribution().verb.finditer(before)
            if verb.start() >= previous and _PATTERNS.article_alone.fullmatch(before, verb.end())
        ]
        goes_on = _PATTERNS.goes_on.search
        apart = (
            regex.search(r"[;.,،]", text[previous : v.start()]) and not goes_on(text, previous, v.start()) for v in said
        )
        return any(apart) if previous else bool(said)


@dataclass(frozen=True, kw_only=True)
class _Near:
    """The text around one quotation."""

    index: int
    """Number of its block in the document."""
    block: CheckedBlock
    notes: list[CheckedBlock]
    before: str
    """The text before it in its sentence, with other quotations masked; `after`, the text behind it."""
    after: str
    lead: str
    """The line that leads in to its block."""
    earlier: str
    """The text before it in its block, from which "the latter" is resolved."""
    finished_before: bool
    """Whether the quotation before it ends with a sentence."""
    last_naming: Callable[[str], str]
    """Returns the last sentence of a text that names a party, which takes long to find; empty without one."""

    @cached_property
    def said_earlier(self) -> str:
        """The last earlier sentence of the quotation's paragraph that names a party; empty without one."""
        return self.last_naming(self.earlier)


def _parties_of(matches: list[PartyMatch]) -> tuple[str, ...]:
    # A name that several parties share stands for each of them: nothing is guessed.
    return tuple(dict.fromkeys(code for match in matches for code in match.codes))


def _together(joined: list[PartyMatch]) -> tuple[str, ...]:
    several = len(joined) > 1 and all(len(match.codes) == 1 for match in joined)
    return _parties_of(joined) if several else ()


def _joined(
    first: PartyMatch, found: list[PartyMatch], text: str, speakers: Sequence[PartyMatch] = ()
) -> list[PartyMatch]:
    """Returns a party with those listed beside it, who speak together with it: "Austria, Chile and Germany said"."""
    at = found.index(first)
    group = [first]
    for match in reversed(found[:at]):
        between = _PATTERNS.joined_last if len(group) == 1 else _PATTERNS.listed
        joins = between.fullmatch(text[match.end : group[0].start])
        if not joins or (_is_object(match, found, text) and match not in speakers):
            break
        group.insert(0, match)
    pairs = [(text[one.end : two.start], two) for one, two in pairwise(found[at:])]
    behind = list(takewhile(lambda pair: _PATTERNS.listed.fullmatch(pair[0]) or _joins(pair[0]), pairs))
    # ", and Germany" goes on with a list of three, but begins another clause behind one name.
    while behind and not (_PATTERNS.joined_last.fullmatch(behind[-1][0]) if len(behind) > 1 else _joins(behind[-1][0])):
        behind.pop()
    return group + [match for _, match in behind]


def _joins(between: str) -> bool:
    """Returns whether the words between two names join them without a comma."""
    return _COMMA.match(between) is None and _PATTERNS.joined_last.fullmatch(between) is not None


def _first(name: PartyMatch, found: list[PartyMatch], text: str) -> PartyMatch:
    """Returns the first of two names or more that are joined ("Austria and Germany"); it governs how they all stand."""
    for other in reversed([other for other in found if other.end <= name.start]):
        if not _joins(text[other.end : name.start]):
            break
        name = other
    return name


def _is_object(name: PartyMatch, found: list[PartyMatch], text: str) -> bool:
    """Returns whether a name stands as an object: the party of whom, or to whom, somebody speaks."""
    before = text[: _first(name, found, text).start]
    return attribution().object_before.search(before) is not None and attribution().speaker_of.search(before) is None


def _quoted(name: PartyMatch, text: str) -> bool:
    before, after = text[: name.start], text[name.end :]
    noun = _PATTERNS.noun_of.search(before)
    of_noun = noun is not None and _PATTERNS.that_alone.fullmatch(after) is not None
    lead = before[: noun.start()] if noun is not None and of_noun else before
    named = of_noun or _PATTERNS.own_words.fullmatch(after) is not None
    # "Said in reply to Austria's claim that" goes on with the reply.
    return named and attribution().said_of.search(lead) is None


def _shares(name: PartyMatch, text: str) -> bool:
    """Returns whether the words after an object are its own as well: "agreed with Austria that"."""
    before, after = text[: name.start], text[name.end :]
    agreed = _PATTERNS.agreed_with.search(before) is not None and _PATTERNS.that_alone.fullmatch(after) is not None
    asked = _PATTERNS.asks.search(before) is not None and _PATTERNS.of_its_words.fullmatch(after) is not None
    return agreed or asked or _quoted(name, text)


def _ends_with(pattern: "regex.Pattern[str]", text: str) -> bool:
    """Returns whether a pattern matches at the end of a text before a name, apart from articles and titles."""
    tail = text[-60:]
    return any(_PATTERNS.before_name.fullmatch(tail, match.end()) for match in pattern.finditer(tail))


def _first_sentence(text: str, *, ended: bool) -> str:
    """Returns the rest of a quotation's sentence; if the quotation ends a sentence (`ended`), only text about it."""
    flat = text.replace("\n", " ")
    own, *later = _STOP.split(flat, maxsplit=1)
    if own.strip(' ”“"»«’'):
        rest = own
        if ended and regex.match(r"\s+\p{Lu}", own) and not _PATTERNS.points_back.match(own):
            rest = ""
    else:
        # The sentence ends with the quotation; the next one counts only if it points back to the quotation.
        rest = _STOP.split(later[0], maxsplit=1)[0] if later and _PATTERNS.points_back.match(later[0]) else ""
    nested = rest.find(_MASK)
    return rest if nested < 0 else rest[:nested]


def _to_semicolon(after: str) -> str:
    """Returns the text behind a quotation up to a semicolon outside brackets: not that of "(see A/1; A/2)"."""
    plain = _BRACKETED.sub(lambda bracket: " " * len(bracket[0]), after)
    return after[: _TO_SEMICOLON.match(plain).end()]  # type: ignore[union-attr]  # the pattern matches anything


def _occasion_in_sentence(before: str, after: str, earlier: str) -> SpokenTime:
    """Returns when a sentence says that a quotation was spoken; of several times, that of its own clause."""
    whole = read_occasion(f"{before} {_MASK} {after}", earlier=earlier)
    if len(whole.sessions) + len({*find_years(in_digits(f"{before} {_MASK} {after}"))}) < 2:
        # What follows words that have a lead-in dates something else: "Belmora said “…”, but in 2018 it was silent".
        if not introduces_speech(before) and not before.rstrip().endswith(_LEAD_ENDS):
            return whole
        own = attribution().next_clause.split(after, maxsplit=1)[0]
        return read_occasion(f"{before} {_MASK} {own}", earlier=earlier)
    # "Which had joined in 2016" dates no words; and after "said that “…”," comes something else.
    before = _PATTERNS.relative.sub(
        lambda clause: clause[0] if attribution().verb.search(clause[0]) else " " * len(clause[0]), before
    )
    at = _own_clause(before)
    led_in = introduces_speech(before[at:]) and _COMMA.match(after)
    clear = _BRACKETED.sub(lambda bracket: regex.sub("[;；؛,،，]", " ", bracket[0]), after)
    behind = "" if led_in else attribution().next_clause.split(clear, maxsplit=1)[0]
    own = (read_occasion(part, earlier=earlier + said) for part, said in ((before[at:], before[:at]), (behind, before)))
    return replace(next(filter(None, own), whole), together=True)


def _of_reference(text: str) -> SpokenTime:
    """Returns the time that a note or reference gives, before it refers to something else: "see also COP 9".

    "Cf." that begins it refers to nothing else.
    """
    parts = _PATTERNS.see_also.split(text)
    return read_occasion(next((part for part in parts if regex.search(r"\w", part)), ""), reference=True)


def _own_clause(before: str) -> int:
    """Returns where the clause of a quotation begins in the text before it in its sentence."""
    start = before.rfind(_MASK) + 1
    ends = [boundary.span() for boundary in _PATTERNS.clause_boundary.finditer(before, start)]
    for at in reversed(range(len(ends))):
        previous = ends[at - 1][1] if at else start
        # Behind another quotation, its clause ends first: "“…” in 2016 and “…” in 2018"; then one that says who spoke.
        ended = start and (not at or attribution().verb.search(before, previous, ends[at][0]))
        if ended or before[ends[at][0]] in ";؛；":
            return ends[at][1]
    opening = None if start else _PATTERNS.opening_clause.match(before)
    return opening.end() if opening else start


def _without_times(text: str, found: Sequence[TextMatch]) -> str:
    """Returns a text with spaces in place of what is `found` in it, and of dates, months, sessions and bodies."""
    times = (*find_dates(text), *find_session_mentions(text), *find_bodies(text), *parts_of_year(text))
    months = (month.span() for month in _PATTERNS.month.finditer(text))
    return blanked(text, [*((each.start, each.end) for each in (*found, *times)), *months])


def _names_file(text: str, file: str) -> bool:
    return file in text or (len(file.rpartition("/")[2]) > 8 and file.rpartition("/")[2] in text)
