"""Retrieval figures: equal to ir-measures on the files of a run, and as computed by hand."""

import math

import pytest

from app.records import RetrievedPassage
from evals.cases.documents import Document
from evals.metrics.eval_sample import EvalSample
from evals.metrics.retrieval import MEASURES, ranking, retrieval, wrong_state
from tests.cases import Cases
from tests.evals.made import answer, case, passage

cases = Cases(__file__)

# Two spans of a.txt are one evidence group, one of b.txt is another.
CASE = case(
    states=("XAA",), type="compare", evidence_groups=(("e1", "e2"), ("e3",)),
    evidence=[
        {"id": f"e{n}", "file": file, "start": start, "end": start + 50}
        for n, (file, start) in enumerate((("a.txt", 100), ("a.txt", 400), ("b.txt", 0)), start=1)
    ],
)  # fmt: skip
SPEAKERS = {"a.txt": "XAA", "b.txt": "XAB"}


def retrieved(*places: tuple[int, int] | tuple[int, int, str]) -> tuple[RetrievedPassage, ...]:
    """Passages by their places, best first: of the statement in a.txt where none is named."""
    return tuple(passage(*place[:2], rank=rank, statement=[*place, "s1"][2]) for rank, place in enumerate(places, 1))


def sample(*places: tuple[int, int] | tuple[int, int, str], **fields) -> EvalSample:
    documents = {file: Document(file=file, text="", state=state) for file, state in SPEAKERS.items()}
    files = {"files": {"s1": "a.txt", "s2": "b.txt"}} | fields
    return EvalSample(case=CASE, answer=answer(retrieved=retrieved(*places)), documents=documents, **files)


@cases("places", "documents", tuples=True)
def test_ranking_counts_groups_whichever_way_texts_are_split(places, documents) -> None:
    assert ranking(sample(*places)) == ([*documents], frozenset({"group-0", "group-1"}))


def test_retrieval_figures_by_hand() -> None:
    found = retrieval(sample((0, 60), (90, 200), (500, 600), (0, 80, "s2")))
    ideal = 1 / math.log2(2) + 1 / math.log2(3)
    # Recall at 5, 10 and 20, nDCG and the reciprocal rank, over one case.
    expected = (2 / 2, 2 / 2, 2 / 2, (1 / math.log2(3) + 1 / math.log2(5)) / ideal, 1 / 2)
    assert found == pytest.approx((*expected, 1.0))
    assert retrieval(sample()) == (*[0.0] * len(MEASURES), 1.0)
    assert retrieval(sample((90, 200), files={})) is None, "it does not apply where files are unknown"


def test_passages_of_others_are_counted_among_the_first_ten() -> None:
    assert wrong_state(sample(*[(0, 10), (0, 10, "s2")] * 6)) == (5.0, 10.0)
