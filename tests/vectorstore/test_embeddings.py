import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
from pydantic import ValidationError

from tests.cases import Cases
from vectorstore.embeddings import (
    DEFAULT_MODEL,
    EmbeddingConfig,
    PackagedEmbedder,
    SentenceTransformerEmbedder,
    question_embedder,
)
from vectorstore.errors import ModelError
from vectorstore.packaged_files import EMBEDDING, carried

cases = Cases(__file__)

TEXTS = ("Extradition of offenders.", "The weather is fine today.", "Handing over a suspect to another country.")


def test_name_is_known_without_loading_and_tells_prefixes_apart():
    embedder = SentenceTransformerEmbedder(EmbeddingConfig())
    assert (embedder.name, embedder.dimension) == (DEFAULT_MODEL, 384)
    names = {
        SentenceTransformerEmbedder(EmbeddingConfig(query_prefix=query, passage_prefix=passage)).name
        for query, passage in (("", ""), ("ab", ""), ("", "ab"), ("a", "b"))
    }
    assert len(names) == 4


@pytest.mark.parametrize(
    "wrong",
    [{"modell": "x"}, {"batch_size": 0}, *({"languages": each} for each in ("", "English", "en, fr", "en,"))],
)
def test_wrong_setting_is_refused(wrong):
    with pytest.raises(ValidationError):
        EmbeddingConfig(**wrong)


@pytest.fixture(scope="module")
def embedder():
    return SentenceTransformerEmbedder(EmbeddingConfig(batch_size=2))


@pytest.mark.model
def test_vectors_are_unit_float32_in_the_order_of_their_texts(embedder):
    texts = ["short", "a text that is a good deal longer than the first one", "mid length text", "", "short"]
    heard = []
    vectors = embedder.embed_documents(texts, heard.append)
    assert vectors.shape == (5, embedder.dimension) and vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(5), abs=1e-5)
    for text, vector in zip(texts, vectors, strict=True):
        assert embedder.embed_query(text) @ vector == pytest.approx(1.0, abs=1e-4)
    assert heard == [2, 4, 5] and embedder.embed_documents([]).shape == (0, 384)


@pytest.mark.model
def test_like_meanings_are_nearer_than_others(embedder):
    extradition, weather, handing_over = embedder.embed_documents(TEXTS)
    assert extradition @ handing_over > extradition @ weather


@pytest.mark.model
def test_a_text_fits_by_the_models_own_tokens_with_special_ones(embedder):
    most = 256 - len(["[CLS]", "[SEP]"])
    assert embedder.fits(["", "word " * most, "word " * (most + 1), "word " * 600]) == [True, True, False, False]
    most //= len(["extra", "##dition"])
    assert embedder.fits(["extradition " * most, "extradition " * (most + 1)]) == [True, False]


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(carried(EMBEDDING), tmp_path / "my-model")


@pytest.mark.model
def test_any_model_in_a_folder_works_by_its_path(embedder, folder):
    other = SentenceTransformerEmbedder(EmbeddingConfig(model=str(folder), passage_prefix="passage: "))
    assert other.name.startswith(str(folder)) and other.name != str(folder)
    assert other.dimension == 384
    expected = embedder.embed_documents([f"passage: {TEXTS[0]}"])
    assert other.embed_documents([TEXTS[0]]) == pytest.approx(expected, abs=1e-5)
    assert other.embed_query(TEXTS[0]) == pytest.approx(embedder.embed_query(TEXTS[0]), abs=1e-5)
    texts = ["x " * number for number in (251, 252, 253, 254)]
    assert other.fits(texts) == embedder.fits([f"passage: {text}" for text in texts]) == [True, True, False, False]


@pytest.mark.model
def test_prefixes_are_taken_from_the_models_own_files_and_settings_come_first(embedder, folder):
    settings = {
        "prompts": {"query": "query: ", "passage": "passage: ", "odd": "odd: "},
        "default_prompt_name": "odd",
        "similarity_fn_name": "cosine",
    }
    (folder / "config_sentence_transformers.json").write_text(json.dumps(settings), encoding="utf-8")
    own = SentenceTransformerEmbedder(EmbeddingConfig(model=str(folder)))
    expected = embedder.embed_documents([f"passage: {TEXTS[0]}"])
    assert own.embed_documents([TEXTS[0]]) == pytest.approx(expected, abs=1e-5)
    assert own.embed_query(TEXTS[0]) == pytest.approx(embedder.embed_query(f"query: {TEXTS[0]}"), abs=1e-5)
    given = SentenceTransformerEmbedder(EmbeddingConfig(model=str(folder), query_prefix="ask: "))
    assert given.embed_query(TEXTS[0]) == pytest.approx(embedder.embed_query(f"ask: {TEXTS[0]}"), abs=1e-5)
    assert given.name != own.name


