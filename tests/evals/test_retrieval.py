"""Retrieval figures: equal to ir-measures on the files of a run, and as computed by hand."""

import math

import pytest

from app.records import Answer, RetrievedPassage
from evals.cases.case import Case, Evidence, Expectation
from evals.cases.documents import Document
from evals.metrics.eval_sample import EvalSample
from evals.metrics.retrieval import MEASURES, ranking, retrieval, wrong_state


def _passage(rank: int, start: int, end: int, statement: str = "s1") -> RetrievedPassage:
    return RetrievedPassage(
        passage_id=f"p{rank}", statement_id=statement, start=start, end=end, rank=rank, score=1 / rank
    )


def _sample(*passages: RetrievedPassage) -> EvalSample:
    spans = (
        Evidence(id="e1", file="a.txt", start=100, end=150),
        Evidence(id="e2", file="a.txt", start=400, end=450),
        Evidence(id="e3", file="b.txt", start=0, end=50),
    )
    case = Case(
        id="c",
        question="?",
        type="compare",
        answerable=True,
        expect=Expectation(status="answered", states=("XAA",)),
        evidence=spans,
        evidence_groups=(("e1", "e2"), ("e3",)),
    )
    return EvalSample(
        case=case,
        answer=Answer(question="?", answer="", status="answered", retrieved=passages),
        files={"s1": "a.txt", "s2": "b.txt"},
        documents={
            "a.txt": Document(file="a.txt", text="", state="XAA"),
            "b.txt": Document(file="b.txt", text="", state="XAB"),
        },
    )


def test_ranking_counts_groups_whichever_way_texts_are_split() -> None:
    found = ranking(_sample(_passage(1, 0, 60), _passage(2, 90, 200), _passage(3, 390, 460), _passage(4, 0, 80, "s2")))
    assert found is not None
    # The third passage holds a span of a group that is found already.
    assert found == (["p1", "group-0", "p3", "group-1"], frozenset({"group-0", "group-1"}))
    halves = ranking(_sample(_passage(1, 100, 130), _passage(2, 130, 150), _passage(3, 0, 30, "s2")))
    assert halves is not None
    assert halves[0] == ["group-0", "p2", "group-1"]


def test_retrieval_figures_by_hand() -> None:
    found = retrieval(
        _sample(_passage(1, 0, 60), _passage(2, 90, 200), _passage(3, 500, 600), _passage(4, 0, 80, "s2"))
    )
    ideal = 1 / math.log2(2) + 1 / math.log2(3)
    # Recall at 5, 10 and 20, nDCG and the reciprocal rank, over one case.
    expected = (2 / 2, 2 / 2, 2 / 2, (1 / math.log2(3) + 1 / math.log2(5)) / ideal, 1 / 2)
    assert found == pytest.approx((*expected, 1.0))
    assert retrieval(_sample()) == (*[0.0] * len(MEASURES), 1.0)


def test_passages_of_others_are_counted_among_the_first_ten() -> None:
    passages = [_passage(rank, 0, 10, "s1" if rank % 2 else "s2") for rank in range(1, 13)]
    assert wrong_state(_sample(*passages)) == (5.0, 10.0)


def test_retrieval_does_not_apply_where_files_are_unknown() -> None:
    sample = _sample(_passage(1, 90, 200))
    assert retrieval(EvalSample(case=sample.case, answer=sample.answer)) is None
