"""Retrieval against evidence, computed by ir-measures over a run and relevance judgements that survive re-chunking.

What is retrieved is a passage, what is relevant an evidence group. A passage that holds a span of a group not yet found
stands for that group; every other passage is a document that is not relevant. So recall counts groups found and no
splitting of texts changes what is relevant. A passage that holds spans of two groups takes two ranks.
"""

from typing import Final

import ir_measures
from ir_measures import RR, R, nDCG

from evals.metrics.citations import covers
from evals.metrics.eval_sample import EvalSample, Share, share

DEPTH: Final = 10
MEASURES: Final = (R @ 5, R @ 10, R @ 20, nDCG @ 10, RR @ 10)


def ranking(sample: EvalSample) -> tuple[list[str], frozenset[str]] | None:
    """Returns (ids of retrieved documents, best first; of relevant ones) of a case; None without evidence or files."""
    groups = sample.case.groups
    # Without relevant documents there is no query: an empty set of judgements would be averaged as 0.
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
    """Returns (each of `MEASURES`, 0 to 1; 1) of what was retrieved, whether or not it was cited.

    Source: https://ir-measur.es; nDCG as in Järvelin and Kekäläinen, Cumulated Gain-Based Evaluation (TOIS 2002).
    """
    ranked = ranking(sample)
    if ranked is None:
        return None
    documents, relevant = ranked
    # By 1/rank, since equal scores would be ordered by chance.
    run = {"q": {document: 1.0 / rank for rank, document in enumerate(documents, start=1)}}
    found = ir_measures.calc_aggregate(MEASURES, {"q": dict.fromkeys(relevant, 1)}, run)
    return (*(float(found[measure]) for measure in MEASURES), 1.0)


def wrong_state(sample: EvalSample) -> Share:
    """Returns (passages of a State that was not asked about among the first ten, passages among the first ten)."""
    asked = sample.asked_about
    if not asked or not sample.files:
        return None
    first = sorted(sample.answer.retrieved, key=lambda item: item.rank)[:DEPTH]
    documents = [sample.documents.get(sample.files.get(passage.statement_id, "")) for passage in first]
    speakers = [document.state for document in documents if document is not None and document.state is not None]
    return share(speaker not in asked | sample.spoke_for(asked) for speaker in speakers)
