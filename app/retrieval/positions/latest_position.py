"""Positions of a party: its evidence with a direction, latest first; reports of others' views are dropped or put last.

Asked "does Drelnia support a new protocol?", "Drelnia now supports the negotiation …" of 2024 comes before "Drelnia is
not in favour of …" of 2020, and "some delegations wish for an instrument" is nobody's position.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Final

from app.records import Direction
from app.retrieval.chronology import latest_first, made_before
from app.retrieval.party_evidence import PartyEvidence, ScoredSentence
from app.retrieval.positions.asked_direction import AskedDirection
from app.retrieval.positions.direction import CHANGE_MIN, OPPOSITE
from app.retrieval.positions.position_reading import EvidenceReader, ReadEvidence

# Number of a party's best sentences that are read for a position, and of further statements: bounds the work.
_SENTENCES_READ: Final = 6
# A list names a party from this chance of the direction that it asks for ...
_ASKED_MIN: Final = 0.15
# ... if it is at least this many times that of the opposite. Mean F1 on 66 development lists is .724 with .7, and .757
# with .2 (.671 by the likeliest directions alone); but in 18 other lists .2 named 15 parties of which 9 had not said
# so, and .7 only one of those 9.
_SHARE_OF_OPPOSITE_MIN: Final = 0.7
_made: Final = attrgetter("metadata")


@dataclass(frozen=True, kw_only=True)
class _Views:
    """The sentences of a party that were read for its position."""

    best: Sequence[ReadEvidence]
    near: Sequence[ReadEvidence]
    """Those of the best that are near to the topic, with further ones."""
    taking: Sequence[ReadEvidence]
    """Those near to it that take a direction."""
    unresolved: Sequence[ReadEvidence]
    """Those near to it of which the next sentences may take one."""


@dataclass(frozen=True)
class PositionReader:
    """Reads the positions in the evidence of parties, for one topic."""

    reader: EvidenceReader
    direction: AskedDirection | None
    """The direction asked for, or `change` of it; None for any."""
    at_any_time: bool = False
    """Whether a statement in that direction answers though it is not the party's latest one on the topic."""

    def read(self, evidence: Sequence[PartyEvidence]) -> list[PartyEvidence]:
        """Puts the latest position of each party first, and marks evidence without one or with another than asked for.

        The models read the sentences of all parties together.
        """
        answering = [item for item in evidence if item.answers]
        views = [self._views(*pair) for pair in zip(answering, self._read_best(answering), strict=True)]
        self.reader.read_next_ahead(each for own in views for each in (*own.taking, *own.unresolved))
        latest = map(self._latest_first, answering, views)
        return [next(latest) if item.answers else item for item in evidence]

    def _views(self, evidence: PartyEvidence, best: Sequence[ReadEvidence]) -> _Views:
        # A later sentence below half the best chance hardly speaks of the topic, so it cannot hold the position on it.
        own = [each for each in best if each.direction is not None] or best
        chance_min = max(each.chance for each in own) / 2
        near = [each for each in best if each.chance >= chance_min]
        near += self._read_further(near, evidence, chance_min)
        # "It is used most of all. We take no position on it."
        held = [each for each in near if each.reading.is_outright or not self.reader.declining(each)]
        taking = [each for each in held if each.reading.takes_direction]
        # A statement may announce a position that the next sentences take: "We have reconsidered this advice."; what
        # others said may be answered there: "Some delegations suggest a fund. Drelnia does not support that."
        with_position = {each.statement_id for each in taking}
        unresolved = [each for each in held if each.statement_id not in with_position or each.direction is None]
        return _Views(best=best, near=near, taking=taking, unresolved=unresolved)

    def _latest_first(self, evidence: PartyEvidence, views: _Views) -> PartyEvidence:
        near, with_next = views.near, map(self.reader.with_next, views.unresolved)
        resolved = (each for each in with_next if each.reading.takes_direction)
        taking = list(latest_first((*map(self.reader.answered, views.taking), *resolved), _made))
        if self.direction == "change":
            return self._with_change(taking, near, evidence)
        reported = {each.items[0] for each in (*views.best, *near) if each.direction is None}
        rest = [item for item in evidence.sentences if item not in reported]
        if taking:
            read = self._newest_first(taking, near, rest, evidence)
        else:
            read = self._without_position(near, rest, evidence)
        if read.answers or self._is_asked(read.direction):
            return read
        known = (each for each in (*taking, *near) if not (taking and made_before(each.metadata, taking[0].metadata)))
        asked = self._probably_asked(list(known))
        return replace(evidence, sentences=tuple(dict.fromkeys((*asked, *rest)))) if asked else read

    def _probably_asked(self, read: Sequence[ReadEvidence]) -> tuple[ScoredSentence, ...]:
        """Returns the words that most probably take the direction that a list asks for, if that is probable enough.

        The chance that a sentence is on the topic counts with that of its direction, so that a party is named for one
        that is surely on it and perhaps for it.
        """
        opposite = OPPOSITE.get(self.direction)
        if opposite is None or any(map(self.reader.declining, read)):
            return ()
        likeliest = max(read, key=lambda each: each.chance_of(OPPOSITE[opposite]))
        # Words that are only probably for it do not outweigh others that are read as against it.
        if likeliest.direction != OPPOSITE[opposite] and any(each.direction == opposite for each in read):
            return ()
        contrary = max(each.chance_of(opposite) for each in read)
        chance = likeliest.chance_of(OPPOSITE[opposite])
        return likeliest.items if chance >= max(_ASKED_MIN, _SHARE_OF_OPPOSITE_MIN * contrary) else ()

    def _without_position(
        self, near: Sequence[ReadEvidence], rest: Sequence[ScoredSentence], evidence: PartyEvidence
    ) -> PartyEvidence:
        """Puts first a sentence that declines a position, or that takes one of which the direction is unsure."""
        first = declined = next(filter(None, map(self.reader.declining, near)), ())
        if not first and self.direction is None:
            # It may be sure that a sentence takes a direction and unsure which: "it has proved itself in its present
            # form". Such a view answers where no direction is asked for.
            viewed = filter(self.reader.expresses_view, near)
            changed = filter(None, (self.reader.announced_change(each, evidence.party) for each in near))
            first = next((each.items for each in viewed), ()) or next(changed, ())
        wanted = bool(first) and self.direction in (None, "mentions")
        # What is merely told of others is shown as a mention, after everything else.
        others = dict.fromkeys(rest if wanted else (*rest, *evidence.sentences))
        sentences = (*first, *(item for item in others if item not in first))
        return replace(
            evidence, sentences=sentences, takes_no_position=not wanted, declines_position=bool(declined) and not wanted
        )

    def _with_change(
        self, taking: Sequence[ReadEvidence], near: Sequence[ReadEvidence], evidence: PartyEvidence
    ) -> PartyEvidence:
        """Keeps what shows a change of position: the position now and before, or a sentence that tells of it."""
        told = (self.reader.announced_change(each, evidence.party) for each in near)
        shown = _changed(taking) or next(filter(None, told), ())
        if not shown:
            return replace(evidence, other_direction=True)
        # Neither of the two may be sure to be on the topic by itself.
        beside = () if any(item.relevance.is_evidence for item in shown) else evidence.sentences
        return replace(evidence, sentences=tuple(dict.fromkeys((*shown, *beside))))

    def _newest_first(
        self,
        newest: Sequence[ReadEvidence],
        near: Sequence[ReadEvidence],
        rest: Sequence[ScoredSentence],
        evidence: PartyEvidence,
    ) -> PartyEvidence:
        """Puts the strongest position of each statement first, then further ones, newest first; `rest` follows."""
        strongest = {each.statement_id: each for each in reversed(newest)}
        order = (*(each for each in newest if strongest[each.statement_id] is each), *newest)
        sentences: dict[str, ScoredSentence] = {}
        for item in (*(item for each in order for item in each.items), *rest):
            sentences.setdefault(item.sentence.sentence_id, item)
        direction, made = newest[0].direction, newest[0].metadata
        # After a later statement on the topic without a direction, the one that a list asks for is no longer sure,
        # unless that statement merely cites the article.
        later = [each for each in near if each.direction == "mentions" and made_before(made, each.metadata)]
        outdated = any(each.items[0].relevance.source != "cited" or not each.is_neutral for each in later)
        other = not self._is_asked(direction) or (self.direction is not None and outdated)
        if other and self.at_any_time and (earlier := self._taken_earlier(newest)):
            before = tuple(dict.fromkeys((*earlier, *sentences.values())))
            return replace(evidence, sentences=before, is_former=True)
        return replace(
            evidence,
            sentences=tuple(sentences.values()),
            direction=direction,
            other_direction=other,
            earlier=self._taken_earlier(newest) if other else (),
        )

    def _taken_earlier(self, newest: Sequence[ReadEvidence]) -> tuple[ScoredSentence, ...]:
        """Returns the newest sentences in the direction asked for, from a statement without the opposite one.

        The newest statement with a position counts only if its position has that direction and is merely outdated.
        """
        latest = newest[0]
        counts = self._is_asked(latest.direction)
        before = (each for each in newest if counts or each.statement_id != latest.statement_id)
        asked = (each for each in before if self._is_asked(each.direction) and not self._is_mixed(each))
        return next((each.items for each in asked), ())

    def _is_mixed(self, read: ReadEvidence) -> bool:
        """Returns whether the same statement also takes the opposite of the direction asked for on the topic.

        Beside outright words ("we cannot support it"), only outright ones do.
        """
        opposite, outright = OPPOSITE.get(self.direction), read.reading.is_outright
        return opposite is not None and any(
            each.direction == opposite and (each.is_outright or not outright) for each in self.reader.on_topic(read)
        )

    def _is_asked(self, direction: Direction | None) -> bool:
        """Returns whether a direction is the one asked for; `conditional` counts as `for`."""
        return self.direction in (None, direction) or (self.direction == "for" and direction == "conditional")

    def reported_last(self, evidence: Sequence[PartyEvidence]) -> list[PartyEvidence]:
        """Moves to the end those of each party's best sentences that only report what others said.

        What groups said for a State keeps its order.
        """
        # A single sentence has no order to change, and need not be read.
        ordered = [item for item in evidence if not item.spoke_for and len(item.best) > 1]
        found = zip(ordered, self._read_best(ordered), strict=True)
        put_last = {id(item): _reported_last(item, best) for item, best in found}
        return [put_last.get(id(item), item) for item in evidence]

    def _read_best(self, evidence: Iterable[PartyEvidence]) -> list[list[ReadEvidence]]:
        return self.reader.read((item, item.best[:_SENTENCES_READ]) for item in evidence)

    @property
    def _reads_all(self) -> bool:
        """Whether statements before the latest position count as well."""
        return self.at_any_time or self.direction == "change"

    def _read_further(
        self, near: Sequence[ReadEvidence], evidence: PartyEvidence, chance_min: float
    ) -> list[ReadEvidence]:
        """Reads the best sentences of later statements, newest first, up to the first that takes a direction.

        "Drelnia no longer supports this" may be further from the topic than the six sentences in which it did. Where
        `near` takes no direction, other statements that name the article or treaty are read. Neutral ones are left out.
        Where a change or a view at any time is asked for, the best sentence of every other statement is read.
        """
        metadata = evidence.metadata
        latest = next(latest_first((each for each in near if each.reading.takes_direction), _made), None)
        further: dict[str, ScoredSentence] = {}
        for item in evidence.best[_SENTENCES_READ:]:
            statement_id, relevance = item.sentence.statement_id, item.relevance
            if self._reads_all:
                wanted = all(each.statement_id != statement_id for each in near)
            elif latest is None:
                wanted = relevance.source == "cited"
            else:
                wanted = made_before(latest.metadata, metadata[statement_id])
            if wanted and relevance.chance >= chance_min:
                further.setdefault(statement_id, item)
        newest = list(latest_first(further, metadata.__getitem__))[:_SENTENCES_READ]
        read: list[ReadEvidence] = []
        for each in self.reader.read_each((further[statement_id] for statement_id in newest), evidence):
            read += [] if each.is_neutral else [each]
            if each.reading.takes_direction and not self._reads_all:
                break
        return read


def _reported_last(evidence: PartyEvidence, best: Sequence[ReadEvidence]) -> PartyEvidence:
    reported = {each.items[0] for each in best if each.direction is None}
    if len(reported) == len(best):
        return evidence
    return replace(evidence, sentences=tuple(sorted(evidence.sentences, key=reported.__contains__)))


def _changed(newest_first: Sequence[ReadEvidence]) -> tuple[ScoredSentence, ...]:
    """Returns the newest position and the latest opposite one before it, if both are sure; else nothing.

    A statement with positions of both kinds shows no earlier one: "We support it, but not its costs."
    """
    sides = {(each.statement_id, each.direction == "against") for each in newest_first}
    if not newest_first or newest_first[0].reading.attitude < CHANGE_MIN:
        return ()
    newest, is_against = newest_first[0], newest_first[0].direction == "against"
    before = (
        each.items
        for each in newest_first
        if each.reading.attitude >= CHANGE_MIN
        and (each.direction == "against") != is_against
        and (each.statement_id, is_against) not in sides
        and made_before(each.metadata, newest.metadata)
    )
    return next(((*newest.items, *items) for items in before), ())
