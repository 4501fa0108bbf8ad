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
from app.retrieval.positions.change_of_view import takes_back
from app.retrieval.positions.direction import (
    CHANGE_MIN,
    DIRECTION_MIN,
    SentenceDirection,
    decisive_of,
    read_passage,
)
from app.retrieval.positions.position_marks import declines_position
from app.retrieval.positions.quotation_reading import read_quotations
from app.retrieval.topic.share import share_of_topic
from app.retrieval.topic.topic import topic_in
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
    by_language: dict[str | None, dict[int, str]] = {}
    for citation in citations:
        text = texts.get(citation.number)
        if text is not None and not declines_position(text, citation.language):
            by_language.setdefault(citation.language, {})[citation.number] = text
    for spoken, own in by_language.items():
        topic_words = topic_in(topic, language, spoken) or topic
        quotations = read_quotations([*own.values()], topic_words, spoken, parties)
        for number, sentences in zip(own, quotations, strict=True):
            read = [each.read for each in sentences if each.is_present]
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
