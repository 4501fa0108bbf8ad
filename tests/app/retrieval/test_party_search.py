"""Search for one party: for a change over time, its statements one by one."""

from collections.abc import Sequence
from typing import Any, cast

import pytest

from app.question.resolution import Resolution
from app.records import Scope
from app.retrieval.party_evidence import PartyEvidence, ScoredSentence
from app.retrieval.party_search import PartySearch
from app.retrieval.relevance import Relevance
from app.retrieval.search_strategy import SearchStrategy
from vectorstore.records import Metadata, Sentence, StatementSpan, StatementSummary

# The chance of each statement's sentence by itself, and among all of its party.
CHANCES = {"on topic": (0.9, 0.95), "in other words": (0.7, 0.2), "on other things": (0.6, 0.02)}


def statement(key: str) -> StatementSummary:
    return StatementSummary(
        statement_id=key, document_id=key, file=f"{key}.txt", sha256="", kind="statement",
        metadata=Metadata(state="XAA"), inferred=(), span=StatementSpan(start=0, end=9), passages=1, added="",
    )  # fmt: skip


def found(key: str, chance: float) -> ScoredSentence:
    sentence = Sentence(statement_id=key, ordinal=0, start=0, end=len(key), text=key, paragraph=1, page=None)
    relevance = Relevance(chance=chance, source="calibrated", threshold=0.5, may_answer_min=0.1, sort_key=chance)
    return ScoredSentence(sentence=sentence, relevance=relevance)


class Ranker:
    def rank_by_centroid(self, party: str, statements: Sequence[StatementSummary]) -> PartyEvidence:
        sentences = tuple(found(s.statement_id, CHANCES[s.statement_id][len(statements) > 1]) for s in statements)
        return PartyEvidence(party=party, statements=tuple(statements), sentences=sentences)


@pytest.mark.parametrize(
    ("keys", "answering"),
    [
        ([*CHANCES], ["on topic", "in other words"]),
        (["on other things"], ["on other things"]),
    ],
)
def test_a_statement_that_is_far_from_the_topic_among_all_of_its_party_is_no_evidence_of_a_change(keys, answering):
    search = PartySearch(
        cast(Any, None),
        cast(Any, Ranker()),
        SearchStrategy(by="centroid"),
        Resolution(scope=Scope(states=("XAA",)), question="has it changed?", over_time=True),
        as_list=False,
    )
    evidence, _ = search.find_all({"XAA": [statement(key) for key in keys]})
    assert [item.sentences[0].sentence.text for item in evidence if item.answers] == answering
    assert len(evidence) == len(keys)
