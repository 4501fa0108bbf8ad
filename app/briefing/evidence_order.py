"""Evidence order in a cell: sentences that name the subject first, and of these the ones with an outright position.

For "sanctions", "We oppose the sanctions." comes before "The Council discussed the sanctions.".
"""

from typing import Final

from app.briefing.position_classifier import kinds_of
from app.retrieval.party_evidence import PartyEvidence
from app.retrieval.terms import content_terms
from ingest.glossary.glossary import terms_of
from vectorstore.records import Sentence

# The strength of marks that say a position outright (`app.briefing.position_classifier.RULES`).
_OUTRIGHT: Final = 3


def order_evidence(item: PartyEvidence, topic: str) -> list[Sentence]:
    """Orders the evidence of a cell by relevance to the subject and outrightness, strongest first within.

    Where some of it names the subject (topic words in English), what shares less than half as many of its words is left
    out: a cell has room for few quotations. Sentences in other languages stay.
    """
    languages = {summary.statement_id: summary.metadata.language for summary in item.searched}
    names = [terms for words in (topic, *terms_of(topic, "en")) if (terms := content_terms(words, "en"))]

    def shared(sentence: Sentence) -> float:
        held = content_terms(sentence.text, "en")
        return max((len(terms & held) / len(terms) for terms in names), default=0.0)

    def foreign(sentence: Sentence) -> bool:
        return languages.get(sentence.statement_id) not in ("en", None)

    def outright(sentence: Sentence) -> bool:
        marks = kinds_of(sentence.text, languages.get(sentence.statement_id))
        return any(mark.strength == _OUTRIGHT for mark in marks)

    needed = max((shared(sentence) for sentence in item.strong), default=0.0) / 2
    kept = [sentence for sentence in item.strong if foreign(sentence) or shared(sentence) >= needed]
    return sorted(kept, key=lambda sentence: not outright(sentence))
