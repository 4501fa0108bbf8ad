"""Static word vectors of the packaged embedding model."""

import numpy as np

from vectorstore.word_vectors import word_vectors


def test_vectors_are_unit_vectors_of_word_pieces_with_their_places() -> None:
    (found,) = word_vectors(["Extradition of nationals"])
    assert found.vectors.shape == (len(found.places), 384)
    assert np.allclose(np.linalg.norm(found.vectors, axis=1), 1.0, atol=1e-3)
    assert found.places[-1][1] == len("Extradition of nationals")


def test_words_that_mean_alike_are_nearer_than_others() -> None:
    money, cash, whale = (found.vectors[0] for found in word_vectors(["money", "cash", "whale"]))
    assert float(money @ cash) > float(money @ whale)


def test_a_text_without_words_has_no_vectors() -> None:
    (found,) = word_vectors([""])
    assert found.vectors.shape == (0, 384)
