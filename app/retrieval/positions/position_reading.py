"""Direction of evidence in its place: a sentence with the next ones, the opening of its list, and what is quoted there.

"We opposed it then. We were mistaken." is not against it; "(a) the regional fund;" takes the direction of "We cannot
accept the following proposals:".
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Final

from app.records import Direction
from app.retrieval.list_context import SentenceWithOpening, opening_of
from app.retrieval.party_evidence import PartyEvidence, ScoredSentence
from app.retrieval.positions.change_of_view import (
    announces_change,
    depends_on_before,
    is_former,
    names_view,
    since_former,
    takes_back,
)
from app.retrieval.positions.direction import (
    DIRECTION_MIN,
    OPPOSITE,
    UNNAMED_WEIGHT,
    SentenceDirection,
    read_passage,
    read_passages,
    read_sentence,
    read_sentences,
)
from app.retrieval.positions.position_marks import declines_position
from app.retrieval.positions.quotation_reading import read_in_place
from app.retrieval.topic.mask import topic_runs
from ingest.language.anaphora import announces, refers_back
from ingest.parties.party_table import PartyTable
from prompts.wording import known_language
from vectorstore.records import Metadata, Sentence

# Chance of taking a direction (`attitude`) from which a sentence expresses a view: what is on the topic and may be a
# position is shown rather than kept back. Of .3, .4 and .5, compared on the smoke set and on questions like it.
VIEW_MIN: Final = 0.4
# Chance from which a reading is plain, unless it is of what others say; set for time, by hand.
_PLAIN_MIN: Final = 0.95
# Within how many sentences after an announcement ("let me state our position") the position may stand, and before or
# after a position a change of it.
_ANNOUNCED_WITHIN: Final = 2


@dataclass(frozen=True, kw_only=True)
class ReadEvidence:
    """A sentence whose direction was read, with the next sentences up to one that takes a direction in its place."""

    items: tuple[ScoredSentence, ...]
    metadata: Metadata
    """The metadata of its statement."""
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

    def chance_of(self, direction: Direction) -> float:
        """Chance that the speaker takes a direction, 0 to 1: that it is on the topic, times that of the direction."""
        read = self.reading
        # A direction that is likeliest, and not read, is taken back by the words around it.
        given_up = read.reading == "mentions" and read.chances[direction] >= DIRECTION_MIN
        if given_up or read.reading == "reported" or not read.asserts:
            return 0.0
        taken = read.chances[direction] + (read.chances["conditional"] if direction == "for" else 0.0)
        taken = max(taken, DIRECTION_MIN) if read.reading == direction else taken
        return self.chance * taken * (1.0 if read.names_topic else UNNAMED_WEIGHT)

    @property
    def is_neutral(self) -> bool:
        """Whether it neither expresses a view nor speaks of one: "We received twelve requests under article 18."."""
        text = self.items[0].sentence.text
        return self.direction == "mentions" and self.reading.attitude < VIEW_MIN and not names_view(text)

    @property
    def statement_id(self) -> str:
        """The id of its statement."""
        return self.items[0].sentence.statement_id


@dataclass(frozen=True, kw_only=True)
class _Unread:
    """A sentence whose direction is to be read."""

    item: ScoredSentence
    metadata: Metadata
    language: str | None
    with_dependent: Sequence[Sentence]
    """The sentence, with the next one if it depends on that."""


@dataclass(frozen=True)
class EvidenceReader:
    """Reads the direction of sentences in their statements, for one topic."""

    topic: Callable[[str | None], str]
    """Returns the topic words in a language."""
    sentences: Callable[[str], Sequence[Sentence]]
    """Returns the sentences of a statement, by its id."""
    own_words: Callable[[str], Sequence[str]]
    """Returns their texts, empty where quoted from another party."""
    parties: PartyTable
    """The parties that the topic may name."""

    def read(self, evidence: Iterable[tuple[PartyEvidence, Sequence[ScoredSentence]]]) -> list[list[ReadEvidence]]:
        """Reads sentences of the evidence of several parties, which the models read together."""
        unread = [list(self._unread(items, party)) for party, items in evidence]
        texts: dict[str | None, list[str]] = {}
        for each in chain.from_iterable(unread):
            texts.setdefault(each.language, []).extend(map(self._own, each.with_dependent))
        for language, own in texts.items():
            read_sentences(own, self.topic(language), language, self.parties)
        return [[self._read(each) for each in of_party] for of_party in unread]

    def read_each(self, items: Iterable[ScoredSentence], evidence: PartyEvidence) -> Iterator[ReadEvidence]:
        """Yields sentences of the evidence as read, one by one, since the first of them may be enough."""
        return map(self._read, self._unread(items, evidence))

    def _unread(self, items: Iterable[ScoredSentence], evidence: PartyEvidence) -> Iterator[_Unread]:
        """Yields each sentence with the next one if that may take it back or limit it: "We were mistaken."."""
        known = evidence.metadata
        for item in items:
            sentence, metadata = item.sentence, known[item.sentence.statement_id]
            after = self.sentences(sentence.statement_id)[sentence.ordinal + 1 : sentence.ordinal + 2]
            dependent = (s for s in after if s.paragraph == sentence.paragraph and depends_on_before(s.text))
            language = sentence.language or metadata.language
            yield _Unread(item=item, metadata=metadata, language=language, with_dependent=(sentence, *dependent))

    def _read(self, unread: _Unread) -> ReadEvidence:
        sentence, language, pair = unread.item.sentence, unread.language, unread.with_dependent
        readings = [self._read_sentence(each, language) for each in pair]
        # "(a) the regional fund;" after "The following proposals are not acceptable to Esquaria:".
        opening = opening_of(sentence, self.sentences(sentence.statement_id))
        texts = [SentenceWithOpening(text=each.text) for each in pair]
        texts[0] = replace(texts[0], opening=opening)
        reading = read_in_place(texts, readings, self.topic(language), language, self.parties)[0].read
        return ReadEvidence(items=(unread.item,), metadata=unread.metadata, language=language, reading=reading)

    def _own(self, sentence: Sentence) -> str:
        return self.own_words(sentence.statement_id)[sentence.ordinal] or sentence.text

    def _read_sentence(self, sentence: Sentence, language: str | None) -> SentenceDirection:
        """Reads the direction of a sentence; one that is quoted from another party is `reported`."""
        own = self.own_words(sentence.statement_id)[sentence.ordinal]
        reading = read_sentence(own or sentence.text, self.topic(language), language, self.parties)
        return reading if own else replace(reading, reading="reported")

    def on_topic(self, read: ReadEvidence) -> list[SentenceDirection]:
        """Returns the readings of those sentences of the same statement that name the topic."""
        naming: dict[str, list[Sentence]] = {}
        for sentence in self.sentences(read.statement_id):
            language = sentence.language or read.language
            language = known_language(language)
            if topic_runs(sentence.text, self.topic(language), language, self.parties):
                naming.setdefault(language, []).append(sentence)
        for language, sentences in naming.items():
            read_sentences([*map(self._own, sentences)], self.topic(language), language, self.parties)
        return [self._read_sentence(each, language) for language, own in naming.items() for each in own]

    def with_next(self, read: ReadEvidence) -> ReadEvidence:
        """Adds the next sentences of the paragraph up to one with which the passage takes a direction, if any does.

        "We listened to its supporters. Their arguments have not convinced us." is read as one passage. What is about
        something else is no answer: after "We took note of the fund", "We welcome the election of the Chair" is none.
        """
        (item,) = read.items
        for items, reading in self._passages(read):
            if not reading.takes_direction and refers_back(items[-1].text):
                # "The fund paid 3 million. We support such funds everywhere."
                last = self._read_sentence(items[-1], read.language)
                reading = last if last.is_outright else reading
            if reading.takes_direction:
                return replace(read, items=(item, *(replace(item, sentence=each) for each in items)), reading=reading)
        return read

    def answered(self, read: ReadEvidence) -> ReadEvidence:
        """Returns a reading with the next sentence, if the two surely take the opposite direction together.

        "Our friends hope for a new protocol. Belmora sees no need for one."
        """
        if not self._may_be_answered(read):
            return read
        (item, *_), opposite = read.items, OPPOSITE[read.direction]
        for (following, *_), reading in self._passages(read):
            if reading.reading == opposite and reading.chances[opposite] > read.reading.chances[read.reading.reading]:
                return replace(read, items=(item, replace(item, sentence=following)), reading=reading)
            break
        return read

    def _may_be_answered(self, read: ReadEvidence) -> bool:
        return len(read.items) == 1 and read.direction in OPPOSITE and not read.reading.is_outright

    def read_next_ahead(self, reads: Iterable[ReadEvidence]) -> None:
        """Lets the models read together each sentence with the next, before `answered` and `with_next` do."""
        texts: dict[str | None, list[str]] = {}
        for read in reads:
            if self._may_be_answered(read) or not read.reading.takes_direction:
                texts.setdefault(read.language, []).extend(text for _, text in islice(self._followed(read), 1))
        for language, passages in texts.items():
            read_passages(passages, self.topic(language), language, self.parties)

    def _passages(self, read: ReadEvidence) -> Iterator[tuple[Sequence[Sentence], SentenceDirection]]:
        """Yields the one or two sentences that follow in the paragraph, and the direction of the passage with them."""
        for items, text in self._followed(read):
            yield items, read_passage(text, self.topic(read.language), read.language, self.parties)

    def _followed(self, read: ReadEvidence) -> Iterator[tuple[Sequence[Sentence], str]]:
        """Yields the one or two sentences that follow in the paragraph, and the passage with them."""
        sentence = read.items[0].sentence
        own, after = self.own_words(sentence.statement_id), sentence.ordinal + 1
        items: list[Sentence] = []
        text = own[sentence.ordinal] or sentence.text
        plain = read.direction is not None and read.reading.chances[read.reading.reading] >= _PLAIN_MIN
        for following in self.sentences(sentence.statement_id)[after : after + _ANNOUNCED_WITHIN]:
            quoted_apart = bool(own[following.ordinal]) != bool(own[sentence.ordinal])
            # "Some suggest a fund. Drelnia does not support it." takes nothing back of what Drelnia said itself.
            taken_back = read.direction is not None and takes_back(following.text)
            apart = following.paragraph != sentence.paragraph or quoted_apart or taken_back
            if apart or read.reading.is_instruction:
                return
            # A sentence that does not go on from it hardly changes a plain reading: not worth the time.
            if plain and not (refers_back(following.text) or announces(text)):
                return
            items.append(following)
            text = f"{text} {following.text}"
            yield items, text

    def expresses_view(self, read: ReadEvidence) -> bool:
        """Returns whether it probably takes a direction, alone or with the sentences that follow."""
        readings = (read.reading, *(reading for _, reading in self._passages(read)))
        return any(each.direction is not None and each.attitude >= VIEW_MIN for each in readings)

    def declining(self, read: ReadEvidence) -> tuple[ScoredSentence, ...]:
        """Returns a sentence that declines a position, alone or with one after it that does so; else nothing."""
        item, *_ = read.items
        at = item.sentence.ordinal
        near = self.sentences(read.statement_id)[at : at + 1 + _ANNOUNCED_WITHIN]
        declines = next((sentence for sentence in near if declines_position(sentence.text, read.language)), None)
        if declines is None:
            return ()
        return (item,) if declines is near[0] else (item, replace(item, sentence=declines))

    def announced_change(self, read: ReadEvidence, party: str) -> tuple[ScoredSentence, ...]:
        """Returns the sentence, and the one beside it in its paragraph that says that the party's view has changed."""

        def is_speaker(name: str) -> bool:
            return any(party in match.codes for match in self.parties.find(name))

        (item, *_) = read.items
        at, own = item.sentence.ordinal, self.own_words(read.statement_id)
        around = self.sentences(read.statement_id)[max(0, at - _ANNOUNCED_WITHIN) : at + 1 + _ANNOUNCED_WITHIN]
        beside = [s for s in around if s.paragraph == item.sentence.paragraph]
        announcing = next((s for s in beside if announces_change(own[s.ordinal], is_speaker)), None)
        if announcing is None and read.reading.names_topic and is_former(read.reading, item.sentence.text):
            # "In 2020 we opposed it. Its new rules have answered our questions."
            after = [s for s in beside if s.ordinal > at]
            readings = (since_former(self._read_sentence(s, read.language)) for s in after)
            announcing = next((s for s, since in zip(after, readings, strict=True) if since.reading != "against"), None)
        return () if announcing is None else (item, replace(item, sentence=announcing))
