"""Cited direction: whether a citation is for or against the topic, and how surely; the direction of each claim.

"Drelnia now supports the court. It would need funds." is for the court. A sentence that the next one takes back does
not count, nor what a State "would have supported".
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Final

from app.answering.quotation_context import spans
from app.records import Citation, Claim, Direction
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
    CHANGE_MIN,
    DIRECTION_MIN,
    OPPOSITE,
    SentenceDirection,
    as_opened,
    decisive_of,
    read_passage,
    read_sentence,
    read_sentences,
)
from app.retrieval.positions.position_marks import declines_position
from app.retrieval.topic.share import share_of_topic
from app.retrieval.topic.topic import topic_in
from ingest.language.anaphora import announces
from ingest.parties.party_table import PartyTable
from vectorstore.records import Sentence, SentenceId

# Minimum share of the topic's words that a quotation names to be surely for or against it: one on conditions of
# assistance may say nothing about "the extradition of fugitives without a treaty". Set by hand. What is merely told
# needs no such share, since questions word a topic otherwise than statements: with .5 for it too, one label that was
# contrary to the words and five right ones of 62 would not be shown.
_TOPIC_SHARE_MIN: Final = 0.5


@dataclass(frozen=True, kw_only=True)
class CitedDirection:
    """The direction of a citation; `sure` where a sentence that names the topic takes it clearly, uncontradicted."""

    direction: Direction | None
    sure: bool


def directions_of(
    citations: Sequence[Citation],
    topic: str,
    language: str,
    parties: PartyTable,
    words: Callable[[Citation], str] = attrgetter("quote"),
) -> dict[int, CitedDirection]:
    """Returns the direction of each citation on a topic, by citation number; the topic is in `language`.

    `parties` are those that the topic may name. `words` returns the part of a citation to read: sentences that merely
    extend it may be about something else.
    """
    shared = share_of_topic(topic, language, parties)
    directions = {citation.number: CitedDirection(direction=None, sure=False) for citation in citations}
    texts = {each.number: words(each) for each in citations if not (each.quoting or each.kind == "treaty")}
    by_language: dict[str | None, dict[int, Sequence[SentenceWithOpening]]] = {}
    for citation in citations:
        text = texts.get(citation.number)
        if text is not None and not declines_position(text, citation.language):
            by_language.setdefault(citation.language, {})[citation.number] = split_with_openings(text)
    for spoken, split in by_language.items():
        topic_words = topic_in(topic, language, spoken) or topic
        # The sentences of all citations are read together, and then looked at one by one.
        read_sentences([each.text for own in split.values() for each in own], topic_words, spoken, parties)
        for number, sentences in split.items():
            read = _read(sentences, topic_words, spoken, parties)
            # In another language than the topic's, the glossary may lack its words: each sentence counts as naming it.
            found = _direction(read, always_named=spoken != language)
            if found.direction in (None, "mentions") and len(read) > 1 and not takes_back(texts[number]):
                # What no sentence says alone, all may: "We heard its friends. Their arguments have not convinced us."
                passage = read_passage(texts[number].replace("\n", " "), topic_words, spoken, parties)
                found = CitedDirection(direction=passage.direction, sure=False) if passage.takes_direction else found
            sure = found.sure and shared(texts[number], spoken) >= _TOPIC_SHARE_MIN
            directions[number] = replace(found, sure=sure)
    return directions


def words_for_direction(
    citation: Citation, sentences: Sequence[Sentence], answers: Mapping[SentenceId, bool], own: Sequence[str]
) -> str:
    """Returns the words of a citation in which its direction is read, one sentence per line.

    Of all `sentences` of the statement, `answers` has those that are quoted for what they say: True if they answer,
    False if they stand beside one that does. Without any True, no words are read. Sentences that merely extend these
    are left out, unless they take back what stands before. Of `own`, the texts of `sentences`, those quoted from
    another party are empty. An item of a long list comes after the words that open it, a citation of their own. A
    citation of no sentence in `answers` is read whole.
    """
    cited = [sentences[key.ordinal] for key in citation.sentence_ids if key.ordinal < len(sentences)]
    ordinals = [sentence.ordinal for sentence in cited if sentence.sentence_id in answers]
    if not ordinals:
        return citation.quote
    if not any(answers.get(sentence.sentence_id) for sentence in cited):
        return ""
    # The spans of these sentences alone, without what extended them.
    quotable = spans(sentences, ordinals)
    end = max(each.span.stop for each in quotable)
    opening = next((each.opening for each in quotable if each.opening is not None), range(0))
    opened = [sentences[at] for at in opening if at < cited[0].ordinal]
    read = (sentence for sentence in (*opened, *cited) if sentence.ordinal < end or takes_back(sentence.text))
    return "\n".join(own[sentence.ordinal] for sentence in read if own[sentence.ordinal])


def _direction(read: Sequence[SentenceDirection], *, always_named: bool) -> CitedDirection:
    """Returns the direction of a citation by the readings of its sentences; merely reporting others has none."""
    decisive = decisive_of(read)
    if decisive is None or decisive.reading == "reported":
        return CitedDirection(direction=None, sure=False)
    named = decisive.names_topic or always_named
    # Both directions make it unsure; sentences that neither name the topic nor use outright words do not count.
    both = {"for", "against"} <= {each.reading for each in read if each.names_topic or each.is_outright}
    # Precision of "conditional" on speeches was 3 of 12: it is shown only from `DIRECTION_MIN` on or by outright words.
    conditional = decisive.reading == "conditional"
    unsure = conditional and decisive.chances["conditional"] < DIRECTION_MIN and not decisive.is_outright
    direction = "mentions" if unsure else decisive.reading
    sure = decisive.takes_direction and not unsure and named and not both and decisive.attitude >= CHANGE_MIN
    return CitedDirection(direction=direction, sure=sure)


def _read(
    sentences: Sequence[SentenceWithOpening], topic: str, language: str | None, parties: PartyTable
) -> list[SentenceDirection]:
    """Reads the sentences of a quotation, without those that do not tell the speaker's present direction."""
    # Left out are a sentence that the next takes back ("It must be kept. We share none of these reasons."), and
    # counterfactual ones ("we would have supported it"), after which only outright words count as for the topic. An
    # item of a list takes the direction of the words that open it. What others said is read with the next sentence,
    # which may agree with them or not.
    read: list[SentenceDirection] = []
    counterfactual = announced = former = told_former = False
    reported = ""
    readings = read_sentences([sentence.text for sentence in sentences], topic, language, parties)
    for sentence, current in zip(sentences, readings, strict=True):
        if reported and not current.names_topic:
            current = read_passage(f"{reported} {sentence.text}", topic, language, parties)
        reported = sentence.text if current.reading == "reported" else ""
        current = replace(current, goes_on=current.goes_on or announced or depends_on_before(sentence.text))
        current = since_former(current) if former else current
        announced, former = announces(sentence.text), is_former(current, sentence.text)
        if read and limits(sentence.text):
            read[-1] = limited(read[-1], sentence.text)
        elif takes_back(sentence.text):
            current = own_view(current, sentence.text)
            if read and is_taken_back(read[-1], current, sentence.text):
                before = read.pop().reading
                if not current.takes_direction and says_no_longer(sentence.text):
                    current = replace(current, reading=OPPOSITE.get(before, current.reading))
            read.append(current)
        elif sentence.opening:
            opened = as_opened(current, read_sentence(sentence.opening, topic, language, parties))
            read += [] if opened is None else [opened]
        elif former:
            read.append(replace(current, reading="reported"))
            told_former = True
        elif is_counterfactual(sentence.text, language, parties):
            counterfactual = True
        elif not (counterfactual and current.reading == "for") or current.is_outright:
            read.append(current)
    # A former view after which none is taken is no mention without a position: no direction is told.
    return [] if told_former and not any(each.takes_direction for each in read) else read


def with_directions(
    claims: Sequence[Claim], directions: Mapping[int, CitedDirection], contrary: Direction | None = None
) -> tuple[Claim, ...]:
    """Returns claims with the direction of their first citation that takes one, else `mentions` if one has that.

    Whoever a list names as being for something, perhaps for other words, is not told to be `contrary` to it.
    """

    def direction_of(claim: Claim) -> Direction | None:
        cited = (directions[number].direction for number in claim.citations if number in directions)
        found = ["mentions" if direction == contrary else direction for direction in cited if direction is not None]
        return next((direction for direction in found if direction != "mentions"), found[0] if found else None)

    return tuple(replace(claim, direction=direction_of(claim)) for claim in claims)
