import pytest

from vectorstore.entailment import EntailmentConfig, EntailmentModel
from vectorstore.errors import ModelError

PAIRS = [("We support the review.", "France supports the review."), ("We thank you.", "France pays.")]
NLI = {0: "contradiction", 1: "entailment", 2: "neutral"}


def _tiny(folder, labels, likeliest):
    """Writes an untrained cross-encoder that always gives one label."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "we", "support", "the", "review", "france", "."]
    (folder / "vocab.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    config = BertConfig(
        vocab_size=len(words), hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8,
        max_position_embeddings=64, num_labels=len(labels), id2label=labels,
        label2id={label: index for index, label in labels.items()},
    )  # fmt: skip
    model = BertForSequenceClassification(config)
    with torch.no_grad():
        model.classifier.weight.zero_()
        model.classifier.bias.copy_(torch.tensor([1.0 if index == likeliest else 0.0 for index in labels]))
    model.save_pretrained(folder)
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder)
    return EntailmentModel(EntailmentConfig(model=str(folder), max_length=32, batch_size=1))


def test_no_pairs_load_nothing():
    model = EntailmentModel(EntailmentConfig(model="no-such/model"))
    assert (model.name, model.entails([])) == ("no-such/model", [])


@pytest.mark.model
@pytest.mark.parametrize(
    ("labels", "likeliest", "entails"),
    [
        (NLI, 1, True),
        (NLI, 0, False),
        # The order of labels is the model's own.
        ({0: "ENTAILMENT", 1: "NEUTRAL", 2: "CONTRADICTION"}, 0, True),
        ({0: "ENTAILMENT", 1: "NEUTRAL", 2: "CONTRADICTION"}, 1, False),
        ({0: "not_entailment", 1: "entailment"}, 1, True),
        ({0: "not_entailment", 1: "entailment"}, 0, False),
    ],
)
def test_entailment_is_the_label_of_that_name(tmp_path, labels, likeliest, entails):
    assert _tiny(tmp_path, labels, likeliest).entails([*PAIRS, ("we " * 500, "support " * 500)]) == [entails] * 3


@pytest.mark.model
@pytest.mark.parametrize("labels", [{0: "LABEL_0", 1: "LABEL_1", 2: "LABEL_2"}, {0: "entailment"}])
def test_model_that_is_none_for_entailment_is_refused(tmp_path, labels):
    with pytest.raises(ModelError, match="is none for entailment"):
        _tiny(tmp_path, labels, 0).entails(PAIRS)


@pytest.mark.model
def test_unknown_model_offline_says_what_to_do():
    with pytest.raises(ModelError, match="give a local folder, or allow the hub with --allow-download"):
        EntailmentModel(EntailmentConfig(model="no-such/model")).entails(PAIRS)
