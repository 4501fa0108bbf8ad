"""Related passages: quotations that do not answer but may help, shown beside an answer or in place of one.

Asked what Arvandia says on article 6 of one treaty, an answer is shown with its words on article 6 of another.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from app.answering.quoting import quote
from app.answering.verify_citations import sound_citations
from app.records import Citation
from app.retrieval.party_evidence import PartyEvidence, ScoredSentence
from app.retrieval.retrieved import Retrieved

_MAX_RELATED: Final = 3


def related(retrieved: Retrieved) -> tuple[Citation, ...]:
    """Cites passages that do not answer but may help, each verified like a quotation.

    Positions that parties took only earlier come first, then what groups said, then the likeliest passages.
    """
    answering = [scored for evidence in retrieved.party_evidence for scored in evidence.earlier]
    answering += [scored for group in retrieved.group_evidence if group.answers for scored in group.best]
    of_groups = retrieved.group_evidence if not retrieved.statements_in_scope else ()
    return _cited(retrieved, answering, (*retrieved.related_evidence, *retrieved.party_evidence, *of_groups))


def related_readings(retrieved: Retrieved, citations: Sequence[Citation]) -> tuple[Citation, ...]:
    """Cites related passages that the answer does not quote, such as those on article 6 of another treaty.

    They are numbered after its citations.
    """
    quoted = {identifier for citation in citations for identifier in citation.sentence_ids}
    passages = _cited(retrieved, (), retrieved.related_evidence)
    new = (c for c in passages if not quoted & set(c.sentence_ids))
    first = max((citation.number for citation in citations), default=0) + 1
    return tuple(replace(citation, number=number) for number, citation in enumerate(new, first))


def _cited(
    retrieved: Retrieved, first: Sequence[ScoredSentence], then: Sequence[PartyEvidence]
) -> tuple[Citation, ...]:
    sources = retrieved.sources
    cited = {scored.sentence.sentence_id for scored in first}
    candidates = {scored.sentence.sentence_id: scored for evidence in then for scored in evidence.sentences}
    rest = sorted((s for key, s in candidates.items() if key not in cited), key=lambda s: -s.relevance.chance)
    nearest = {scored.sentence.sentence_id for scored in rest if scored.relevance.may_answer}
    passages = quote([scored.sentence for scored in first], sources, _MAX_RELATED, first_number=1)
    likeliest = [scored.sentence for scored in rest[:_MAX_RELATED]]
    passages += (
        replace(citation, nearest=not nearest.isdisjoint(citation.sentence_ids))
        for citation in quote(likeliest, sources, _MAX_RELATED, first_number=len(passages) + 1)
    )
    return tuple(sound_citations(passages, sources.statements))
