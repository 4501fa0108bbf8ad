"""Embedding models: sentence-transformers, by default all-MiniLM-L6-v2 with the weights from its package.

Numpy embeds questions, and the few sentences compared with them, with the default weights and without importing torch.
Its vectors have a cosine above .9999 with those of torch, which embeds the passages in an ingest.
"""

import copy
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, Literal, Protocol

import numpy as np
from pydantic import BaseModel, Field

# Imported before the model libraries, which read the environment when they are imported.
import vectorstore.offline  # noqa: F401 - imported for what it sets in the environment
from vectorstore.arrays import Matrix
from vectorstore.bert import mean_states, packaged_tokenizer, packaged_weights
from vectorstore.errors import ModelError
from vectorstore.packaged_files import EMBEDDING, carried, loaded_once

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from transformers import PreTrainedTokenizerBase

logger = logging.getLogger(__name__)

DEFAULT_MODEL = "all-MiniLM-L6-v2"
_PACKAGED: Final = f"{DEFAULT_MODEL}@{EMBEDDING.hashes['model.safetensors']}"
# Texts of similar length in one forward pass by numpy.
_BATCH: Final = 16


class EmbeddingConfig(BaseModel, frozen=True, extra="forbid"):
    """Which embedding model is used, and how."""

    model: str = DEFAULT_MODEL
    """Name: the default comes with its package; any other is a sentence-transformers name or a folder."""
    allow_download: bool = False
    """Whether a model may be fetched from a hub; off, only local files are used."""
    query_prefix: str = ""
    """Put before every question, as some models ask (`query: `); empty: what the model's own files say."""
    passage_prefix: str = ""
    """Put before every passage, as some models ask (`passage: `); empty: what the model's own files say."""
    languages: str = Field(default="en", pattern=r"^[a-z]{2}(,[a-z]{2})*$")
    """ISO 639-1 codes of the languages that the model knows, with commas between; others are found by words only."""
    batch_size: int = Field(default=32, ge=1, le=1024)
    """Texts per forward pass."""
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    """Of the arithmetic on passages: `auto` takes bfloat16 where the processor has instructions for it."""
    threads: int | None = Field(default=None, ge=1)
    """CPU threads of the model; default: as torch chooses."""


