"""List of many parties ("Which States spoke about …?"): which are read, how much of each, and which of them answer.

The whole scope is searched at once. The sentences read of all parties together are bounded, so that the time does not
grow with the number of parties.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Final

from app.retrieval.party_evidence import PartyEvidence, surest
from app.retrieval.ranking.sentence_ranker import SentenceRanker, scored
from app.retrieval.ranking.sentence_scorer import DEEP, Depth
from app.retrieval.relevance import CITED
from app.retrieval.relevance_features import ScoredBatch
from app.retrieval.topic.topic import Topic
from vectorstore.records import ScoredPassage, StatementSummary

# Two searches, one in the languages that the models know and one in the others, retrieve `_RETRIEVED_PASSAGES` each. A
# party is read if it owns one of the first `_NEAR_PASSAGES` of a search; if these are fewer than `_NEAR_PARTIES`, later
# passages add parties up to that number: a meeting of twenty is read whole.
_RETRIEVED_PASSAGES: Final = 400
_NEAR_PASSAGES: Final = 150
_NEAR_PARTIES: Final = 25
# Limits of a list: sentences and parties read in all, and how much is read of each party.
LIST_SENTENCES: Final = 200
LIST_PARTIES: Final = 100
_DEPTH: Final = Depth(passages=6, sentences=12, skips_far=True)
# Sentences read in the second pass over all parties that answer together: enough to read four of them in full.
_SECOND_PASS_SENTENCES: Final = 4 * DEEP.sentences
# Fewest sentences of a party in a second pass for its latest position; with fewer the pass is left out.
_MIN_POSITION_SENTENCES: Final = 8

StatementsByParty = Mapping[str, Sequence[StatementSummary]]


@dataclass(frozen=True)
class PartyList:
    """Reads many parties for one topic."""

    ranker: SentenceRanker
    topic: Topic

    def rank(
        self, statements_by_party: StatementsByParty, *, others_answer: bool = False
    ) -> tuple[tuple[PartyEvidence, ...], int]:
        """Returns the evidence of each party in order, and how many were read closely.

        `others_answer`: parties outside this list are known to answer.
        """
        evidence = {
            party: self.ranker.nothing_yet(party, own, self.topic) for party, own in statements_by_party.items()
        }
        parties_read: set[str] = set()
        for wording in self.topic.wordings:
            recalibrated = self._recalibrated(evidence, others_answer)
            silent = {party: own for party, own in statements_by_party.items() if not recalibrated[party].answers}
            parties_read |= self._read(evidence, silent, wording, as_list=True)
        return tuple(self._recalibrated(evidence, others_answer).values()), len(parties_read)

    def judge_silent_alone(self, listed: Sequence[PartyEvidence]) -> tuple[PartyEvidence, ...]:
        """Returns a list in which parties without evidence are judged as if each had been asked about.

        Where silence is asked for, a party is called silent only after this. Where it is not, these parties stay out:
        of 13 that were found in this way for 36 lists, 3 at most had spoken of the topic.
        """
        evidence = {item.party: item for item in listed}
        for wording in self.topic.wordings:
            silent = {party: item.statements for party, item in evidence.items() if not item.answers}
            self._read(evidence, silent, wording, as_list=False)
        return tuple(evidence.values())

    def read_answering_again(self, listed: Sequence[PartyEvidence], *, stance: bool) -> tuple[PartyEvidence, ...]:
        """Returns a list in which all statements of those who speak of the topic are read, for their best sentences.

        Where each party's share of the sentences read is too small, the list is returned as it is; for a `stance`, a
        smaller share is of use.
        """
        again = {item.party: item.statements for item in listed if item.has_evidence and len(item.statements) > 1}
        share = min(DEEP.sentences, _SECOND_PASS_SENTENCES // (max(1, len(again)) * len(self.topic.wordings)))
        if share < (_MIN_POSITION_SENTENCES if stance else DEEP.sentences):
            return tuple(listed)
        depth = Depth(passages=min(DEEP.passages, share // 2), sentences=share, skips_far=True)
        ranked = self.ranker.rank_each_by_topic(again, self.topic, depth)
        return tuple(
            replace(item, sentences=surest((*item.sentences, *ranked[item.party].sentences)))
            if item.party in ranked
            else item
            for item in listed
        )

    def score(self, statements_by_party: StatementsByParty, wording: Topic) -> dict[str, ScoredBatch]:
        """Scores the sentences of many parties nearest to a wording of the topic; its wordings share the limits."""
        wordings = len(self.topic.wordings)
        selected = self._passages_to_read(statements_by_party, wording)
        parties = list(selected)[: LIST_PARTIES // wordings]
        if not parties:
            return {}
        share = LIST_SENTENCES // (len(parties) * wordings)
        depth = _DEPTH._replace(sentences=min(_DEPTH.sentences, share))
        return self.ranker.scorer.score(statements_by_party, {p: selected[p] for p in parties}, wording, depth)

    def _read(
        self,
        evidence: dict[str, PartyEvidence],
        statements_by_party: StatementsByParty,
        wording: Topic,
        *,
        as_list: bool,
    ) -> Set[str]:
        """Adds to the evidence of parties what a wording of the topic finds, and returns the parties read closely."""
        batches = self.score(statements_by_party, wording)
        judged_of_each = self.ranker.scorer.judge(wording, list(batches.values()), as_list=as_list)
        for (party, batch), judged in zip(batches.items(), judged_of_each, strict=True):
            found = (*evidence[party].sentences, *scored(batch, judged))
            passages = evidence[party].passages or batch.passages
            evidence[party] = replace(evidence[party], sentences=surest(found), passages=passages)
        return batches.keys()

    def _recalibrated(self, evidence: Mapping[str, PartyEvidence], others_answer: bool) -> dict[str, PartyEvidence]:
        """Returns the evidence with each chance recalibrated, given the chances of the other parties."""
        relevance = self.ranker.relevance
        if relevance is None or self.topic.unknown:
            return dict(evidence)
        alone = [[item.relevance for item in party.sentences] for party in evidence.values()]
        # A stand-in for parties outside the list that answer: it counts among the others; `zip` drops its result.
        among = relevance.among([*alone, *([[CITED]] if others_answer else [])])
        judged = (
            tuple(replace(item, relevance=own) for item, own in zip(party.sentences, chances, strict=True))
            for party, chances in zip(evidence.values(), among, strict=False)
        )
        return {party: replace(evidence[party], sentences=own) for party, own in zip(evidence, judged, strict=True)}

    def _passages_to_read(
        self, statements_by_party: StatementsByParty, wording: Topic
    ) -> dict[str, tuple[ScoredPassage, ...]]:
        """Returns the passages of each party to read: those with a rare word of the topic, then those nearest to it.

        The former go before even where that leaves no room for the latter: a rare name is to be found.
        """
        search, languages = self.ranker.search, self.ranker.model_languages
        # A joint statement is of each of its holders.
        owners: dict[str, list[str]] = {}
        for party, own in statements_by_party.items():
            for summary in own:
                owners.setdefault(summary.statement_id, []).append(party)
        statements = [summary for own in statements_by_party.values() for summary in own]
        nearest = search.nearest(statements, wording, _RETRIEVED_PASSAGES)
        by_id = {item.passage.passage_id: item for item in nearest}
        selected: dict[str, dict[str, ScoredPassage]] = {}
        for item in search.with_rare_words(statements, wording, _NEAR_PASSAGES):
            passage = item.passage
            for party in owners[passage.statement_id]:
                selected.setdefault(party, {})[passage.passage_id] = by_id.get(passage.passage_id, item)
        # The languages that the models know and others take turns, so that no limit is used up before the latter come.
        known, others = (
            [item for item in nearest if languages.ranks(item.passage.language) is ranked] for ranked in (True, False)
        )
        for place, turn in enumerate(zip_longest(known, others)):
            for item in filter(None, turn):
                for party in owners[item.passage.statement_id]:
                    if party in selected or place < _NEAR_PASSAGES or len(selected) < _NEAR_PARTIES:
                        selected.setdefault(party, {}).setdefault(item.passage.passage_id, item)
        return {party: tuple(passages.values()) for party, passages in selected.items()}
