"""Tests of vectorstore.question_embedder against sentence-transformers on the same weights."""

import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest

from vectorstore.embeddings import EmbeddingConfig, SentenceTransformerEmbedder
from vectorstore.question_embedder import PackagedEmbedder, question_embedder

pytestmark = pytest.mark.model

TEXTS = [
    "",
    "x",
    "What did Arvandia say about article 4?",
    "Arvandia supports the review mechanism, and asks that it be funded from the regular budget. " * 3,
    "Что сказала Арвандия о выдаче?",
    "大会 الجمعية العامة",
    "extradition " * 700,
]


def test_vectors_and_counts_are_those_of_sentence_transformers():
    own, known = PackagedEmbedder(), SentenceTransformerEmbedder(EmbeddingConfig().for_questions())
    vectors = own.embed_documents(TEXTS)
    assert vectors.dtype == np.float32
    assert (vectors * known.embed_documents(TEXTS)).sum(axis=1).min() > 0.99999
    np.testing.assert_allclose(own.embed_query(TEXTS[2]), vectors[2], atol=1e-5)
    assert own.count_tokens(TEXTS) == known.count_tokens(TEXTS)
    assert (own.name, own.identity, own.dimension, own.window) == (
        known.name, known.identity, known.dimension, known.window,
    )  # fmt: skip
    assert own.embed_documents([]).shape == (0, 384)


def test_progress_hears_of_all_texts():
    heard = []
    PackagedEmbedder().embed_documents(TEXTS * 5, heard.append)
    assert heard[-1] == 35 and all(before < after for before, after in pairwise(heard))


def test_another_model_or_prefix_is_left_to_torch():
    assert isinstance(question_embedder(EmbeddingConfig(precision="bfloat16", threads=1)), PackagedEmbedder)
    for config in (EmbeddingConfig(model="/models/other"), EmbeddingConfig(query_prefix="query: ")):
        assert isinstance(question_embedder(config), SentenceTransformerEmbedder)


def test_question_is_embedded_without_torch():
    code = (
        "import sys; from vectorstore.question_embedder import PackagedEmbedder;"
        "PackagedEmbedder().embed_query('extradition'); print('torch' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
