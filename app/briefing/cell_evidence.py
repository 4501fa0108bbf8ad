"""Evidence of a cell: the sentences that are surely on its subject, in the order in which they were found.

For "sanctions", "We oppose the sanctions." stays and "The Council meets in May." goes. Where nothing is sure, what is
nearest to the subject is shown as that.
"""

from typing import Final

from app.retrieval.party_evidence import PartyEvidence, ScoredSentence
from app.retrieval.terms import content_terms
from ingest.glossary.glossary import terms_of, terms_within
from ingest.glossary.thesaurus import thesaurus
from vectorstore.records import Sentence

# Chance of being on the subject from which on a sentence stands under its heading, and from which on it may, as the
# nearest passage. An answer quotes from a lower one on, since its question stands above it. Chosen on cells that were
# read against their statements: of the sentences between, half were on something else.
_SURE: Final = 0.7
_NEAREST: Final = 0.3


def on_subject(item: PartyEvidence, topic: str) -> list[Sentence]:
    """Returns the evidence of a cell without what does not answer on the subject, or hardly names it.

    What only goes on beside an answer stands under its question there; in a table the heading would be wrong.

    Where some of it names the subject, what shares less than half as many of its words is left out, since a cell has
    room for few quotations. Sentences in languages that the topic is not in stay.

    Args:
        item: The evidence of the party.
        topic: Topic words in English; empty for an article, whose evidence names it anyway.
    """
    languages = {summary.statement_id: summary.metadata.language for summary in item.searched}
    known = terms_of(topic, "en")
    names = [terms for words in (topic, *known) if (terms := content_terms(words, "en"))]
    own = {named.concept for named in terms_within(topic, "en")}
    own = own.union(*map(thesaurus().narrower, own))

    def shared(sentence: Sentence) -> float:
        text = sentence.text
        # "Trafficking in persons" shares no word with the trafficking in firearms: it is the name of something else. A
        # term that holds the whole topic ("legal basis for extradition") is on it.
        for named in reversed(terms_within(text, "en") if known else ()):
            term = content_terms(text[named.start : named.end], "en")
            if named.concept not in own and not any(terms <= term for terms in names):
                text = text[: named.start] + text[named.end :]
        held = content_terms(text, "en")
        return max((len(terms & held) / len(terms) for terms in names), default=0.0)

    def foreign(sentence: Sentence) -> bool:
        return languages.get(sentence.statement_id) not in ("en", None)

    likely = [found.sentence for found in item.best if _is_sure(found) or shared(found.sentence) == 1]
    needed = max(map(shared, likely), default=0.0) / 2
    return [sentence for sentence in likely if foreign(sentence) or shared(sentence) >= needed]


def nearest(item: PartyEvidence) -> list[Sentence]:
    """Returns the sentence nearest to the subject of a cell without evidence; none where nothing comes near it."""
    best = max(item.sentences, key=lambda found: found.relevance.chance, default=None)
    return [best.sentence] if best is not None and best.relevance.chance >= _NEAREST else []


def _is_sure(found: ScoredSentence) -> bool:
    calibrated = found.relevance.source == "calibrated"
    return found.relevance.chance >= _SURE if calibrated else found.relevance.answers
