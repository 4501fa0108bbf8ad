"""The sentence encoder for six languages."""

import numpy as np
import pytest

from tests.cases import Cases
from vectorstore import sentence_encoder
from vectorstore.sentence_encoder import DIMENSION, WORD_DIMENSION, SentenceEncoder

cases = Cases(__file__)

pytestmark = pytest.mark.model
ENCODER = SentenceEncoder()


def likeness(one: str, other: str) -> float:
    return float(ENCODER.encode(one).sentence @ ENCODER.encode(other).sentence)


@cases("question")
def test_the_same_question_is_near_in_every_language(question: str) -> None:
    english = "What did Peru say about extradition?"
    assert likeness(english, question) > likeness(english, "The weather is nice in Vienna today.") + 0.2


def test_pieces_have_their_places_in_the_text() -> None:
    text = "What did Peru say?"
    encoded = ENCODER.encode(text)
    assert encoded.sentence.shape == (DIMENSION,) and abs(float(np.linalg.norm(encoded.sentence)) - 1) < 1e-5
    assert encoded.pieces.shape == (len(encoded.offsets), WORD_DIMENSION)
    assert "Peru" in {text[start:end].strip() for start, end in encoded.offsets}


@pytest.mark.parametrize("text", ["", " ", "\x00", "a" * 50_000, "🙂" * 10])
def test_any_text_is_encoded(text: str) -> None:
    assert np.isfinite(ENCODER.encode(text).sentence).all()


def test_a_text_is_encoded_alike_each_time_and_beside_others() -> None:
    first, second = ENCODER.encode("and Iraq?"), ENCODER.encode("and Iraq?")
    assert (first.sentence == second.sentence).all() and (first.pieces == second.pieces).all()
    texts = ["", "and Iraq?", "What did Peru say about extradition? " * 20, "and Iraq?", "秘鲁", *map(str, range(40))]
    alone = np.stack([ENCODER.encode(text).sentence for text in texts])
    assert np.abs(SentenceEncoder().embed(texts) - alone).max() < 1e-5
    assert (SentenceEncoder().embed(texts) == SentenceEncoder().embed(texts)).all()


def test_sentences_in_a_row_are_encoded_nearly_as_one_text_each_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sentences = [
        "Arvandia ratified the Convention in 2004.",
        "Its central authority answers requests within a month.",
        "We thank the Secretariat for its report.",
    ]
    together, alone = ENCODER.embed_joined([sentences, sentences[:1]])
    assert alone @ ENCODER.encode(sentences[0]).sentence > 0.9999
    whole = ENCODER.encode(" ".join(sentences)).sentence
    assert together @ whole > 0.9 > ENCODER.encode(sentences[2]).sentence @ whole
    assert ENCODER.embed_joined([]).shape == (0, DIMENSION)
    encoder = SentenceEncoder()
    encoder.embed(sentences)
    monkeypatch.setattr(SentenceEncoder, "_encode", lambda *_: pytest.fail("reads it again"))
    assert encoder.embed_joined([sentences[:2], sentences[1:]]).shape == (2, DIMENSION)


def test_vectors_that_were_asked_for_latest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentence_encoder, "_KEPT", 2)
    encoder = SentenceEncoder()
    for texts in (["one", "two"], ["one", "three"], ["one"]):
        assert encoder.embed(texts).shape == (len(texts), DIMENSION)
    assert list(encoder._kept) == ["three", "one"]


def test_frequent_pieces_are_unpacked_before_a_text_needs_them(monkeypatch: pytest.MonkeyPatch) -> None:
    ENCODER.load()
    ENCODER.unpack_frequent()
    monkeypatch.setattr("zipfile.ZipExtFile.read", lambda *_: pytest.fail("reads on"))
    assert ENCODER.encode("What did they say about this?").sentence.shape == (DIMENSION,)
