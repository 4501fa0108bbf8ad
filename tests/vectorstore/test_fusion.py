import pytest
from hypothesis import given
from hypothesis import strategies as st

from vectorstore.fusion import RRF_K, reciprocal_rank_fusion

IDS = st.lists(st.sampled_from("abcdefgh"), unique=True)


def test_fusion_adds_reciprocal_ranks():
    fused = reciprocal_rank_fusion({"dense": ["a", "b"], "lexical": ["b", "c"]})
    assert fused == [
        ("b", pytest.approx(1 / (60 + 2) + 1 / (60 + 1))),
        ("a", pytest.approx(1 / (60 + 1))),
        ("c", pytest.approx(1 / (60 + 2))),
    ]


def test_fusion_weighs_arms_and_orders_equal_scores_by_id():
    fused = dict(reciprocal_rank_fusion({"dense": ["a"], "lexical": ["b"]}, weights={"dense": 2.0}, rrf_k=10))
    assert fused == {"a": pytest.approx(2.0 / (10 + 1)), "b": pytest.approx(1.0 / (10 + 1))}
    assert [identifier for identifier, _ in reciprocal_rank_fusion({"x": ["b"], "y": ["a"]})] == ["a", "b"]
    assert reciprocal_rank_fusion({}) == []
    assert reciprocal_rank_fusion({"dense": []}) == []


@given(IDS, IDS)
def test_fusion_keeps_every_id_once_with_its_formula(dense, lexical):
    fused = reciprocal_rank_fusion({"dense": dense, "lexical": lexical})
    assert sorted(identifier for identifier, _ in fused) == sorted({*dense, *lexical})
    assert [score for _, score in fused] == sorted((score for _, score in fused), reverse=True)
    for identifier, score in fused:
        ranks = [arm.index(identifier) + 1 for arm in (dense, lexical) if identifier in arm]
        assert score == pytest.approx(sum(1 / (RRF_K + rank) for rank in ranks))


@given(IDS)
def test_fusion_of_one_arm_keeps_its_order(ids):
    assert [identifier for identifier, _ in reciprocal_rank_fusion({"dense": ids})] == ids
