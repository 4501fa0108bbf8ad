"""Selection for a list ("Which States spoke about …?"): which parties are read, and how much of each.

The sentences read of all parties together are bounded, so that the time does not grow with the number of parties.
"""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Final

from app.retrieval.model_languages import ModelLanguages
from app.retrieval.ranking.passage_search import PassageSearch
from app.retrieval.ranking.sentence_scorer import Depth
from app.retrieval.topic.topic import Topic
from vectorstore.records import ScoredPassage, StatementSummary

# Passages nearest to the topic that are retrieved, of the languages that the models know and of others each. A party
# is read if it owns one of the first `_NEAR_PASSAGES` of either, or while fewer than `_NEAR_PARTIES` are read: of a
# meeting of twenty all are.
_RETRIEVED_PASSAGES: Final = 400
_NEAR_PASSAGES: Final = 150
_NEAR_PARTIES: Final = 25
# Limits of a list: sentences and parties read in all, and how much is read of each party.
LIST_SENTENCES: Final = 200
LIST_PARTIES: Final = 100
LIST_DEPTH: Final = Depth(passages=6, sentences=12, skips_far=True)


def select_passages(
    search: PassageSearch,
    model_languages: ModelLanguages,
    statements_by_party: Mapping[str, Sequence[StatementSummary]],
    topic: Topic,
) -> dict[str, tuple[ScoredPassage, ...]]:
    """Returns the passages of each party to read: those with a rare word of the topic, then those nearest to it.

    The former go before even where that leaves no room for the latter: a rare name is to be found.
    """
    # A joint statement is of each of its holders.
    owners: dict[str, list[str]] = {}
    for party, own in statements_by_party.items():
        for summary in own:
            owners.setdefault(summary.statement_id, []).append(party)
    statements = [summary for own in statements_by_party.values() for summary in own]
    nearest = search.nearest(statements, topic, _RETRIEVED_PASSAGES)
    scored = {item.passage.passage_id: item for item in nearest}
    selected: dict[str, dict[str, ScoredPassage]] = {}
    for item in search.with_rare_words(statements, topic, _NEAR_PASSAGES):
        passage = item.passage
        for party in owners[passage.statement_id]:
            selected.setdefault(party, {})[passage.passage_id] = scored.get(passage.passage_id, item)
    # The languages that the models know and others take turns, so that no limit is used up before the latter come.
    known, others = (
        [item for item in nearest if model_languages.ranks(item.passage.language) is ranked] for ranked in (True, False)
    )
    for place, turn in enumerate(zip_longest(known, others)):
        for item in filter(None, turn):
            for party in owners[item.passage.statement_id]:
                if party in selected or place < _NEAR_PASSAGES or len(selected) < _NEAR_PARTIES:
                    selected.setdefault(party, {}).setdefault(item.passage.passage_id, item)
    return {party: tuple(passages.values()) for party, passages in selected.items()}
