"""Relevance: chances follow the artefact of fitted weights, which is not used with other models or features."""

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from types import SimpleNamespace

import numpy as np
import pytest

from app.errors import SettingsError
from app.retrieval import relevance, relevance_features
from app.retrieval.party_evidence import PartyEvidence, ScoredSentence, merge_evidence, surest
from app.retrieval.relevance import (
    ARTEFACT,
    CITED,
    WORDS_MIN,
    AmongOthers,
    Relevance,
    RelevanceArtefact,
    lexical_relevance,
    load_relevance,
)
from app.retrieval.relevance_features import FEATURE_VERSION, SentenceFeatures, background_topics, background_vectors
from tests.fakes import HashingEmbedder
from tests.fakes_corpora import split
from vectorstore.embeddings import PackagedEmbedder

MODELS = {"embedding": "e", "reranker": "r"}
ZERO = SentenceFeatures(**dict.fromkeys(SentenceFeatures.names(), 0.0))
NO_STATES = np.zeros((3, 0), dtype=np.float32)


def _artefact(**changes: object) -> RelevanceArtefact:
    """An artefact; `changes` replace its fields, or fields of its judgement of the parties asked about (`asked`)."""
    asked = {"features": {"alone": 0.5, "contrast": 2.0}, "intercept": -1.0, "threshold": 0.4, "near": 0.2}
    values: dict[str, object] = {
        "feature_version": FEATURE_VERSION,
        "listed": {"features": {"alone": 1.0}, "intercept": 0.0, "threshold": 0.6, "near": 0.1},
        "models": MODELS,
        "pairs": 3000,
        "data_sha256": "0",
        "figures": {},
    }
    own = {name: changes.pop(name) for name in asked.keys() | {"state"} if name in changes}
    return RelevanceArtefact.model_validate(values | {"asked": asked | own} | changes)


def _evidence(*judged: tuple[int, Relevance], of: Mapping[int, str] | None = None) -> PartyEvidence:
    """Evidence of sentences by ordinal, all of statement "s" except those that `of` assigns to another."""
    (rain,) = split("Rain.")
    sentences = (
        ScoredSentence(
            sentence=replace(rain, statement_id=(of or {}).get(number, "s"), ordinal=number), relevance=relevance
        )
        for number, relevance in judged
    )
    return PartyEvidence(party="XAA", statements=(), sentences=tuple(sentences))


def test_chance_is_the_logistic_of_the_weighted_features_and_of_what_the_cross_encoder_has_read():
    model = _artefact(state=[1.0, -1.0])
    (found,) = model.judge([replace(ZERO, alone=4.0, contrast=0.25)], np.array([[3.0, 1.0]], dtype=np.float32))
    assert found.chance == pytest.approx(1 / (1 + math.exp(-(-1.0 + 0.5 * 4.0 + 2.0 * 0.25 + 3.0 - 1.0))))
    assert found.is_evidence and found.source == "calibrated"
    assert model.judge([], np.zeros((0, 2), dtype=np.float32)) == ()


def test_the_order_of_sentences_weighs_features_and_what_the_cross_encoder_has_read():
    model = _artefact(order={"features": {"worded": 2.0}, "state": [0.5, -1.0]})
    states = np.array([[2.0, 0.0], [0.0, 3.0]], dtype=np.float32)
    judged = model.judge([ZERO, replace(ZERO, worded=1.0)], states)
    assert [each.sort_key for each in judged] == pytest.approx([2.0 * 0.5, 2.0 - 3.0])
    (plain,) = _artefact().judge([replace(ZERO, alone=4.0)], NO_STATES[:1])
    assert plain.sort_key == plain.chance


def test_one_of_many_parties_is_judged_by_weights_and_thresholds_of_its_own():
    model = _artefact()
    (asked,), (listed,) = (model.judge([ZERO], NO_STATES[:1], as_list=many) for many in (False, True))
    assert (asked.chance, asked.threshold, asked.may_answer_min) == (pytest.approx(1 / (1 + math.e)), 0.4, 0.2)
    assert (listed.chance, listed.threshold, listed.may_answer_min) == (0.5, 0.6, 0.1)


