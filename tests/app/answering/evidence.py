"""Evidence made by hand from stored statements, and the extractive answer on it."""

from app.answering.compose.composition import Composition
from app.answering.compose.extractive import compose
from app.answering.localization import localize
from app.records import Sources
from app.retrieval.party_evidence import PartyEvidence, ScoredSentence
from app.retrieval.relevance import Relevance, lexical_relevance
from ingest.parties.party_table import PartyTable
from tests.fakes_corpora import Stored
from vectorstore.records import Sentence


def evidence_of(
    party: str, sentences: list[Sentence], *, confidence: float = 0.9, relevance: Relevance | None = None
) -> PartyEvidence:
    """The evidence of a party: these sentences, each as sure as `confidence` of lexical search."""
    relevance = relevance or lexical_relevance(confidence)
    evidence = tuple(ScoredSentence(sentence=sentence, relevance=relevance) for sentence in sentences)
    return PartyEvidence(party=party, searched=(), sentences=evidence)


def first_sentences(stored: Stored, name: str) -> list[Sentence]:
    """The first long sentence of each paragraph, so that no two join into one quotation."""
    first: dict[int, Sentence] = {}
    for sentence in stored[name][1]:
        if sentence.paragraph is not None and len(sentence.text) > 60:
            first.setdefault(sentence.paragraph, sentence)
    return list(first.values())


def composed(found: list[PartyEvidence], sources: Sources, parties: PartyTable, *, limit: int = 5) -> Composition:
    """The extractive answer on evidence, in English."""
    return compose(found, sources, localize(parties, "en"), limit=limit, answer_type=None)
