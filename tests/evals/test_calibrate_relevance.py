"""Calibration: fits on pairs that can be told apart, the sealed fold, and sets that are too small for a fit."""

import math
from dataclasses import replace
from itertools import count
from typing import Final

import numpy as np
import pytest

import evals.calibrate_relevance
from app.retrieval.relevance import RelevanceArtefact
from app.retrieval.relevance_features import SentenceFeatures
from evals.calibrate_order import fit_order, order_figures, ranks_of
from evals.calibrate_relevance import SEALED, abstention, best_threshold, figures_of, fit, fit_among, split
from evals.errors import EvalError
from evals.metrics.table import Floats
from evals.relevance_pairs import FOLDS, Pair, PairSource, Sample, fold_of

pytestmark = pytest.mark.integration

MODELS: Final = {"embedding": "e", "reranker": "r"}
NAMES: Final = SentenceFeatures.names()


def _name(kind: str, number: int, fold: int) -> str:
    """Returns a name that falls into a fold."""
    return next(name for n in count() if fold_of(name := f"{kind} {number}.{n}") == fold)


def _pair(number: int, *, answered: bool, source: PairSource = "question", topic_fold: int | None = None) -> Pair:
    fold = number % FOLDS if topic_fold is None else topic_fold
    topic, party = _name("topic", number, fold), _name("party", number, number // FOLDS % FOLDS)
    return Pair(topic=topic, party=party, files=(f"{number}.txt",), answered=answered, source=source)


def _sample(pair: Pair, features: Floats | None = None) -> Sample:
    table = np.zeros((1, len(NAMES))) if features is None else features
    none = np.zeros(len(table), dtype=np.bool_)
    return Sample(pair=pair, features=table, states=np.zeros((len(table), 2)), evidence=none, beside=none)


def _samples(size: int) -> list[Sample]:
    """Returns samples of three sentences; in every other one the second sentence answers, with `alone` higher by 8."""
    random = np.random.default_rng(7)
    samples = []
    for number in range(size):
        features = random.normal(size=(3, len(NAMES)))
        features[1, NAMES.index("alone")] += 8.0 * (number % 2)
        samples.append(_sample(_pair(number, answered=number % 2 == 1), features))
    return samples


@pytest.mark.parametrize(
    ("chances", "answered", "between", "precision", "recall"),
    [
        ([0.1, 0.2, 0.8, 0.9], [False, False, True, True], (0.2, 0.8), 1.0, 1.0),
        # Below 0.95 are 2 of 3 pairs without an answer and 1 of 12 with one; the former count as a quarter of all.
        ([0.1, 0.2, 0.3, 0.97, *[0.95] * 11], [False, True, False, False, *[True] * 11], (0.3, 0.95), 8 / 11, 2 / 3),
    ],
)
def test_threshold_balances_precision_and_recall_of_abstention(chances, answered, between, precision, recall) -> None:
    pairs = np.array(chances), np.array(answered)
    threshold = best_threshold(*pairs)
    assert between[0] < threshold <= between[1]
    assert abstention(*pairs, threshold, evals.calibrate_relevance._IN_VAIN) == pytest.approx((precision, recall))


def test_a_fit_tells_pairs_apart_by_their_surest_sentence() -> None:
    artefact = fit(_samples(400), MODELS)
    assert artefact.figures.keys() == {"topic", "party"}, "the sealed fold is measured when asked alone"
    assert min(artefact.figures[by]["auc"] for by in ("topic", "party")) > 0.95
    assert max(weights := artefact.asked.features, key=lambda name: abs(weights[name])) == "alone"
    flat = SentenceFeatures(**dict.fromkeys(NAMES, 0.0))
    near, far = artefact.judge([replace(flat, alone=8.0), flat], np.zeros((2, 2)))
    assert near.is_evidence and not far.is_evidence


def test_sentences_beside_the_evidence_are_less_sure_than_the_evidence() -> None:
    column = NAMES.index("contrast")
    plain = _samples(400)
    for sample in plain:
        # In answered pairs the first sentence, which does not answer, has a high value of another feature.
        sample.features[0, column] += 6.0 * sample.pair.answered
    labelled = [replace(s, beside=np.array([s.pair.answered, False, False])) for s in plain]
    weight, plain_weight = (fit(samples, MODELS).asked.features["contrast"] for samples in (labelled, plain))
    assert weight < plain_weight


def test_the_order_learns_from_features_and_hidden_states_which_sentence_answers() -> None:
    random = np.random.default_rng(11)
    samples = []
    for number in range(200):
        states, evidence = random.normal(size=(4, 2)), np.arange(4) == number % 4
        states[:, 1] += 5.0 * evidence
        made = _sample(_pair(number, answered=number % 5 > 0), np.zeros((4, len(NAMES))))
        samples.append(replace(made, states=states, evidence=evidence & made.pair.answered))
    order = fit_order(samples[:100])
    assert order is not None and abs(order.state[1]) > 5 * abs(order.state[0])
    assert order_figures(ranks_of(samples[100:], order))["first"] > 0.95
    assert fit_order([sample for sample in samples if not sample.pair.answered]) is None


def test_the_sealed_fold_shares_no_party_and_no_topic_with_what_is_fitted_and_is_measured_when_asked() -> None:
    samples = _samples(400)
    open_, sealed = split(samples)
    assert sealed and all(sample.pair.fold("party") == SEALED for sample in sealed)
    assert not {s.pair.topic for s in open_} & {s.pair.topic for s in sealed}
    assert not {s.pair.party for s in open_} & {s.pair.party for s in sealed}
    assert fit(samples, MODELS, with_sealed=True).figures["sealed"]["auc"] > 0.95


def test_lists_are_sealed_by_their_topic() -> None:
    listed = _sample(_pair(1, answered=True, source="list", topic_fold=SEALED))
    asked = _sample(_pair(2, answered=True, topic_fold=SEALED))
    assert split([listed, asked]) == ([asked], [listed])


def test_lists_have_a_judgement_of_their_own_where_there_are_enough() -> None:
    asked, lists = _samples(400), [replace(s, pair=replace(s.pair, source="list")) for s in _samples(400)]
    for sample in lists:
        # In lists another feature distinguishes the answers.
        sample.features[:] = np.roll(sample.features, NAMES.index("contrast") - NAMES.index("alone"), axis=1)
    artefact = fit([*asked, *lists], MODELS)
    assert artefact.listed.features["contrast"] > 5 * abs(artefact.listed.features["alone"])
    assert artefact.asked.features["alone"] > 5 * abs(artefact.asked.features["contrast"])
    assert artefact.figures["topic"]["list_f1"] > 0.9
    few = fit([*asked, *lists[:30]], MODELS)
    assert few.listed == few.asked and "list_f1" not in few.figures["topic"]
    # Without `asked`, which says which pairs belong to one list, each pair is judged by itself.
    assert artefact.listed.among is None
    together = [replace(s, pair=replace(s.pair, asked=f"list {n // 4}")) for n, s in enumerate(lists)]
    weighed = fit([*asked, *together], MODELS, with_sealed=True)
    assert weighed.listed.among is not None and weighed.listed.among.own > 0
    assert min(weighed.figures[fold]["list_f1"] for fold in ("topic", "party", "sealed")) > 0.9
    # A single long list has a single topic, so it cannot be split into folds and measured.
    one = [replace(sample, pair=replace(sample.pair, topic=lists[0].pair.topic)) for sample in lists]
    assert fit([*asked, *one], MODELS).listed == fit(asked, MODELS).asked


def test_who_stands_out_of_a_list_is_learned_from_lists() -> None:
    """In half of the lists all chances are low; in each list the party that answers has the highest one."""
    chances, samples = list[float](), list[Sample]()
    for number in range(40):
        for place in range(4):
            pair = _pair(4 * number + place, answered=place == 0, source="list")
            samples.append(_sample(replace(pair, asked=f"list {number}")))
            chances.append((0.9, 0.5, 0.4, 0.3)[place] / (1 if number % 2 else 4))
    among = fit_among(np.array(chances), samples)
    assert among is not None and among.own > 0 > among.other
    (stands_out,), (behind,) = among.chances([[0.225], [0.125]])
    (same,), _ = among.chances([[0.125], [0.9]])
    assert stands_out > 0.225 and same < behind
    assert fit_among(np.array(chances[:12]), samples[:12]) is None


def test_figures_count_lists_as_sets() -> None:
    samples = [_sample(_pair(n, answered=n < 2, source="list")) for n in range(4)]
    found = figures_of(np.array([0.9, 0.1, 0.8, 0.1]), samples, 0.5)
    assert found["list_f1"] == round(2 * 1 / (2 + 2), 4)


@pytest.mark.parametrize("answered", [True, False])
def test_figures_of_one_class_are_numbers_without_an_auc(answered: bool) -> None:
    found = figures_of(np.array([0.9, 0.1]), [_sample(_pair(n, answered=answered)) for n in range(2)], 0.5)
    assert "auc" not in found and all(map(math.isfinite, found.values()))


def test_a_fit_whose_chances_are_near_0_and_1_can_be_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evals.calibrate_relevance, "near_threshold", lambda *_: 1e-6)
    monkeypatch.setattr(evals.calibrate_relevance, "best_threshold", lambda *_: 1 - 1e-6)
    fitted = fit(_samples(200), MODELS)
    assert RelevanceArtefact.model_validate_json(fitted.model_dump_json()) == fitted


@pytest.mark.parametrize("size", [0, 1, 40])
def test_a_fit_says_what_it_needs(size: int) -> None:
    with pytest.raises(EvalError, match="at least 50 pairs"):
        fit(_samples(size), MODELS)


def test_folds_depend_on_the_name_alone() -> None:
    assert fold_of("Climate Change") == fold_of("climate change")
    assert {fold_of(str(n)) for n in range(99)} == {*range(FOLDS)}
