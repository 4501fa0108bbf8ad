"""Positions of an answer: the direction of each claim, and which citations are superseded or earlier.

On a harm ("terrorism") no directions are shown, and on a harm or a treaty nothing is superseded.
"""

from dataclasses import replace
from functools import cache

from app.answering.cited_direction import directions_of, with_directions, words_for_direction
from app.answering.compose.composition import Composition
from app.answering.superseding import earlier_than_latest, with_superseding
from app.answering.verify_citations import VerifiedClaims
from app.question.kind_traits import KIND_TRAITS
from app.question.resolution import Resolution, in_language_of_topic
from app.records import Citation
from app.retrieval.positions.direction import OPPOSITE
from app.retrieval.positions.quoted_speaker import OwnWords
from app.retrieval.retrieved import Retrieved
from app.retrieval.topic.subject import has_one_subject, names_harm, topic_words
from ingest.parties.party_table import PartyTable


def with_positions(
    checked: VerifiedClaims, composed: Composition, resolution: Resolution, retrieved: Retrieved, parties: PartyTable
) -> tuple[VerifiedClaims, Composition]:
    """Adds the direction of each claim on the topic asked about, and marks citations that are superseded."""
    scope = in_language_of_topic(resolution).scope
    asks_position = resolution.stance or resolution.over_time or resolution.answered_as == "compare"
    asks_position = asks_position or retrieved.direction_asked is not None
    # A list of who spoke on a topic shows no directions, and quotes each party once: nothing can be superseded.
    listed = resolution.lists_parties and not asks_position
    if not has_one_subject(scope) or not KIND_TRAITS[resolution.answered_as].shows_direction or listed:
        return checked, composed
    evidence = (*retrieved.party_evidence, *retrieved.group_evidence)
    answers = {s.sentence.sentence_id: s.relevance.is_evidence for item in evidence for s in item.best}

    @cache
    def own_of(statement_id: str, holders: tuple[str, ...]) -> OwnWords:
        return OwnWords(retrieved.sources.sentences.get(statement_id, ()), holders, parties)

    def words(citation: Citation) -> str:
        sentences = retrieved.sources.sentences.get(citation.statement_id, ())
        own = own_of(citation.statement_id, (citation.state or "", *citation.held_by))
        return words_for_direction(citation, sentences, answers, own)

    directions = directions_of(checked.citations, topic_words(scope), scope.language, parties, words)
    asked = {claim.state for claim in checked.claims if claim.state}
    citations = checked.citations
    earlier = earlier_than_latest(citations, asked) if asks_position else frozenset()
    harm = names_harm(scope.topic, scope.language)
    if scope.topic and not (scope.treaties or harm):
        citations = with_superseding(citations, directions, asked)
    claims = with_directions(checked.claims, directions, OPPOSITE.get(retrieved.direction_asked))
    composed = replace(composed, shows_directions=asks_position and not harm, earlier=earlier)
    return replace(checked, claims=claims, citations=citations), composed
