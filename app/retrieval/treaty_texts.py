"""Search in the ingested texts of treaties: "what does article 18 of UNTOC say?"."""

from collections.abc import Sequence

from app.records import Scope
from app.retrieval.party_evidence import PartyEvidence, merge_evidence
from app.retrieval.ranking.sentence_ranker import SentenceRanker
from vectorstore.catalogue import Catalogue
from vectorstore.records import StatementSummary


def find_provisions(
    scope: Scope, texts: Sequence[StatementSummary], catalogue: Catalogue, ranker: SentenceRanker
) -> tuple[PartyEvidence, tuple[str, ...]]:
    """Returns the provisions asked about in the stored `texts` of treaties, and which of the treaties are stored."""
    evidence = PartyEvidence(party="", statements=tuple(texts))
    ids = [text.statement_id for text in texts]
    topic = ranker.topic(scope.topic, scope.language) if scope.topic else None
    treaties_held: dict[str, None] = {}
    for treaty in scope.treaties:
        mentions = catalogue.mentions(ids, "provision", treaty.treaty)
        holding = {mention.sentence.statement_id for mention in mentions}
        if holding:
            treaties_held[treaty.treaty] = None
        if treaty.articles:
            named = [(treaty.treaty, treaty.articles)]
            evidence = merge_evidence(evidence, ranker.mentions.find("", texts, "provision", named, topic))
        elif topic is not None:
            of_treaty = [text for text in texts if text.statement_id in holding]
            evidence = merge_evidence(evidence, ranker.rank_by_topic("", of_treaty, topic))
    return evidence, tuple(treaties_held)
