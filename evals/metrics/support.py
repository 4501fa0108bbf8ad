"""Figures of judges: how many claims are supported, how well citations do it, and whether the judge can be believed."""

from collections.abc import Hashable, Iterable, Sequence
from typing import Final

# Below two kinds of decisions chance explains all agreement.
_KINDS: Final = 2


def judged_support(verdicts: Iterable[bool | None]) -> float | None:
    """Returns supported claims / claims with a verdict, 0 to 1; None without any.

    Source: weighted recall of the TREC 2024 RAG support evaluation (Thakur et al. 2025), without partial support.
    """
    given = [verdict for verdict in verdicts if verdict is not None]
    return sum(given) / len(given) if given else None


def citation_figures(
    judged: Iterable[tuple[Hashable, bool, Sequence[bool]]],
) -> tuple[float | None, float | None]:
    """Returns (citation recall, citation precision) by entailment, 0 to 1; None where nothing bears on one.

    recall    = mean over answers of: claims that their quotations together entail / claims
    precision = mean over answers of: good citations / citations

    A citation is good if the quotations of its claim together entail the claim, and it does so alone or the others do
    not without it. A claim that cites nothing is not entailed. Answers without claims, as abstentions are, and without
    citations bear on neither; ALCE counts them as 0, and looks at three citations of a sentence at most.

    Args:
        judged: For each claim: its answer, whether its quotations together entail it, and which citations are good.

    Source: Gao et al., Enabling Large Language Models to Generate Text with Citations (ALCE, EMNLP 2023), section 4.
    """
    entailed: dict[Hashable, list[bool]] = {}
    good: dict[Hashable, list[bool]] = {}
    for answer, supported, citations in judged:
        entailed.setdefault(answer, []).append(supported)
        good.setdefault(answer, []).extend(citations)
    return _mean_share(entailed.values()), _mean_share(good.values())


def _mean_share(groups: Iterable[Sequence[bool]]) -> float | None:
    shares = [sum(group) / len(group) for group in groups if group]
    return sum(shares) / len(shares) if shares else None


def agreement(human: Sequence[bool], judged: Sequence[bool]) -> float | None:
    """Returns Cohen's κ of two sequences of decisions on the same claims, -1 to 1, 0 being what chance would give.

    None where it is not defined: without claims, or where all decisions are the same.

    Source: Cohen, A Coefficient of Agreement for Nominal Scales (1960).
    """
    if len({*human, *judged}) < _KINDS:
        return None
    from sklearn.metrics import cohen_kappa_score

    return float(cohen_kappa_score(human, judged))