class _Spy:
    """Stands in for a loaded model, and records the texts that it is given."""

    max_seq_length = 256

    def __init__(self, prompts):
        self.prompts = prompts
        self.seen = []

    def get_embedding_dimension(self):
        return 4

    def encode(self, texts, **options):
        assert options["prompt"] == ""
        self.seen += texts
        return np.eye(4, dtype=np.float32)[: len(texts)]


@cases("config", "prompts", "query", "passage")
def test_every_text_has_its_prefix_once(config, prompts, query, passage, monkeypatch):
    spy = _Spy(prompts)
    monkeypatch.setattr(SentenceTransformerEmbedder, "_model", spy)
    embedder = SentenceTransformerEmbedder(EmbeddingConfig(model="some/model", **config))
    embedder.embed_query("x")
    embedder.embed_documents(["x"])
    assert spy.seen == [query, passage]


@pytest.mark.model
@pytest.mark.parametrize("name", ["no-such/model", "/no/such/folder", "no-such-model"])
def test_unknown_model_offline_names_the_settings(name):
    embedder = SentenceTransformerEmbedder(EmbeddingConfig(model=name))
    for _ in range(2):
        with pytest.raises(ModelError) as caught:
            embedder.embed_query("x")
        for part in (repr(name), "UNTOC_EMBEDDING__MODEL", "UNTOC_EMBEDDING__ALLOW_DOWNLOAD=true"):
            assert part in str(caught.value)


@pytest.mark.model
@cases("files", "content")
def test_damaged_model_folder_is_a_model_error(folder, files, content):
    for file in (file for pattern in files.split() for file in folder.glob(pattern)):
        file.unlink() if content is None else file.write_text(content)
    with pytest.raises(ModelError, match="UNTOC_EMBEDDING__MODEL"):
        SentenceTransformerEmbedder(EmbeddingConfig(model=str(folder))).embed_query("x")


ODD_TEXTS = [*cases["ODD_TEXTS"], "extradition " * 700]


@pytest.mark.model
def test_vectors_and_what_fits_are_those_of_sentence_transformers():
    packaged, known = PackagedEmbedder(), SentenceTransformerEmbedder(EmbeddingConfig(precision="float32"))
    heard = []
    vectors = packaged.embed_documents(ODD_TEXTS * 5, heard.append)[: len(ODD_TEXTS)]
    assert vectors.dtype == np.float32 and heard == [16, 32, 35]
    assert (vectors * known.embed_documents(ODD_TEXTS)).sum(axis=1).min() > 0.99999
    np.testing.assert_allclose(packaged.embed_query(ODD_TEXTS[2]), vectors[2], atol=1e-5)
    texts = [f"{odd} " * times for odd in ODD_TEXTS[:-1] for times in (1, 4, 5, 6, 20, 40, 60, 254, 255)]
    texts.append(ODD_TEXTS[-1])
    assert packaged.fits(texts) == known.fits(texts)
    assert (packaged.name, packaged.identity, packaged.dimension) == (known.name, known.identity, known.dimension)
    assert packaged.embed_documents([]).shape == (0, 384)


@pytest.mark.model
def test_another_model_or_prefix_is_left_to_torch():
    assert isinstance(question_embedder(EmbeddingConfig(precision="bfloat16", threads=1)), PackagedEmbedder)
    for config in (EmbeddingConfig(model="/models/other"), EmbeddingConfig(query_prefix="query: ")):
        assert isinstance(question_embedder(config), SentenceTransformerEmbedder)


@pytest.mark.model
def test_question_is_embedded_without_torch():
    code = (
        "import sys; from vectorstore.embeddings import PackagedEmbedder;"
        "PackagedEmbedder().embed_query('extradition'); print('torch' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
