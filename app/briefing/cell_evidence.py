"""Evidence of a cell: the sentences that name its subject, in the order in which they were found, newest first.

For "sanctions", "We oppose the sanctions." stays and "The Council meets in May." goes.
"""

from app.retrieval.party_evidence import PartyEvidence
from app.retrieval.terms import content_terms
from ingest.glossary.glossary import terms_of
from vectorstore.records import Sentence


def on_subject(item: PartyEvidence, topic: str) -> list[Sentence]:
    """Returns the evidence of a cell without what hardly names the subject, since a cell has room for few quotations.

    Where some of it names the subject, what shares less than half as many of its words is left out. Sentences in
    languages that the topic is not in stay.

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

    needed = max((shared(sentence) for sentence in item.strong), default=0.0) / 2
    return [sentence for sentence in item.strong if foreign(sentence) or shared(sentence) >= needed]
