"""Tests of vectorstore.bert: a fine-tuned classifier gives the chances that torch gives with the same changes."""

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from vectorstore import bert
from vectorstore.bert import FineTunedClassifier, mean_states, packaged_tokenizer, packaged_weights, word_vectors

TUNED = Path(str(files("app.retrieval"))) / "data" / "direction_en.safetensors"
CLASSES = ["a", "b", "c", "d", "e"]
CHANGED = ("encoder.layer.0.attention.self.query", "encoder.layer.5.output.dense")
PAIRS = [("embargo", "We reject the * embargo *."), ("review", "The * review * took nine years. " * 60), ("", "")]


@pytest.mark.model
def test_chances_are_those_of_torch_with_the_changes_in_its_layers(tmp_path: Path) -> None:
    import torch
    from transformers import BertModel

    random = np.random.default_rng(7)
    folder, weights = packaged_weights()
    head = {"head.weight": random.normal(size=(5, 384)), "head.bias": random.normal(size=5)}
    changes = {}
    for name in CHANGED:
        outward, inward = weights[f"{name}.weight"].shape
        changes |= {
            f"{name}.a": random.normal(size=(8, inward)) / 20,
            f"{name}.b": random.normal(size=(outward, 8)) / 20,
        }
    stored = {name: array.astype(np.float16) for name, array in (head | changes).items()}
    save_file(stored, tmp_path / "tuned.safetensors", metadata={"classes": json.dumps(CLASSES)})
    model = BertModel.from_pretrained(str(folder)).eval()
    with torch.inference_mode():
        for name in CHANGED:
            change = stored[f"{name}.b"].astype(np.float32) @ stored[f"{name}.a"].astype(np.float32)
            model.get_submodule(name).weight += torch.from_numpy(change)
        tuned = FineTunedClassifier(tmp_path / "tuned.safetensors")
        for first, second in PAIRS:
            encoded = packaged_tokenizer().encode(first, second)
            ids, types = torch.tensor([encoded.ids]), torch.tensor([encoded.type_ids])
            mean = model(input_ids=ids, token_type_ids=types).last_hidden_state[0].mean(0).numpy()
            scores = stored["head.weight"].astype(np.float32) @ mean + stored["head.bias"].astype(np.float32)
            expected = np.exp(scores - np.logaddexp.reduce(scores))
            (found,) = tuned.chances([(first, second)])
            assert list(found) == CLASSES
            np.testing.assert_allclose([*found.values()], expected, atol=1e-4)
    # The packaged model's weights, which others share, are unchanged.
    assert packaged_weights()[1][f"{CHANGED[0]}.weight"] is weights[f"{CHANGED[0]}.weight"]


@pytest.mark.model
def test_texts_read_together_are_read_as_alone() -> None:
    weights, encoded = packaged_weights()[1], packaged_tokenizer().encode_batch(PAIRS * 3)
    alone = np.concatenate([mean_states([each], weights) for each in encoded])
    assert np.abs(mean_states(encoded, weights) - alone).max() < 1e-5


@pytest.mark.model
def test_chances_of_pairs_read_together_are_those_of_each_alone_and_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [(topic, f"{text} {number}") for topic, text in PAIRS for number in range(9)]
    together, one_by_one = FineTunedClassifier(TUNED), FineTunedClassifier(TUNED)
    alone = [one_by_one.chances([pair])[0] for pair in pairs]
    for found, expected in zip(together.chances(pairs), alone, strict=True):
        np.testing.assert_allclose([*found.values()], [*expected.values()], atol=1e-5)
    monkeypatch.setattr(bert, "mean_states", lambda *_, **__: pytest.fail("reads it again"))
    assert together.chances(pairs[:1]) == together.chances([*pairs, *pairs])[:1]


def test_vectors_are_unit_vectors_of_word_pieces_that_are_near_where_they_mean_alike() -> None:
    (found,) = word_vectors(["Extradition of nationals"])
    assert found.vectors.shape == (len(found.places), 384)
    assert np.allclose(np.linalg.norm(found.vectors, axis=1), 1.0, atol=1e-3)
    assert found.places[-1][1] == len("Extradition of nationals")
    money, cash, whale = (found.vectors[0] for found in word_vectors(["money", "cash", "whale"]))
    assert float(money @ cash) > float(money @ whale)
    (found,) = word_vectors([""])
    assert found.vectors.shape == (0, 384)
