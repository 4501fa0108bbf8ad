"""Reading of a quotation: the direction of each sentence in its place, as answers, lists and briefings tell it.

"We would have supported the court, had it been fair." is not for it, nor is what the next sentence takes back, as in
"It must be kept, they say. We share none of these reasons."; in "We support: (a) a court;" the opening is for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from app.retrieval.list_context import SentenceWithOpening, split_with_openings
from app.retrieval.positions.change_of_view import (
    depends_on_before,
    is_counterfactual,
    is_former,
    is_taken_back,
    limited,
    limits,
    own_view,
    says_no_longer,
    since_former,
    takes_back,
)
from app.retrieval.positions.direction import (
    OPPOSITE,
    SentenceDirection,
    as_opened,
    read_passage,
    read_sentence,
    read_sentences,
)
from ingest.language.anaphora import announces
from ingest.parties.party_table import PartyTable


@dataclass(frozen=True, kw_only=True)
class QuotedSentence:
    """A sentence of a quotation with the direction that it has there."""

    sentence: SentenceWithOpening
    """With an opening where the direction is that of the opening; the marks of `read` then stand there."""
    read: SentenceDirection
    """Without a direction where that is not the speaker's present view; a former view, if another follows, is
    `reported`."""
    is_present: bool = True
    """Whether it may tell the speaker's present view, unlike a sentence that the next one takes back."""


def read_quotations(
    texts: Sequence[str], topic: str, language: str | None, parties: PartyTable
) -> list[list[QuotedSentence]]:
    """Reads the sentences of each quotation on a topic, all of them together, which takes the models less time.

    Args:
        texts: Quotations in one language.
        topic: Topic words, in the language of the quotations where a translation is known; empty for any topic.
        language: ISO 639-1 code; any other than the six is read as English.
        parties: The parties that the topic may name.
    """
    split = [split_with_openings(text) for text in texts]
    readings = iter(read_sentences([each.text for own in split for each in own], topic, language, parties))
    return [read_in_place(own, [*islice(readings, len(own))], topic, language, parties) for own in split]


def read_in_place(
    sentences: Sequence[SentenceWithOpening],
    readings: Sequence[SentenceDirection],
    topic: str,
    language: str | None,
    parties: PartyTable,
) -> list[QuotedSentence]:
    """Returns successive sentences, of which each was read alone, with the direction that it has in its place."""
    fold = _Fold(topic, language, parties)
    for sentence, alone in zip(sentences, readings, strict=True):
        fold.add(sentence, alone)
    return fold.result()


@dataclass
class _Fold:
    """The sentences of a quotation so far, each of which may change what the one before it tells."""

    topic: str
    language: str | None
    parties: PartyTable
    read: list[QuotedSentence] = field(default_factory=list)
    former: list[int] = field(default_factory=list)
    """Positions of the sentences that tell a former view."""
    follows_former: bool = False
    """Whether the latest sentence tells a former view, from which the next one goes on."""
    counterfactual: bool = False
    """Whether a sentence told what would have been; after it only outright words count as for the topic."""

    def add(self, sentence: SentenceWithOpening, alone: SentenceDirection) -> None:
        """Adds the next sentence, which was read alone."""
        text, last = sentence.text, self._last_present()
        current = self._after_before(sentence, alone)
        current = since_former(current) if self.follows_former else current
        self.follows_former = is_former(current, text)
        if last is not None and limits(text):
            self.read[last] = replace(self.read[last], read=limited(self.read[last].read, text))
            self._leave_out(sentence, current)
        elif takes_back(text):
            self._take_back(sentence, own_view(current, text), last)
        elif sentence.opening:
            self._add_item(sentence, current)
        elif self.follows_former:
            self.former.append(len(self.read))
            self._keep(sentence, replace(current, reading="reported"))
        elif is_counterfactual(text, self.language, self.parties):
            self.counterfactual = True
            self._leave_out(sentence, current)
        elif self.counterfactual and current.reading == "for" and not current.is_outright:
            self._leave_out(sentence, current)
        else:
            self._keep(sentence, current)

    def result(self) -> list[QuotedSentence]:
        """Returns the sentences; none is present where a former view is told and no other taken."""
        if not self.former or any(each.is_present and each.read.takes_direction for each in self.read):
            return self.read
        for at in self.former:
            self.read[at] = replace(self.read[at], read=replace(self.read[at].read, reading="mentions"))
        return [replace(each, is_present=False) for each in self.read]

    def _after_before(self, sentence: SentenceWithOpening, alone: SentenceDirection) -> SentenceDirection:
        """Returns the reading of a sentence, with the one before where that reports what others say or announces."""
        before = self.read[-1] if self.read else None
        current = alone
        # What others said is read with the next sentence, which may agree with them or not.
        if before is not None and not alone.names_topic and self._reports_others(before):
            passage = f"{before.sentence.text} {sentence.text}"
            together = read_passage(passage, self.topic, self.language, self.parties)
            current = alone if together.reading == "reported" else together
        announced = before is not None and announces(before.sentence.text)
        goes_on = current.goes_on or announced or depends_on_before(sentence.text)
        return replace(current, goes_on=goes_on)

    def _reports_others(self, before: QuotedSentence) -> bool:
        return before.read.reading == "reported" and len(self.read) - 1 not in self.former

    def _take_back(self, sentence: SentenceWithOpening, current: SentenceDirection, last: int | None) -> None:
        """Adds a sentence that takes something back: what it takes back has no direction ("We no longer do.")."""
        if last is not None and is_taken_back(self.read[last].read, current, sentence.text):
            before = self.read[last]
            self.read[last] = replace(before, read=_without_direction(before.read), is_present=False)
            if not current.takes_direction and says_no_longer(sentence.text):
                current = replace(current, reading=OPPOSITE.get(before.read.reading, current.reading))
        self._keep(sentence, current)

    def _add_item(self, sentence: SentenceWithOpening, current: SentenceDirection) -> None:
        """Adds an item of a list, which takes the direction of the words that open it."""
        opening = read_sentence(sentence.opening, self.topic, self.language, self.parties)
        opened = as_opened(current, opening)
        if opened is None:
            self._leave_out(replace(sentence, opening=""), current)
        else:
            self._keep(replace(sentence, opening="") if opened is current else sentence, opened)

    def _last_present(self) -> int | None:
        return next((at for at in reversed(range(len(self.read))) if self.read[at].is_present), None)

    def _keep(self, sentence: SentenceWithOpening, read: SentenceDirection) -> None:
        self.read.append(QuotedSentence(sentence=sentence, read=read))

    def _leave_out(self, sentence: SentenceWithOpening, read: SentenceDirection) -> None:
        self.read.append(QuotedSentence(sentence=sentence, read=_without_direction(read), is_present=False))


def _without_direction(read: SentenceDirection) -> SentenceDirection:
    return replace(read, reading="mentions") if read.takes_direction else read