def test_a_sentence_answers_from_the_threshold_on_and_is_the_nearest_between_silent_and_sure():
    model = _artefact(features={"alone": 1.0}, intercept=0.0, threshold=0.5, near=0.2)
    judged = model.judge([replace(ZERO, alone=logit) for logit in (0.0, -0.001, -3.0)], NO_STATES)
    assert [(each.is_evidence, each.may_answer) for each in judged] == [(True, False), (False, True), (False, False)]


def test_an_artefact_holds_for_its_own_models_and_features_only(tmp_path, caplog):
    caplog.set_level("INFO")
    (tmp_path / ARTEFACT).write_text(_artefact().model_dump_json(), encoding="utf-8")
    assert load_relevance(tmp_path, MODELS) == _artefact()
    assert not caplog.records
    assert load_relevance(tmp_path, MODELS | {"reranker": "another"}) is None
    assert "untoc-eval calibrate" in caplog.text
    # An artefact of another version of the features may have another schema.
    (tmp_path / ARTEFACT).write_text(json.dumps({"feature_version": 6, "weights": {"alone": 1.0}}), encoding="utf-8")
    assert load_relevance(tmp_path, MODELS) is None


def test_the_artefact_that_ships_is_of_the_present_features_and_not_used_with_others(tmp_path, monkeypatch):
    shipped = files("app").joinpath("retrieval", "data", ARTEFACT)
    record = json.loads(shipped.read_bytes())
    assert record["feature_version"] == FEATURE_VERSION
    monkeypatch.setattr(relevance, "_shipped", relevance._shipped.__wrapped__)
    assert load_relevance(tmp_path, record["models"]) == RelevanceArtefact.model_validate(record)
    monkeypatch.setattr(relevance, "FEATURE_VERSION", FEATURE_VERSION + 1)
    assert load_relevance(tmp_path, record["models"]) is None


@pytest.mark.parametrize("content", ["{", json.dumps({"weights": {}}), "null"])
def test_an_artefact_that_cannot_be_read_is_an_error_that_names_the_command(tmp_path, content):
    (tmp_path / ARTEFACT).write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match="untoc-eval calibrate"):
        load_relevance(tmp_path, MODELS)


def test_an_artefact_cannot_weigh_what_is_not_measured():
    with pytest.raises(ValueError, match="no feature 'mood'"):
        _artefact(features={"mood": 1.0})


def test_a_party_is_as_sure_as_its_surest_sentence_and_quotes_those_that_answer():
    chances = (WORDS_MIN + 0.1, WORDS_MIN, WORDS_MIN - 0.1)
    found = _evidence(*enumerate(map(lexical_relevance, chances)))
    assert (found.confidence, found.confidence_source, found.answers) == (chances[0], "lexical", True)
    assert [sentence.ordinal for sentence in found.best_sentences] == [0, 1]
    assert not replace(found, takes_no_position=True).answers and found.has_evidence


def test_weaker_sentences_are_quoted_beside_one_of_their_statement_that_answers_alone():
    model = _artefact(features={"alone": 1.0}, intercept=0.0, near=0.1)
    sure, weaker, weakest = model.judge([replace(ZERO, alone=logit) for logit in (1.0, -0.9, -1.6)], NO_STATES)
    found = _evidence(*enumerate((sure, weaker, weakest, weaker)), of={3: "other"})
    assert [sentence.ordinal for sentence in found.best_sentences] == [0, 1]
    assert replace(found, sentences=found.sentences[1:]).best_sentences == ()
    assert [sentence.ordinal for sentence in replace(found, spoke_for=("XAA",)).best_sentences] == [0]


def test_another_statement_that_likely_speaks_of_the_topic_is_quoted_of_a_party_that_answers():
    model = _artefact(features={"alone": 1.0}, intercept=0.0, threshold=0.6, near=0.1)
    sure, likely, unlikely = model.judge([replace(ZERO, alone=logit) for logit in (1.0, 0.1, -0.1)], NO_STATES)
    found = _evidence(*enumerate((sure, likely, unlikely)), of={1: "later", 2: "other"})
    assert [sentence.statement_id for sentence in found.best_sentences] == ["s", "later"]
    assert replace(found, sentences=found.sentences[1:]).best_sentences == ()


