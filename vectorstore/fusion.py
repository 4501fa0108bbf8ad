"""Rank fusion: one ranking of passages from several, by reciprocal rank."""

from collections.abc import Mapping, Sequence

RRF_K = 60


def reciprocal_rank_fusion(
    rankings: Mapping[str, Sequence[str]], *, weights: Mapping[str, float] | None = None, rrf_k: int = RRF_K
) -> list[tuple[str, float]]:
    """Returns (id, score) over all rankings, best first; score = sum of weight / (rrf_k + rank), rank from 1.

    Args:
        rankings: Ids per arm, best first.
        weights: Weight per arm; 1.0 where it is not named.
        rrf_k: Damps the lead of the first ranks; higher means flatter.

    Source: Cormack, Clarke and Büttcher, Reciprocal Rank Fusion outperforms Condorcet (SIGIR 2009).
    """
    scores: dict[str, float] = {}
    for arm, ids in rankings.items():
        weight = 1.0 if weights is None else weights.get(arm, 1.0)
        for rank, identifier in enumerate(ids, start=1):
            scores[identifier] = scores.get(identifier, 0.0) + weight / (rrf_k + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))