class Embedder(Protocol):
    """Turns text into unit vectors."""

    def fits(self, texts: Sequence[str]) -> list[bool]:
        """Returns for each text whether the model reads the whole of it; a longer one is truncated."""

    @property
    def name(self) -> str:
        """Name of the model, which the store records."""

    @property
    def identity(self) -> str:
        """The name, with the hash of packaged weights: a calibration is valid for one identity only."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def embed_documents(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Matrix:
        """Returns unit vectors (n, dim) float32 for passages; `progress` is called with how many are done."""

    def embed_query(self, text: str) -> Matrix:
        """Returns the unit vector (dim,) float32 of a question."""


class SentenceTransformerEmbedder:
    """A sentence-transformers model; it is loaded at first use."""

    def __init__(self, config: EmbeddingConfig) -> None:
        self._config = config
        # Prefixes belong to the name that the store records, since they change the vectors.
        prefixes = (config.query_prefix, config.passage_prefix)
        self.name = f"{config.model}#{'|'.join(prefixes)}" if any(prefixes) else config.model
        self.identity = _PACKAGED if self.name == DEFAULT_MODEL else self.name

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        # Constant for the default model, so that opening a store does not load it.
        if self._config.model == DEFAULT_MODEL:
            return 384
        return int(self._model.get_embedding_dimension() or 0)

    def fits(self, texts: Sequence[str]) -> list[bool]:
        """Returns for each text whether the model reads the whole of it, with its prefix and special tokens."""
        encoded = self._counter([self._passage_prefix + text for text in texts], truncation=False, verbose=False)
        return [len(ids) <= (self._model.max_seq_length or 512) for ids in encoded["input_ids"]]

    def embed_documents(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Matrix:
        """Returns unit vectors (n, dim) float32 for passages; `progress` is called with how many are done."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for batch in batches_of_like_length(list(map(len, texts)), self._config.batch_size, progress):
            vectors[batch] = self._encode([self._passage_prefix + texts[index] for index in batch])
        return vectors

    def embed_query(self, text: str) -> Matrix:
        """Returns the unit vector (dim,) float32 of a question."""
        prefix = self._config.query_prefix or self._own_prompt("query")
        vector: Matrix = self._encode([prefix + text])[0]
        return vector

    @property
    def _passage_prefix(self) -> str:
        return self._config.passage_prefix or self._own_prompt("passage") or self._own_prompt("document")

    def _own_prompt(self, name: str) -> str:
        return str(self._model.prompts.get(name) or "")

    def _encode(self, texts: list[str]) -> Matrix:
        # The texts have their prefix already; the empty prompt keeps the model from adding its default one.
        encoded = self._model.encode(
            texts, prompt="", show_progress_bar=False, batch_size=len(texts), convert_to_numpy=True
        )
        # Normalised here in float32, since in bfloat16 the length has a precision of one to two digits only.
        return _normalized(np.asarray(encoded, dtype=np.float32))

    @loaded_once
    def _counter(self) -> "PreTrainedTokenizerBase":
        # A separate copy of the tokenizer, since its truncation setting is a state that threads would share.
        counter: PreTrainedTokenizerBase = copy.deepcopy(self._model.tokenizer)
        return counter

    @loaded_once
    def _model(self) -> "SentenceTransformer":
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
        source = str(carried(EMBEDDING)) if self._config.model == DEFAULT_MODEL else self._config.model
        import torch
        from safetensors import SafetensorError
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()  # type: ignore[no-untyped-call] # the library has no types here
        if self._config.threads is not None:
            torch.set_num_threads(self._config.threads)
        try:
            model = SentenceTransformer(source, device="cpu", local_files_only=not self._config.allow_download)
            if len(model.tokenizer) <= len(model.tokenizer.all_special_ids):
                # A model whose vocabulary is missing loads without an error, and reads all words as the same token.
                raise ValueError("the tokenizer has no vocabulary")
        except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as exc:
            raise ModelError(
                f"the embedding model {self._config.model!r} cannot be loaded: give a local folder as"
                " UNTOC_EMBEDDING__MODEL, or allow the hub with UNTOC_EMBEDDING__ALLOW_DOWNLOAD=true"
            ) from exc
        precision = self._config.precision
        if precision == "bfloat16" or (precision == "auto" and _computes_in_bfloat16()):
            model = model.to(torch.bfloat16)
        logger.info("embedding model %s loaded", self._config.model)
        return model


class PackagedEmbedder:
    """all-MiniLM-L6-v2 from its package, computed by numpy in float32; its files are read at first use."""

    name: Final = DEFAULT_MODEL
    identity: Final = _PACKAGED
    dimension: Final = 384

    def fits(self, texts: Sequence[str]) -> list[bool]:
        """Returns for each text whether the model reads the whole of it, with its special tokens."""
        return [not each.overflowing for each in packaged_tokenizer().encode_batch(list(texts))]

    def embed_documents(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Matrix:
        """Returns unit vectors (n, 384) float32; `progress` is called with how many are done."""
        encoded = packaged_tokenizer().encode_batch(list(texts))
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for batch in batches_of_like_length(list(map(len, encoded)), _BATCH, progress):
            vectors[batch] = _normalized(mean_states([encoded[index] for index in batch], packaged_weights()[1]))
        return vectors

    def embed_query(self, text: str) -> Matrix:
        """Returns the unit vector (384,) float32 of a question."""
        vector: Matrix = self.embed_documents([text])[0]
        return vector


def question_embedder(config: EmbeddingConfig) -> Embedder:
    """Returns the embedder of questions: by numpy if the default model is set without prefixes, else by torch."""
    if (config.model, config.query_prefix, config.passage_prefix) == (DEFAULT_MODEL, "", ""):
        return PackagedEmbedder()
    return SentenceTransformerEmbedder(config.model_copy(update={"precision": "float32"}))


def batches_of_like_length(
    lengths: Sequence[int], size: int, progress: Callable[[int], None] | None = None
) -> Iterator[list[int]]:
    """Yields batches of indices into `lengths`, longest first: batches of similar length need little padding."""
    order = sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True)
    for begin in range(0, len(order), size):
        yield order[begin : begin + size]
        if progress is not None:
            progress(min(begin + size, len(order)))


def _normalized(vectors: Matrix) -> Matrix:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    normalized: Matrix = vectors / np.maximum(lengths, np.finfo(np.float32).tiny)
    return normalized


def _computes_in_bfloat16() -> bool:
    """Returns whether the processor multiplies bfloat16 matrices natively; without that, float32 is faster."""
    import torch

    capabilities: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))
