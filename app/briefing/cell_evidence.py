"""Evidence of a cell: the sentences that are likely to be on its subject, in the order in which they were found.

For "sanctions", "We oppose the sanctions." stays and "The Council meets in May." goes.
"""

from typing import Final

from app.retrieval.party_evidence import PartyEvidence
from app.retrieval.terms import content_terms
from ingest.glossary.glossary import terms_of
from vectorstore.records import Sentence

# Chance of being on the subject below which a sentence is not shown as a position on it: likelier not than so. An
# answer shows such a sentence under its question, a table under a heading that would be wrong.
_LIKELY: Final = 0.5


def on_subject(item: PartyEvidence, topic: str) -> list[Sentence]:
    """Returns the evidence of a cell without what is unlikely to be on the subject, or hardly names it.

    Where some of it names the subject, what shares less than half as many of its words is left out, since a cell has
    room for few quotations. Sentences in languages that the topic is not in stay.

    Args:
        item: The evidence of the party.
        topic: Topic words in English; empty for an article, whose evidence names it anyway.
    """
    languages = {summary.statement_id: summary.metadata.language for summary in item.searched}
    names = [terms for words in (topic, *terms_of(topic, "en")) if (terms := content_terms(words, "en"))]

    def shared(sentence: Sentence) -> float:
        held = content_terms(sentence.text, "en")
        return max((len(terms & held) / len(terms) for terms in names), default=0.0)

    def foreign(sentence: Sentence) -> bool:
        return languages.get(sentence.statement_id) not in ("en", None)

    likely = [
        found.sentence
        for found in item.best
        if found.relevance.source != "calibrated" or found.relevance.chance >= _LIKELY or shared(found.sentence) == 1
    ]
    needed = max(map(shared, likely), default=0.0) / 2
    return [sentence for sentence in likely if foreign(sentence) or shared(sentence) >= needed]
