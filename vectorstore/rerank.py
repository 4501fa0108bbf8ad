"""Reranking by a cross-encoder: question and text are read together.

Source: Nogueira and Cho, Passage Re-ranking with BERT (2019); weights: cross-encoder/ms-marco-MiniLM-L-12-v2, int8.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from vectorstore.arrays import Matrix
from vectorstore.carried import RERANKER, carried, find_carried
from vectorstore.embeddings import Embedder
from vectorstore.errors import ModelError
from vectorstore.offline import forbid_reports

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from sentence_transformers import CrossEncoder
    from tokenizers import Tokenizer

logger = logging.getLogger(__name__)

PACKAGED = "ms-marco-MiniLM-L-12-v2-int8"


class CrossEncoderConfig(BaseModel):
    """Which cross-encoder is used, and how."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    """A sentence-transformers CrossEncoder by name or folder."""
    allow_download: bool = False
    """Whether a model may be fetched from a hub; off, only local files are used."""
    max_length: int = Field(default=512, ge=32, le=8192)
    """Tokens of both texts together; what lies beyond is cut off."""
    batch_size: int = Field(default=16, ge=1, le=256)
    """Pairs per forward pass."""


class RerankConfig(CrossEncoderConfig):
    """Which cross-encoder ranks the evidence."""

    model: str = PACKAGED
    """The packaged one, any sentence-transformers CrossEncoder by name or folder, or `none`."""
    languages: str = Field(default="en", pattern=r"^[a-z]{2}(,[a-z]{2})*$")
    """ISO 639-1 codes of the languages that the cross-encoder knows, with commas between."""
    max_length: int = Field(default=256, ge=32, le=8192)


class Reranker(Protocol):
    """Scores texts against a question."""

    @property
    def name(self) -> str:
        """Name for reports."""
        ...

    @property
    def identity(self) -> str:
        """The name with the hash of the weights, where a package carries them: what a calibration holds for."""
        ...

    def score(self, query: str, texts: Sequence[str]) -> Matrix:
        """Returns one relevance logit per text, (n,) float32, unbounded, higher is better."""
        ...


class OnnxReranker:
    """The packaged cross-encoder, run by onnxruntime; it is loaded at first use."""

    name = PACKAGED
    identity = f"{PACKAGED}@{RERANKER.hashes['model.onnx']}"

    def __init__(self, config: RerankConfig) -> None:
        self._config = config
        self._loading = threading.Lock()

    def score(self, query: str, texts: Sequence[str]) -> Matrix:
        """Returns one relevance logit per text, (n,) float32, higher is better; no texts give an empty array."""
        scores = np.zeros(len(texts), dtype=np.float32)
        if not texts:
            return scores
        with self._loading:
            tokenizer, session = self._loaded
        encoded = tokenizer.encode_batch([(query, text) for text in texts])
        # Batches of like length waste no padding.
        order = sorted(range(len(texts)), key=lambda index: len(encoded[index].ids), reverse=True)
        names = {argument.name for argument in session.get_inputs()}
        for begin in range(0, len(order), self._config.batch_size):
            batch = order[begin : begin + self._config.batch_size]
            width = max(len(encoded[index].ids) for index in batch)
            feed = {
                name: np.zeros((len(batch), width), dtype=np.int64)
                for name in ("input_ids", "attention_mask", "token_type_ids")
            }
            for row, index in enumerate(batch):
                length = len(encoded[index].ids)
                feed["input_ids"][row, :length] = encoded[index].ids
                feed["attention_mask"][row, :length] = 1
                feed["token_type_ids"][row, :length] = encoded[index].type_ids
            (logits,) = session.run(None, {name: array for name, array in feed.items() if name in names})
            scores[batch] = np.asarray(logits, dtype=np.float32).reshape(len(batch), -1)[:, 0]
        return scores

    @cached_property
    def _loaded(self) -> "tuple[Tokenizer, InferenceSession]":
        forbid_reports()
        import onnxruntime
        from tokenizers import Tokenizer

        # For a program that imported it before; the switch in the environment alone keeps the device id away.
        onnxruntime.disable_telemetry_events()
        folder = carried(RERANKER)
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        # Cuts the text of a pair, and a question that alone is too long, which `only_second` would refuse.
        tokenizer.enable_truncation(self._config.max_length, strategy="longest_first")
        tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
        logger.info("reranker %s loaded", PACKAGED)
        return tokenizer, session


class CrossEncoderReranker:
    """Any sentence-transformers CrossEncoder; it is loaded at first use."""

    def __init__(self, config: RerankConfig) -> None:
        self._config = config
        self._loading = threading.Lock()

    @property
    def name(self) -> str:
        """Name for reports."""
        return self._config.model

    @property
    def identity(self) -> str:
        """The name; the weights are whoever's they are."""
        return self._config.model

    def score(self, query: str, texts: Sequence[str]) -> Matrix:
        """Returns one relevance logit per text, (n,) float32, higher is better."""
        if not texts:
            return np.zeros(0, dtype=np.float32)
        with self._loading:
            model = self._loaded
        return read_pairs(model, [(query, text) for text in texts], self._config.batch_size)[:, 0]

    @cached_property
    def _loaded(self) -> "CrossEncoder":
        try:
            return load_cross_encoder(self._config)
        except ModelError as exc:
            raise ModelError(
                f"the reranker {exc}: give a local folder as UNTOC_RERANK__MODEL, or `none` to do without"
            ) from exc


def load_cross_encoder(config: CrossEncoderConfig) -> "CrossEncoder":
    """Loads a cross-encoder of sentence-transformers; a ModelError says that it cannot be, for the caller to go on."""
    from safetensors import SafetensorError
    from sentence_transformers import CrossEncoder

    try:
        model: CrossEncoder = CrossEncoder(
            config.model, device="cpu", max_length=config.max_length, local_files_only=not config.allow_download
        )
    except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as exc:
        raise ModelError(f"{config.model!r} cannot be loaded") from exc
    return model


def read_pairs(model: "CrossEncoder", pairs: Sequence[tuple[str, str]], batch_size: int) -> Matrix:
    """Returns the logits of a cross-encoder for pairs of texts, (n, outputs) float32."""
    import torch

    logits = model.predict(
        list(pairs), batch_size=batch_size, show_progress_bar=False, activation_fn=torch.nn.Identity()
    )
    return np.asarray(logits, dtype=np.float32).reshape(len(pairs), -1)


def scorer(reranker: Reranker | None, embedder: Embedder) -> Callable[[str, Sequence[str]], Matrix]:
    """Returns what scores texts against a question: a cross-encoder, or the cosine of an embedding model.

    The cosine is scaled to the range of the logits, so that one calibration serves both; ranking is weaker.
    """
    if reranker is not None:
        return reranker.score

    def score(question: str, texts: Sequence[str]) -> Matrix:
        scaled: Matrix = (embedder.embed_documents(list(texts)) @ embedder.embed_query(question)) * 20.0 - 11.0
        return scaled

    return score


def build_reranker(config: RerankConfig) -> Reranker | None:
    """Returns the configured reranker; None where the settings say `none`, with weaker ranking."""
    if config.model == "none":
        return None
    if config.model != PACKAGED:
        return CrossEncoderReranker(config)
    try:
        find_carried(RERANKER)
    except ModelError as exc:
        logger.warning("%s, or set UNTOC_RERANK__MODEL=none; ranking is weaker without it", exc)
        return None
    return OnnxReranker(config)
