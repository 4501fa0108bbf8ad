"""Static word vectors: the packaged embedding model's own vectors of word pieces, before any context is read.

They tell how near the words of a topic are to those of a sentence, at the cost of a look-up: "capital" is nearer to
"money" than to "whale", whatever stands around them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from vectorstore.arrays import Matrix
from vectorstore.bert import packaged_weights

if TYPE_CHECKING:
    from tokenizers import Tokenizer

# The first entries of the vocabulary are signs and unused ones.
_FIRST_WORD: Final = 1000


@dataclass(frozen=True, kw_only=True)
class WordVectors:
    """The word pieces of a text.

    Attributes:
        places: Where each stands in the text, `[start, end)`.
        vectors: Unit vectors, (pieces, 384) float32; those of two pieces are compared by their product, -1 to 1.
    """

    places: tuple[tuple[int, int], ...]
    vectors: Matrix


def word_vectors(texts: Sequence[str]) -> list[WordVectors]:
    """Returns the vectors of the word pieces of texts; those of a text without words are of shape (0, 384)."""
    tokenizer, table, mean = _loaded()
    found = []
    for each in tokenizer.encode_batch(list(texts), add_special_tokens=False):
        vectors = table[each.ids] - mean
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + np.float32(1e-6)
        found.append(WordVectors(places=tuple(each.offsets), vectors=vectors))
    return found


@cache
def _loaded() -> "tuple[Tokenizer, Matrix, Matrix]":
    """Returns the tokenizer, the vectors of its vocabulary and their mean, which all of them have in common."""
    from tokenizers import Tokenizer

    folder, weights = packaged_weights()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    table = weights["embeddings.word_embeddings.weight"]
    return tokenizer, table, table[_FIRST_WORD:].mean(axis=0)
