"""Evidence related to the articles asked about: their subject, and their number in other treaties.

"What did Arvandia say about article 16?" also finds what it said about article 16 of another convention, and where it
cites no article 16, what it said about extradition, which the article is on.
"""

from collections.abc import Sequence
from itertools import chain

from app.question.resolution import Resolution
from app.records import TreatyScope
from app.retrieval.party_evidence import PartyEvidence
from app.retrieval.ranking.sentence_ranker import SentenceRanker
from ingest.treaties.treaties import TREATIES, article_title
from vectorstore.catalogue import Catalogue
from vectorstore.records import StatementSummary


def find_related(
    resolution: Resolution,
    evidence: Sequence[PartyEvidence],
    catalogue: Catalogue,
    ranker: SentenceRanker,
    *,
    many: bool,
) -> tuple[tuple[PartyEvidence, ...], tuple[TreatyScope, ...]]:
    """Returns related evidence, and the articles of other treaties that it cites; with `many`, parties are one list."""
    articles = [treaty for treaty in resolution.scope.treaties if treaty.articles]
    if not articles:
        return (), ()
    elsewhere: dict[TreatyScope, list[PartyEvidence]] = {}
    for treaty in articles if resolution.assumed_treaty else ():
        for other in TREATIES:
            if other != treaty.treaty:
                existing = [number for number in treaty.articles if article_title(other, number)]
                citing, cited = find_citing(evidence, other, existing, catalogue, ranker)
                if citing:
                    elsewhere[TreatyScope(treaty=other, articles=cited)] = citing
    related = list(chain.from_iterable(elsewhere.values()))
    silent = [item for item in evidence if not item.sentences and item.statements]
    if silent and not (many and len(silent) < len(evidence)):
        titles = [article_title(treaty.treaty, number) for treaty in articles for number in treaty.articles]
        subject = ranker.topic(" ".join(title for title in titles if title), "en")
        if many:
            # For a question about change over time, a party has one record of evidence per statement.
            statements_by_party: dict[str, list[StatementSummary]] = {}
            for item in silent:
                statements_by_party.setdefault(item.party, []).extend(item.statements)
            related += ranker.rank_list(statements_by_party, subject)[0]
        else:
            related += [ranker.rank_by_topic(item.party, item.statements, subject) for item in silent]
    return tuple(related), tuple(elsewhere)


def find_citing(
    evidence: Sequence[PartyEvidence],
    treaty: str | None,
    articles: Sequence[str],
    catalogue: Catalogue,
    ranker: SentenceRanker,
) -> tuple[list[PartyEvidence], tuple[str, ...]]:
    """Returns evidence that cites any of these articles of a treaty, and which of them it cites.

    The treaty None stands for a convention that is left unnamed.
    """
    ids = [summary.statement_id for item in evidence for summary in item.statements]
    mentions = catalogue.mentions(ids, "article", treaty, articles) if articles else ()
    numbers = tuple(n for n in articles if any(mention.value == n for mention in mentions))
    citing = (
        ranker.rank_by_mentions(item.party, item.statements, "article", [(treaty, numbers)])
        for item in (evidence if numbers else ())
    )
    return [item for item in citing if item.sentences], numbers
