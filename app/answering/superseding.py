"""Positions of an answer: the direction of each claim, and what later documents make of the words it cites.

"Drelnia is not in favour of new protocols." [2] of 2020 is superseded by [1] of 2024, "Drelnia now supports …". Which
direction is sure, `cited_direction.py` decides. Answers on a treaty or a harm ("terrorism") show none; briefings ask
with the same rule (`app/briefing/cell_builder.py`). A corrigendum, "For “twelve” read “twenty”", quotes the words that
it corrects, which then show no direction.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cache

from app.answering.cited_direction import CitedDirection, directions_of, with_directions, words_for_direction
from app.answering.claims.form import DOUBLE_MARKS
from app.answering.compose.composition import Composition
from app.answering.verify_citations import VerifiedClaims
from app.question.kind_traits import KIND_TRAITS
from app.question.resolution import Resolution, in_language_of_topic
from app.records import Citation, Note
from app.retrieval.chronology import made_before
from app.retrieval.positions.direction import OPPOSITE
from app.retrieval.positions.quoted_speaker import OwnWords
from app.retrieval.retrieved import Retrieved
from app.retrieval.topic.subject import has_one_subject, names_harm, topic_words
from ingest.metadata.heading import QUOTED
from ingest.parties.party_table import PartyTable
from vectorstore.catalogue import Catalogue
from vectorstore.records import document_id_of


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


def with_corrigenda(checked: VerifiedClaims, catalogue: Catalogue) -> tuple[VerifiedClaims, list[Note]]:
    """Returns claims without the direction of words that a corrigendum quotes, and a note on each corrigendum."""
    corrigenda = catalogue.families.corrections()
    notes: list[Note] = []
    corrected = set[int]()
    for citation in checked.citations if corrigenda else ():
        for document in map(catalogue.document, corrigenda.get(document_id_of(citation.statement_id), ())):
            if document is not None:
                notes.append(Note(kind="corrigendum", values={"file": citation.file, "files": document.file}))
                quoted = (words.strip(f" .,;:{DOUBLE_MARKS}") for words in QUOTED.findall(document.source_text))
                if any(words and words in citation.source_quote for words in quoted):
                    corrected.add(citation.number)
    claims = tuple(replace(c, direction=None) if corrected & {*c.citations} else c for c in checked.claims)
    return replace(checked, claims=claims), notes


def with_superseding(
    citations: Sequence[Citation], directions: Mapping[int, CitedDirection], asked: Collection[str] = ()
) -> tuple[Citation, ...]:
    """Returns citations, each with the number of the latest citation that supersedes it, if any.

    A citation is superseded by one of the same party (`of_same_party`, with the parties `asked` about) that was
    certainly made later and takes another direction; both directions must be sure.
    """
    sure = [citation for citation in citations if directions[citation.number].sure]

    def later(citation: Citation) -> int | None:
        if citation not in sure:
            return None
        newer = [
            other
            for other in sure
            if of_same_party(citation, other, asked)
            and directions[other.number].direction != directions[citation.number].direction
            and made_before(citation, other)
        ]
        return next((each.number for each in newer if not any(made_before(each, other) for other in newer)), None)

    return tuple(replace(citation, superseded_by=later(citation)) for citation in citations)


def earlier_than_latest(citations: Sequence[Citation], asked: Collection[str] = ()) -> frozenset[int]:
    """Returns the numbers of the citations for which a later statement of the same party is also cited."""
    return frozenset(
        citation.number
        for citation in citations
        if any(of_same_party(citation, other, asked) and made_before(citation, other) for other in citations)
    )


def of_same_party(earlier: Citation, later: Citation, asked: Collection[str]) -> bool:
    """Returns whether a later citation is held by all parties for which an earlier one is cited.

    Those are the holders of the earlier one that are asked about, else all of them: a State revises a joint statement
    only for itself.
    """
    cited_for = set(earlier.holders).intersection(asked) or set(earlier.holders)
    return bool(cited_for) and cited_for <= set(later.holders)
