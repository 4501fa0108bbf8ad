"""Static word vectors of the packaged embedding model."""

import numpy as np

from vectorstore.word_vectors import word_vectors


def test_vectors_are_unit_vectors_of_word_pieces_that_are_near_where_they_mean_alike() -> None:
    (found,) = word_vectors(["Extradition of nationals"])
    assert found.vectors.shape == (len(found.places), 384)
    assert np.allclose(np.linalg.norm(found.vectors, axis=1), 1.0, atol=1e-3)
    assert found.places[-1][1] == len("Extradition of nationals")
    money, cash, whale = (found.vectors[0] for found in word_vectors(["money", "cash", "whale"]))
    assert float(money @ cash) > float(money @ whale)
    (found,) = word_vectors([""])
    assert found.vectors.shape == (0, 384)
