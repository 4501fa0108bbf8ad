"""Positions of a party: its evidence with a direction, latest first; reports of others' views are dropped or put last.

Asked "does Drelnia support a new protocol?", "Drelnia now supports the negotiation …" of 2024 comes before "Drelnia is
not in favour of …" of 2020, and "some delegations wish for an instrument" is nobody's position.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.records import Direction
from app.retrieval.chronology import latest_first, made_before
from app.retrieval.list_context import opening_of
from app.retrieval.party_evidence import PartyEvidence, ScoredSentence
from app.retrieval.positions.change_of_view import (
    announces_change,
    depends_on_before,
    names_view,
    without_taken_back,
)
from app.retrieval.positions.direction import CHANGE_MIN, AskedDirection, SentenceDirection, as_opened, read_sentence
from app.retrieval.positions.position_marks import declines_position
from app.retrieval.topic.mask import mask_topic
from ingest.language.anaphora import announces
from ingest.parties.party_table import PartyTable
from prompts.wording import LANGUAGES
from vectorstore.records import Sentence

# Number of a party's best sentences that are read for a position, and of further statements: bounds the work.
_SENTENCES_READ: Final = 6
# Chance of taking a direction (`attitude`) from which a sentence expresses a view: even odds, not fitted.
_VIEW_MIN: Final = 0.5
# Number of sentences after an announcement in which the position may follow, and beside a position in which a change of
# it may be told.
_ANNOUNCED_WITHIN: Final = 2


@dataclass(frozen=True, kw_only=True)
class _ReadEvidence:
    """A sentence whose direction was read, with the next sentences up to one that takes a direction in its place."""

    items: tuple[ScoredSentence, ...]
    language: str | None
    reading: SentenceDirection

    @property
    def chance(self) -> float:
        """Chance that the sentence speaks of the topic, 0 to 1."""
        return self.items[0].relevance.chance

    @property
    def direction(self) -> Direction | None:
        """None where it only reports what others said."""
        return self.reading.direction

    @property
    def is_neutral(self) -> bool:
        """Whether it neither expresses a view nor speaks of one: "We received twelve requests under article 18."."""
        text = self.items[0].sentence.text
        return self.direction == "mentions" and self.reading.attitude < _VIEW_MIN and not names_view(text)

    @property
    def statement_id(self) -> str:
        return self.items[0].sentence.statement_id


@dataclass(frozen=True)
class PositionReader:
    """Reads the positions in the evidence of parties, for one topic."""

    topic: Callable[[str | None], str]
    """Returns the topic words in a language."""
    sentences: Callable[[str], Sequence[Sentence]]
    """Returns the sentences of a statement, by its id."""
    own_words: Callable[[str], Sequence[str]]
    """Returns their texts, empty where quoted from another party."""
    direction: AskedDirection | None
    """The direction asked for, or `change` of it; None for any."""
    parties: PartyTable
    """The parties that the topic may name."""

    def read(self, evidence: PartyEvidence) -> PartyEvidence:
        """Puts the latest position first, and marks evidence without a position or with another than asked for."""
        if not evidence.answers:
            return evidence
        best = self._read_best(evidence)
        # A later sentence below half the best chance hardly speaks of the topic, so it cannot hold the position on it.
        own = [each for each in best if each.direction is not None] or best
        chance_min = max(each.chance for each in own) / 2
        near = [each for each in best if each.chance >= chance_min]
        hardly_near = [each for each in best if each.chance < chance_min]
        near += self._read_further(near, evidence, chance_min)
        taking = self._taking(near, evidence)
        if self.direction == "change":
            return self._with_change(taking, near, evidence)
        reported = {each.items[0] for each in (*near, *hardly_near) if each.direction is None}
        rest = [item for item in evidence.sentences if item not in reported]
        if not taking:
            return self._without_position(near, rest, evidence)
        return self._newest_first(taking, near, hardly_near, rest, evidence)

    def _taking(self, near: Sequence[_ReadEvidence], evidence: PartyEvidence) -> list[_ReadEvidence]:
        """Returns the sentences that take a direction, those of announcements resolved."""
        taking = [each for each in near if each.reading.takes_direction]
        # A statement may announce a position that it takes elsewhere: "Drelnia has reconsidered this advice."
        with_position = {each.statement_id for each in taking}
        announcing = (each for each in near if each.statement_id not in with_position)
        resolved = [self._resolve_announcement(each, evidence) for each in announcing]
        return taking + [each for each in resolved if each.reading.takes_direction]

    def _without_position(
        self, near: Sequence[_ReadEvidence], rest: Sequence[ScoredSentence], evidence: PartyEvidence
    ) -> PartyEvidence:
        """Puts first a sentence that declines a position, or that takes one of which the direction is unsure."""
        first = self._declined(near)
        if not first and self.direction is None:
            # It may be sure that a sentence takes a direction and unsure which: "it has proved itself in its present
            # form". Such a view answers where no direction is asked for.
            viewed = (each for each in near if each.direction is not None and each.reading.attitude >= _VIEW_MIN)
            first = next((each.items for each in viewed), ())
        wanted = bool(first) and self.direction in (None, "mentions")
        others = tuple(item for item in rest if item not in first)
        return replace(evidence, sentences=(*first, *others), takes_no_position=not wanted)

    def _with_change(
        self, taking: Sequence[_ReadEvidence], near: Sequence[_ReadEvidence], evidence: PartyEvidence
    ) -> PartyEvidence:
        """Keeps what shows a change of position: the position now and before, or a sentence that tells of it."""
        shown = self._changed(taking, evidence)
        if not shown:
            shown = next(filter(None, (self._announced_change(each, evidence.party) for each in near)), ())
        if not shown:
            return replace(evidence, other_direction=True)
        # Neither of the two may be sure to be on the topic by itself.
        beside = () if any(item.relevance.is_evidence for item in shown) else evidence.sentences
        return replace(evidence, sentences=tuple(dict.fromkeys((*shown, *beside))))

    def _changed(self, taking: Sequence[_ReadEvidence], evidence: PartyEvidence) -> tuple[ScoredSentence, ...]:
        """Returns the newest position and the latest opposite one before it, if both are sure; else nothing.

        A statement with positions of both kinds shows no earlier one: "We support it, but not its costs."
        """
        metadata = {summary.statement_id: summary.metadata for summary in evidence.statements}
        order = list(latest_first(taking, lambda each: metadata[each.statement_id]))
        sides = {(each.statement_id, each.direction == "against") for each in order}
        if not order or order[0].reading.attitude < CHANGE_MIN:
            return ()
        newest, is_against = order[0], order[0].direction == "against"
        before = (
            each.items
            for each in order
            if each.reading.attitude >= CHANGE_MIN
            and (each.direction == "against") != is_against
            and (each.statement_id, is_against) not in sides
            and made_before(metadata[each.statement_id], metadata[newest.statement_id])
        )
        return next(((*newest.items, *items) for items in before), ())

    def _announced_change(self, read: _ReadEvidence, party: str) -> tuple[ScoredSentence, ...]:
        """Returns the sentence, and the one beside it in its paragraph that says that the party's view has changed."""

        def is_speaker(name: str) -> bool:
            return any(party in match.codes for match in self.parties.find(name))

        (item, *_) = read.items
        at, own = item.sentence.ordinal, self.own_words(item.sentence.statement_id)
        around = self.sentences(item.sentence.statement_id)[max(0, at - _ANNOUNCED_WITHIN) : at + 1 + _ANNOUNCED_WITHIN]
        beside = (s for s in around if s.paragraph == item.sentence.paragraph)
        announcing = next((s for s in beside if announces_change(own[s.ordinal], is_speaker)), None)
        return () if announcing is None else (item, replace(item, sentence=announcing))

    def _newest_first(
        self,
        taking: Sequence[_ReadEvidence],
        near: Sequence[_ReadEvidence],
        hardly_near: Sequence[_ReadEvidence],
        rest: Sequence[ScoredSentence],
        evidence: PartyEvidence,
    ) -> PartyEvidence:
        """Puts the strongest position of each statement first, then further ones, newest first; `rest` follows."""
        metadata = {summary.statement_id: summary.metadata for summary in evidence.statements}
        newest = list(latest_first(taking, lambda each: metadata[each.statement_id]))

        def is_later(read: _ReadEvidence) -> bool:
            return made_before(metadata[newest[0].statement_id], metadata[read.statement_id])

        strongest = {each.statement_id: each for each in reversed(newest)}
        order = (*(each for each in newest if strongest[each.statement_id] is each), *newest)
        # A sentence hardly on the topic is dropped if later than every position: it would be shown as the latest one.
        stray = {each.items[0] for each in hardly_near if is_later(each)}
        sentences: dict[str, ScoredSentence] = {}
        for item in (*(item for each in order for item in each.items), *(item for item in rest if item not in stray)):
            sentences.setdefault(item.sentence.sentence_id, item)
        direction = newest[0].direction
        # After a later statement on the topic without a direction, the one that a list asks for is no longer sure,
        # unless that statement merely cites the article.
        later = [each for each in near if each.direction == "mentions" and is_later(each)]
        outdated = any(each.items[0].relevance.source != "cited" or not each.is_neutral for each in later)
        other = not self._is_asked(direction) or (self.direction is not None and outdated)
        return replace(
            evidence,
            sentences=tuple(sentences.values()),
            direction=direction,
            other_direction=other,
            earlier=self._taken_earlier(newest) if other else (),
        )

    def _taken_earlier(self, taking: Sequence[_ReadEvidence]) -> tuple[ScoredSentence, ...]:
        """Returns the newest sentences in the direction asked for, from a statement without the opposite one.

        The newest statement with a position counts only if its position has that direction and is merely outdated.
        """
        newest = taking[0]
        before = (
            taking if self._is_asked(newest.direction) else [e for e in taking if e.statement_id != newest.statement_id]
        )
        asked = (each for each in before if self._is_asked(each.direction) and not self._is_mixed(each))
        return next((each.items for each in asked), ())

    def _is_mixed(self, read: _ReadEvidence) -> bool:
        """Returns whether the same statement also takes the opposite of the direction asked for on the topic."""
        opposite = {"for": "against", "against": "for"}.get(self.direction or "")
        return opposite is not None and any(
            self._on_topic(each, read.language) == opposite for each in self.sentences(read.statement_id)
        )

    def _on_topic(self, sentence: Sentence, language: str | None) -> Direction | None:
        """Returns the direction of a sentence that names the topic; None for any other sentence."""
        language = sentence.language or language
        language = language if language in LANGUAGES else "en"
        if mask_topic(sentence.text, self.topic(language), language, self.parties) == sentence.text:
            return None
        return self._read_sentence(sentence, language).direction

    def _read_sentence(self, sentence: Sentence, language: str | None) -> SentenceDirection:
        """Reads the direction of a sentence; one that is quoted from another party is `reported`."""
        own = self.own_words(sentence.statement_id)[sentence.ordinal]
        reading = read_sentence(own or sentence.text, self.topic(language), language, self.parties)
        return reading if own else replace(reading, reading="reported")

    def _is_asked(self, direction: Direction | None) -> bool:
        """Returns whether a direction is the one asked for; `conditional` counts as `for`."""
        return self.direction in (None, direction) or (self.direction == "for" and direction == "conditional")

    def reported_last(self, evidence: PartyEvidence) -> PartyEvidence:
        """Moves to the end those of the best sentences that only report what others said."""
        if len(evidence.best) < 2:
            # There is no order to change, and no need to read it.
            return evidence
        best = self._read_best(evidence)
        reported = {each.items[0] for each in best if each.direction is None}
        if len(reported) == len(best):
            return evidence
        return replace(evidence, sentences=tuple(sorted(evidence.sentences, key=reported.__contains__)))

    def _read_best(self, evidence: PartyEvidence) -> list[_ReadEvidence]:
        return list(self._read_each(evidence.best[:_SENTENCES_READ], evidence))

    def _read_further(
        self, near: Sequence[_ReadEvidence], evidence: PartyEvidence, chance_min: float
    ) -> list[_ReadEvidence]:
        """Reads the best sentences of later statements, newest first, up to the first that takes a direction.

        "Drelnia no longer supports this" may be further from the topic than the six sentences in which it did. Where
        `near` takes no direction, other statements that name the article or treaty are read. Neutral ones are left out.
        Where a change is asked for, the best sentence of every other statement is read.
        """
        metadata = {summary.statement_id: summary.metadata for summary in evidence.statements}
        taking = [metadata[each.statement_id] for each in near if each.reading.takes_direction]
        latest = next(latest_first(taking, lambda each: each), None)
        further: dict[str, ScoredSentence] = {}
        for item in evidence.best[_SENTENCES_READ:]:
            statement_id, relevance = item.sentence.statement_id, item.relevance
            if self.direction == "change":
                wanted = all(each.statement_id != statement_id for each in near)
            else:
                wanted = relevance.source == "cited" if latest is None else made_before(latest, metadata[statement_id])
            if wanted and relevance.chance >= chance_min:
                further.setdefault(statement_id, item)
        newest = list(latest_first(further, metadata.__getitem__))[:_SENTENCES_READ]
        read: list[_ReadEvidence] = []
        for each in self._read_each([further[statement_id] for statement_id in newest], evidence):
            read += [] if each.is_neutral else [each]
            if each.reading.takes_direction and self.direction != "change":
                break
        return read

    def _read_each(self, items: Iterable[ScoredSentence], evidence: PartyEvidence) -> Iterator[_ReadEvidence]:
        languages = {summary.statement_id: summary.metadata.language for summary in evidence.statements}
        return (self._read(item, languages.get(item.sentence.statement_id)) for item in items)

    def _read(self, item: ScoredSentence, language: str | None) -> _ReadEvidence:
        sentence = item.sentence
        language = sentence.language or language
        # The next sentence may take it back or limit it: "We opposed it then. We were mistaken."
        after = self.sentences(sentence.statement_id)[sentence.ordinal + 1 : sentence.ordinal + 2]
        pair = [sentence, *(s for s in after if s.paragraph == sentence.paragraph and depends_on_before(s.text))]
        readings = [self._read_sentence(each, language) for each in pair]
        reading = without_taken_back(readings, [each.text for each in pair])[0]
        # "(a) the regional fund;" after "The following proposals are not acceptable to Esquaria:".
        if opening := opening_of(sentence, self.sentences(sentence.statement_id)):
            opened = read_sentence(opening, self.topic(language), language, self.parties)
            reading = as_opened(reading, opened) or replace(reading, reading="mentions")
        return _ReadEvidence(items=(item,), language=language, reading=reading)

    def _resolve_announcement(self, read: _ReadEvidence, evidence: PartyEvidence) -> _ReadEvidence:
        """Returns the reading that may take an announced position: with the next sentences, else the next best one."""
        after = self._with_next(read)
        (item,) = read.items
        beside = (s for s in evidence.best if s.sentence.statement_id == read.statement_id)
        others = (s for s in beside if s.sentence.sentence_id != item.sentence.sentence_id)
        other = None if after.reading.takes_direction else next(others, None)
        return after if other is None else self._read(replace(other, relevance=item.relevance), read.language)

    def _declined(self, near: Sequence[_ReadEvidence]) -> tuple[ScoredSentence, ...]:
        """Returns the first sentence that declines a position, alone or with a sentence after it that does so."""
        for read in near:
            (item,) = read.items
            at = item.sentence.ordinal
            for after, sentence in enumerate(
                self.sentences(item.sentence.statement_id)[at : at + 1 + _ANNOUNCED_WITHIN]
            ):
                if declines_position(sentence.text, read.language):
                    return (item, replace(item, sentence=sentence)) if after else (item,)
        return ()

    def _with_next(self, read: _ReadEvidence) -> _ReadEvidence:
        """Adds the next sentences of the paragraph up to the first that takes a direction on the topic, if any does.

        A sentence that neither names the topic nor goes on from the one before is on something else: after "We took
        note of the fund", "We welcome the election of the Chair" is no position on the fund.
        """
        (item,) = read.items
        sentence, items = item.sentence, [item]
        after = sentence.ordinal + 1
        own = self.own_words(sentence.statement_id)
        for following in self.sentences(sentence.statement_id)[after : after + _ANNOUNCED_WITHIN]:
            quoted_apart = bool(own[following.ordinal]) != bool(own[sentence.ordinal])
            if following.paragraph != sentence.paragraph or quoted_apart or read.reading.is_instruction:
                break
            reading = self._read_sentence(following, read.language)
            goes_on = reading.goes_on or depends_on_before(following.text) or announces(items[-1].sentence.text)
            if not (reading.names_topic or goes_on):
                break
            items.append(replace(item, sentence=following))
            # A harm named in a sentence without the topic is no view of it: "We listened to the victims of crimes."
            harm = bool(reading.marks) and all(mark.rule == "harm" for mark in reading.marks)
            if reading.takes_direction and (reading.names_topic or not harm):
                return replace(read, items=tuple(items), reading=reading)
        return read
