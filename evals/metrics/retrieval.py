"""Retrieval against evidence, computed by ir-measures over a run and relevance judgements that survive re-chunking.

What is retrieved is a passage, what is relevant an evidence group. A passage that holds a span of a group not yet found
stands for that group; every other passage is a document that is not relevant. So recall counts groups found and no
splitting of texts changes what is relevant. A passage that holds spans of two groups takes two ranks.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import ir_measures
from ir_measures import RR, R, nDCG

from evals.metrics.citations import covers
from evals.metrics.eval_sample import EvalSample, Share, share

DEPTH: Final = 10
MEASURES: Final = {
    "recall_at_5": R @ 5,
    "recall_at_10": R @ 10,
    "recall_at_20": R @ 20,
    "ndcg_at_10": nDCG @ 10,
    "rr_at_10": RR @ 10,
}
# Document ids, best first.
Ranking = Sequence[str]


def ranking(sample: EvalSample) -> tuple[Ranking, frozenset[str]] | None:
    """Returns (retrieved documents, best first; relevant documents) of a case; None without evidence or files.

    A case without relevant documents is no query: an empty set of judgements would be averaged as 0.
    """
    groups = sample.case.groups
    if not groups or sample.case.expect.status == "abstained" or not sample.files:
        return None
    names = [f"group-{number}" for number in range(len(groups))]
    found: list[str] = []
    for passage in sorted(sample.answer.retrieved, key=lambda item: item.rank):
        file = sample.files.get(passage.statement_id)
        met = [name for name, group in zip(names, groups, strict=True) if any(covers(passage, file, s) for s in group)]
        found += [name for name in met if name not in found] or [passage.passage_id]
    return found, frozenset(names)


def retrieval(sample: EvalSample) -> tuple[float, ...] | None:
    """Returns (one value per measure of `MEASURES`, 1): of what was retrieved, whether or not it was cited."""
    ranked = ranking(sample)
    if ranked is None:
        return None
    documents, relevant = ranked
    values = measure({"q": documents}, {"q": relevant})["q"]
    return (*(values[name] for name in MEASURES), 1.0)


def measure(run: Mapping[str, Ranking], relevant: Mapping[str, frozenset[str]]) -> dict[str, dict[str, float]]:
    """Returns the measures of each query by their names in `MEASURES`, 0 to 1.

    Scores are 1/rank, since equal scores would be ordered by chance.

    Source: https://ir-measur.es; nDCG as in Järvelin and Kekäläinen, Cumulated Gain-Based Evaluation (TOIS 2002).
    """
    scored = {
        query: {document: 1.0 / rank for rank, document in enumerate(documents, start=1)}
        for query, documents in run.items()
    }
    qrels = {query: dict.fromkeys(documents, 1) for query, documents in relevant.items()}
    names = {value: name for name, value in MEASURES.items()}
    found: dict[str, dict[str, float]] = {query: dict.fromkeys(MEASURES, 0.0) for query in relevant}
    for metric in ir_measures.iter_calc(list(MEASURES.values()), qrels, scored):
        found[metric.query_id][names[metric.measure]] = metric.value
    return found


def wrong_state(sample: EvalSample) -> Share:
    """Returns (passages of a State that was not asked about among the first ten, passages among the first ten)."""
    asked = sample.asked_about
    if not asked or not sample.files:
        return None
    first = sorted(sample.answer.retrieved, key=lambda item: item.rank)[:DEPTH]
    documents = [sample.documents.get(sample.files.get(passage.statement_id, "")) for passage in first]
    speakers = [document.state for document in documents if document is not None and document.state is not None]
    return share(speaker not in asked | sample.spoke_for(asked) for speaker in speakers)
