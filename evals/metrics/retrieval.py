"""Retrieval against evidence, computed by ir-measures over a run and relevance judgements that survive re-chunking.

Passages are retrieved, but the relevant documents are evidence groups. A passage that covers a span of a group not yet
found counts as that group, every other passage as an irrelevant document. So recall counts the groups found, whichever
way texts are split into passages. A passage that covers spans of two groups takes two ranks.
"""

from typing import Final

import ir_measures
from ir_measures import RR, R, nDCG

from evals.metrics.citations import covers
from evals.metrics.eval_sample import EvalSample, Share, share

DEPTH: Final = 10  # passages
MEASURES: Final = (R @ 5, R @ 10, R @ 20, nDCG @ 10, RR @ 10)


def ranking(sample: EvalSample) -> tuple[list[str], frozenset[str]] | None:
    """Returns (ids of retrieved documents, best first; ids of relevant ones); None without evidence or files."""
    groups = sample.case.groups
    # A case without relevant documents is left out, since its empty judgements would be averaged as 0.
    if not groups or sample.case.expect.status == "abstained" or not sample.files:
        return None
    names = [f"group-{number}" for number in range(len(groups))]
    found: list[str] = []
    for passage in sorted(sample.answer.retrieved, key=lambda item: item.rank):
        file = sample.files.get(passage.statement_id)
        met = [name for name, group in zip(names, groups, strict=True) if covers(passage, file, *group)]
        found += [name for name in met if name not in found] or [passage.passage_id]
    return found, frozenset(names)


def retrieval(sample: EvalSample) -> tuple[float, ...] | None:
    """Returns (each of `MEASURES`, 0 to 1; 1) for the retrieved passages, whether or not they were cited.

    Source: https://ir-measur.es; nDCG as in Järvelin and Kekäläinen, Cumulated Gain-Based Evaluation (TOIS 2002).
    """
    ranked = ranking(sample)
    if ranked is None:
        return None
    documents, relevant = ranked
    # The score is 1/rank, since the order of equal scores would be arbitrary.
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
