"""Notes on a search: what was searched for in other words, what was read closely, and what could not be searched.

For "embargo", a quotation with "bloqueo" gets the note that it means "embargo".
"""

from collections.abc import Iterator, Sequence
from typing import Final

from app.records import Note, TreatyScope
from app.retrieval.model_languages import languages_of
from app.retrieval.party_evidence import PartyEvidence
from app.retrieval.positions.asked_direction import AskedDirection
from app.retrieval.ranking.sentence_ranker import SentenceRanker
from app.retrieval.retrieved import Retrieved
from app.retrieval.topic.topic import Topic
from ingest.glossary import thesaurus
from ingest.glossary.glossary import terms_within
from prompts.wording import LANGUAGES

# Maximum number of terms of quotations in other languages that are explained.
_MAX_GLOSSES: Final = 3


def search_notes(
    base: Retrieved, topic: Topic | None, evidence: Sequence[PartyEvidence], parties_read: int, ranker: SentenceRanker
) -> Iterator[Note]:
    """Yields notes on words searched for, how many `parties_read` closely, parties found by words, and terms."""
    if topic is not None and topic.english not in ("", topic.words):
        in_whole = topic.translation_coverage >= 1.0
        kind = "translated_topic" if in_whole else "translated_topic_partly"
        yield Note(kind=kind, values={"words": topic.english})
    # For a question about change over time, a party has one record of evidence per statement.
    if parties_read < (count := len({item.party for item in evidence})):
        yield Note(kind="read_closely", values={"count": count, "read": parties_read})
    if topic is not None and ranker.relevance is None and any(item.statements for item in evidence):
        yield Note(kind="uncalibrated")
    by_words = [
        item.party
        for item in evidence
        if item.party in base.asked_parties
        and (item.answers or not item.silence_unproven)
        and not all(ranker.search.finds_by_meaning(each) for s in item.statements for each in languages_of(s))
    ]
    if by_words:
        yield Note(kind="words_only", values={"parties": tuple(dict.fromkeys(by_words))})
    if topic is not None and topic.language in LANGUAGES:
        yield from _gloss_notes(topic, evidence)


def _gloss_notes(topic: Topic, evidence: Sequence[PartyEvidence]) -> Iterator[Note]:
    """Yields notes that explain the topic's terms in quotations in another language, in the question's language."""
    of_topic = set(thesaurus.concepts_in(topic.words, topic.language))
    of_topic |= {other for concept in of_topic for other in (*thesaurus.narrower(concept), *thesaurus.near(concept))}
    glossed: set[str] = set()
    for item in evidence:
        for sentence in item.best_sentences[:1]:
            language = sentence.language or topic.language
            if language == topic.language or language not in LANGUAGES:
                continue
            for term in terms_within(sentence.text, language, to=topic.language):
                written = sentence.text[term.start : term.end]
                # A term spelt as in the question's language needs no note: "extradition means extradition".
                new = term.concept in of_topic - glossed and written.casefold() != term.terms[0].casefold()
                if new and len(glossed) < _MAX_GLOSSES:
                    glossed.add(term.concept)
                    yield Note(kind="gloss", values={"term": written, "gloss": term.terms[0]})


def result_notes(
    base: Retrieved,
    pick: str | None,
    evidence: Sequence[PartyEvidence],
    readings: Sequence[TreatyScope],
    asked: AskedDirection | None,
    goes_on: bool,
) -> Iterator[Note]:
    """Yields notes on statements picked, other readings, parties not fully searchable, and others of a list.

    Others are those that take no position, and, beside those in the direction `asked` for, those that take another one,
    or took it only earlier; these were named before where the question `goes_on` with a list ("who else?").
    """
    if pick and base.statements_in_scope:
        yield Note(kind=pick, values={"statements": base.statements_in_scope})
    for reading in readings:
        for number in reading.articles:
            yield Note(kind="other_reading", values={"article": number, "treaty": reading.treaty})
    unproven = [item for item in evidence if item.silence_unproven and item.statements and not item.answers]
    listed = [] if base.asked_parties else evidence
    neutral = [item for item in listed if item.takes_no_position and item.has_evidence]
    # Where nobody answers, or nobody else does, the answer itself names those that take another direction.
    answered = any(item.answers for item in listed)
    other = [item for item in listed if item.other_direction]
    beside = other if answered and not goes_on else []
    for kind, noted in (
        ("uncovered", unproven),
        ("no_direction", neutral if answered or other else []),
        ("earlier_direction", [item for item in beside if item.earlier]),
        ("unchanged" if asked == "change" else "other_direction", [item for item in beside if not item.earlier]),
    ):
        if parties := tuple(dict.fromkeys(item.party for item in noted)):
            yield Note(kind=kind, values={"parties": parties})
