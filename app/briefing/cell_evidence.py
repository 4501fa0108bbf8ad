"""Evidence of a cell: the sentences that are surely on its subject, in the order in which they were found.

For "sanctions", "We oppose the sanctions." stays and "The Council meets in May." goes. Where nothing is sure, what is
nearest to the subject is shown as that.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from app.answering.citation_spans import CONTEXT_SENTENCES
from app.briefing.cells import Subject
from app.retrieval.party_evidence import PartyEvidence, ScoredSentence
from app.retrieval.terms import content_terms
from app.retrieval.topic import topic_in
from ingest.glossary.glossary import terms_of, terms_within
from ingest.glossary.thesaurus import thesaurus
from vectorstore.records import Sentence

# Chance of being on the subject from which on a sentence stands under its heading, and from which on it may, as the
# nearest passage. An answer quotes from a lower one on, since its question stands above it. Chosen on cells that were
# read against their statements: of the sentences between, half were on something else.
_SURE: Final = 0.7
# The same for what is quoted without some word of the subject, such as "funding" for "funding of the mechanism".
_SURE_BY_MEANING: Final = 0.95
_NEAREST: Final = 0.3
_NEAREST_SHARE: Final = 1 / 3


def on_subject(item: PartyEvidence, subject: Subject, sentences: Mapping[str, Sequence[Sentence]]) -> list[Sentence]:
    """Returns the evidence of a cell without what does not answer on the subject, or hardly names it.

    What only goes on beside an answer stands under its question there; in a table the heading would be wrong.

    Where some of it names the subject, what shares less than half as many of its words is left out, since a cell has
    room for few quotations. Sentences in languages that the topic is not in stay.

    Args:
        item: The evidence of the party.
        subject: What it is evidence on; what names an article is on it anyway.
        sentences: All sentences of each statement.
    """
    topic = topic_in(subject.topic, subject.language, "en")
    shared = _shared(topic)
    languages = {summary.statement_id: summary.metadata.language for summary in item.searched}

    def foreign(sentence: Sentence) -> bool:
        return languages.get(sentence.statement_id) not in ("en", None)

    def is_sure(found: ScoredSentence) -> bool:
        sentence, chance = found.sentence, found.relevance.chance
        if found.relevance.source != "calibrated" or shared(sentence.text) == 1:
            return True
        named = foreign(sentence) or not content_terms(topic, "en") or shared(_with_next(sentence, sentences)) == 1
        return chance >= (_SURE if named else _SURE_BY_MEANING)

    likely = [found.sentence for found in item.best if is_sure(found)]
    needed = max((shared(sentence.text) for sentence in likely), default=0.0) / 2
    return [sentence for sentence in likely if foreign(sentence) or shared(sentence.text) >= needed]


def nearest(item: PartyEvidence, subject: Subject, sentences: Mapping[str, Sequence[Sentence]]) -> list[Sentence]:
    """Returns the sentence nearest to the subject of a cell without evidence; none where nothing comes near it.

    The arguments are those of `on_subject`. What does not answer has to share some of the subject's words.
    """
    best = max(item.sentences, key=lambda found: found.relevance.chance, default=None)
    if best is None or best.relevance.chance < _NEAREST:
        return []
    sentence = best.sentence
    other = {s.statement_id for s in item.searched if s.metadata.language not in ("en", None)}
    terms = content_terms(topic_in(subject.topic, subject.language, "en"), "en")
    held = terms & content_terms(_with_next(sentence, sentences), "en")
    shares = sentence.statement_id in other or len(held) >= len(terms) * _NEAREST_SHARE
    return [sentence] if shares or best.relevance.answers else []


def _shared(topic: str) -> Callable[[str], float]:
    """Returns which share of the words of a topic, or of a term for the same, a text holds."""
    known = terms_of(topic, "en")
    names = [terms for words in (topic, *known) if (terms := content_terms(words, "en"))]
    own = {named.concept for named in terms_within(topic, "en")}
    own = own.union(*map(thesaurus().narrower, own))

    def shared(text: str) -> float:
        # "Trafficking in persons" shares no word with the trafficking in firearms: it is the name of something else. A
        # term that holds the whole topic ("legal basis for extradition") is on it.
        for named in reversed(terms_within(text, "en") if known else ()):
            term = content_terms(text[named.start : named.end], "en")
            if named.concept not in own and not any(terms <= term for terms in names):
                text = text[: named.start] + text[named.end :]
        held = content_terms(text, "en")
        return max((len(terms & held) / len(terms) for terms in names), default=0.0)

    return shared


def _with_next(sentence: Sentence, sentences: Mapping[str, Sequence[Sentence]]) -> str:
    """Returns a sentence with those of its paragraph with which a quotation goes on."""
    following = sentences[sentence.statement_id][sentence.ordinal : sentence.ordinal + 1 + CONTEXT_SENTENCES]
    return " ".join(each.text for each in following if each.paragraph == sentence.paragraph)
