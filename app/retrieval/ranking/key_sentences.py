"""Key sentences of a text: those nearest to the rest of it, each saying something that the others do not.

Centrality in the graph of sentences measures how much of the whole a sentence says, and maximal marginal relevance
keeps two of them from saying the same. Sentences with position marks ("We propose that …", "We have ratified …") score
higher, and sentences that refer back ("These measures …") lower. Courtesies, which are near to many sentences, are left
out.

Source: Erkan and Radev, LexRank (JAIR 22, 2004); Carbonell and Goldstein, MMR (SIGIR 1998).
"""

import math
import zlib
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
import yaml

from app.retrieval.positions.position_marks import find_position_marks
from app.retrieval.terms import content_terms
from ingest.language.anaphora import refers_back
from vectorstore.arrays import Matrix
from vectorstore.records import Sentence

# Minimum length of a key sentence, in words, or in characters for languages without spaces: shorter ones say little.
_MIN_WORDS: Final = 6
_MIN_CHARS_UNSPACED: Final = 12
# Cosine with a courtesy from which a sentence is one; chosen on the sample statement and the fictional conference.
_COURTESY_MIN: Final = 0.55
# Weight of the highest similarity to a sentence already chosen, which is subtracted (maximal marginal relevance).
_REPETITION_WEIGHT: Final = 0.5
# Bonus for position marks and penalty for referring back, in standard deviations of centrality. For 24 English
# statements, two readers each preferred the result in 19; they preferred centrality alone in 4 and in 5.
_POSITION_BONUS, _REFERS_BACK_PENALTY = 3.0, 3.0
# A longer text is thinned out evenly to at most this many sentences before they are compared.
_COMPARED_MAX: Final = 400
_HASH_DIMENSION: Final = 4096


def key_sentences(
    sentences: Sequence[Sentence], embed: Callable[[Sequence[str]], Matrix], k: int
) -> tuple[Sentence, ...]:
    """Returns up to `k` key sentences of a text, strongest first; headings and salutations are left out.

    `embed` returns unit vectors, `(n, dim)`.
    """
    # A line in capitals is a heading, even inside a paragraph.
    spoken = [s for s in sentences if s.paragraph is not None and _is_long(s) and not s.text.isupper()]
    step = max(1, math.ceil(len(spoken) / _COMPARED_MAX))
    spoken = spoken[::step]
    if not spoken:
        return ()
    vectors = embed([sentence.text for sentence in spoken])
    polite = (vectors @ embed(courtesies()).T).max(axis=1) >= _COURTESY_MIN
    near = vectors @ vectors.T
    central = near[:, ~polite].mean(axis=1) if not polite.all() else near.mean(axis=1)
    takes_position = np.array([bool(find_position_marks(each.text, each.language)) for each in spoken])
    anaphoric = np.array([refers_back(each.text) for each in spoken])
    scores = central + central.std() * (_POSITION_BONUS * takes_position - _REFERS_BACK_PENALTY * anaphoric)
    candidates = [row for row in range(len(spoken)) if not polite[row]] or list(range(len(spoken)))
    chosen: list[int] = []
    while candidates and len(chosen) < k:
        repeated = near[:, chosen].max(axis=1) if chosen else np.zeros(len(spoken), dtype=np.float32)
        best = max(candidates, key=lambda row: (scores[row] - _REPETITION_WEIGHT * repeated[row], -row))
        chosen.append(best)
        candidates.remove(best)
    return tuple(spoken[row] for row in chosen)


def _is_long(sentence: Sentence) -> bool:
    words = sentence.text.split()
    return len(words) >= _MIN_WORDS or (len(words) < 3 and len(sentence.text) >= _MIN_CHARS_UNSPACED)


def lexical_vectors(texts: Sequence[str], language: str) -> Matrix:
    """Returns unit vectors `(n, 4096)` of texts' content words, for languages that the embedding model does not know.

    Source: Weinberger et al., Feature hashing for large scale multitask learning (ICML 2009).
    """
    vectors = np.zeros((len(texts), _HASH_DIMENSION), dtype=np.float32)
    for row, text in enumerate(texts):
        for term in content_terms(text, language):
            vectors[row, zlib.crc32(term.encode()) % _HASH_DIMENSION] = 1.0
    unit: Matrix = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return unit


@cache
def courtesies() -> tuple[str, ...]:
    """Returns sentences of courtesy with which statements open and close, in six languages."""
    text = (files("app.retrieval") / "data" / "courtesies.yaml").read_text(encoding="utf-8")
    by_language: dict[str, list[str]] = yaml.load(text, Loader=yaml.CSafeLoader)
    return tuple(sentence for sentences in by_language.values() for sentence in sentences)