def test_merged_evidence_keeps_each_sentence_once_with_its_own_relevance():
    merged = merge_evidence(_evidence((1, CITED)), _evidence((1, lexical_relevance(0.0)), (2, lexical_relevance(0.0))))
    assert [(i.sentence.ordinal, i.relevance.source) for i in merged.sentences] == [(1, "cited"), (2, "lexical")]
    assert merged.confidence_source == "cited" and [s.ordinal for s in merged.best_sentences] == [1]


def test_a_sentence_that_was_read_twice_has_its_surest_relevance():
    asked, listed = (_artefact(features={"alone": 1.0}, intercept=0.0, threshold=least) for least in (0.5, 0.9))
    (high,) = listed.judge([replace(ZERO, alone=2.0)], NO_STATES[:1])
    (answers,) = asked.judge([replace(ZERO, alone=1.0)], NO_STATES[:1])
    (low,) = asked.judge([replace(ZERO, alone=-1.0)], NO_STATES[:1])
    found = surest([*_evidence((1, high), (2, low)).sentences, *_evidence((1, answers), (2, answers)).sentences])
    assert {item.sentence.ordinal: item.relevance for item in found} == {1: answers, 2: answers}


@pytest.mark.model
def test_kept_vectors_of_unrelated_topics_are_those_of_the_packaged_model():
    embedder = PackagedEmbedder()
    made = embedder.embed_documents(background_topics())
    kept = background_vectors(embedder)
    # If this fails, `make train` writes the kept vectors again.
    assert kept is not made and np.allclose(kept, made, atol=1e-4)


def test_vectors_of_unrelated_topics_by_another_model_are_made():
    embedder = HashingEmbedder()
    assert background_vectors(embedder).shape == (len(background_topics()), embedder.dimension)
    assert embedder.embedded == list(background_topics()) == list(dict.fromkeys(filter(None, background_topics())))


def test_statements_are_compared_with_unrelated_topics_once_while_two_generations_are_read(monkeypatch):
    monkeypatch.setattr(relevance_features, "sentence_encoder", lambda: None)
    embedder, read = HashingEmbedder(), []

    def vectors_by_statement(statement_ids):
        read.append(statement_ids)
        return {each: embedder.embed_documents([each]) for each in statement_ids}

    catalogue = SimpleNamespace(generation=1)
    store = SimpleNamespace(catalogue=catalogue, vectors_by_statement=vectors_by_statement)
    extractor = relevance_features.FeatureExtractor(store, embedder)
    for catalogue.generation in (1, 2, 1, 2):
        assert [*extractor._nearest_unrelated(["s"])] == ["s"]
    assert read == [["s"], ["s"]]


def test_one_of_many_is_as_sure_as_it_stands_out_among_the_others():
    among = AmongOthers(intercept=1.0, own=1.0, other=-0.5)
    (alone, weak), (other,), nothing = among.chances([[0.3, 0.1], [0.05], []])
    anybody = 1 - (1 - 0.3) * (1 - 0.05)
    expected = anybody / (1 + math.exp(-1.0 - math.log(0.3 / 0.7) + 0.5 * math.log(0.05 / 0.95)))
    assert alone == pytest.approx(expected) and alone > weak > other and nothing == []
    # Beside a party that is sure, the same chance counts for less.
    assert among.chances([[0.3], [0.95]])[0][0] < alone
    assert among.chances([]) == []


def test_a_list_is_judged_together_where_the_artefact_says_how():
    listed = {"features": {}, "intercept": 0.0, "threshold": 0.6, "near": 0.1}
    among = {"intercept": 1.0, "own": 1.0, "other": -0.5}
    lexical = [lexical_relevance(0.3), lexical_relevance(0.1)]
    assert _artefact().among([lexical]) == [tuple(lexical)]
    ((first, second),) = _artefact(listed=listed | {"among": among}).among([lexical])
    assert first.chance > second.chance and first.chance != 0.3 and first.threshold == WORDS_MIN
