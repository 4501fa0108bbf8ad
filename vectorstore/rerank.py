"""Cross-encoders, which read two texts together: for reranking, and for entailment.

Source: Nogueira and Cho, Passage Re-ranking with BERT (2019); weights: cross-encoder/ms-marco-MiniLM-L-12-v2, int8.
Bowman et al., A large annotated corpus for learning natural language inference (EMNLP 2015); models for it,
https://sbert.net/docs/cross_encoder/pretrained_models.html#nli
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
from pydantic import BaseModel, Field
from safetensors.numpy import load_file

from vectorstore.arrays import Matrix
from vectorstore.bert import padded
from vectorstore.caches import BatchLruCache
from vectorstore.embeddings import Embedder
from vectorstore.errors import ModelError
from vectorstore.model_threads import map_in_threads
from vectorstore.offline import forbid_reports
from vectorstore.packaged_files import RERANKER, carried, find_carried, loaded_once

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from sentence_transformers import CrossEncoder
    from tokenizers import Encoding, Tokenizer

logger = logging.getLogger(__name__)

PACKAGED = "ms-marco-MiniLM-L-12-v2-int8"
# Output of the ninth of the twelve layers. A linear model of its [CLS] state ranks evidence first in .65 of questions,
# one of the last layer's state in .59 (`untoc-eval calibrate`). A linear readout of the same state also gives the
# model's own logit, with an R² of .96 on held-out speeches, so that the last layers need not be run.
STATES: Final = "/bert/encoder/layer.8/output/LayerNorm/Add_1_output_0"
READOUT: Final = Path(str(files("vectorstore"))) / "data" / "rerank_readout.safetensors"
_DIMENSION: Final = 384
# Number of pairs whose states are kept, of 1.5 kB each: the passes of a list and follow-ups read the same pairs again.
_KEPT: Final = 8_192
# Maximum number of tokens of premise and hypothesis together.
_ENTAILMENT_TOKENS: Final = 512


class RerankConfig(BaseModel, frozen=True, extra="forbid"):
    """Which cross-encoder ranks the evidence, and how."""

    model: str = PACKAGED
    """The packaged one, any sentence-transformers CrossEncoder by name or folder, or `none`."""
    allow_download: bool = False
    """Whether a model may be fetched from a hub; off, only local files are used."""
    max_length: int = Field(default=256, ge=32, le=8192)
    """Tokens of both texts together; what lies beyond is cut off."""
    batch_size: int = Field(default=16, ge=1, le=256)
    """Pairs per forward pass of a CrossEncoder; the packaged model reads them one by one."""
    languages: str = Field(default="en", pattern=r"^[a-z]{2}(,[a-z]{2})*$")
    """ISO 639-1 codes of the languages that the cross-encoder knows, with commas between."""


@dataclass(frozen=True, kw_only=True)
class PairReading:
    """The output of a cross-encoder for a question paired with each of n texts."""

    logits: Matrix
    """How relevant each text is, (n,) float32, unbounded, higher is better."""
    states: Matrix
    """Hidden states of [CLS], (n, dim) float32, which carry more information than the logits; dim is 0 if the model
    does not expose them."""


class Reranker(Protocol):
    """Scores the relevance of texts to a question."""

    @property
    def identity(self) -> str:
        """The name of the model, with the hash of packaged weights: a calibration is valid for one identity only."""

    def read(self, query: str, texts: Sequence[str]) -> PairReading:
        """Returns the relevance of each text, in their order; no texts give empty arrays."""


class OnnxReranker:
    """The packaged cross-encoder up to its ninth layer, run by onnxruntime; it is loaded at first use."""

    identity = f"{PACKAGED}@{RERANKER.hashes['model.onnx']}"

    def __init__(self, config: RerankConfig) -> None:
        self._config = config
        self._kept = BatchLruCache[tuple[str, str], Matrix](_KEPT)

    def read(self, query: str, texts: Sequence[str]) -> PairReading:
        """Returns the relevance of each text, in their order; no texts give empty arrays."""
        if not texts:
            return PairReading(logits=np.zeros(0, dtype=np.float32), states=np.zeros((0, _DIMENSION), dtype=np.float32))
        known = self._kept.of([(query, text) for text in texts], self._states)
        states, readout = np.stack([known[query, text] for text in texts]), self._loaded[2]
        return PairReading(logits=states @ readout["weight"] + readout["bias"], states=states)

    def _states(self, pairs: Sequence[tuple[str, str]]) -> Iterator[Matrix]:
        tokenizer, session, _ = self._loaded

        def state_of(pair: "Encoding") -> Matrix:
            (read,) = session.run(None, padded([pair]))
            # Copied, since a view of the row would keep the states of all tokens in memory.
            state: Matrix = read[0, 0].copy()
            return state

        # Int8 quantisation scales an input by its extremes: pairs run one by one, so that no score depends on the other
        # texts. One pair per thread is faster than batches that use all threads.
        return map_in_threads(state_of, tokenizer.encode_batch(list(pairs)))

    @loaded_once
    def _loaded(self) -> "tuple[Tokenizer, InferenceSession, dict[str, Matrix]]":
        tokenizer, session = load_packaged(self._config.max_length, STATES)
        logger.info("reranker %s loaded", PACKAGED)
        return tokenizer, session, load_file(READOUT)


class CrossEncoderReranker:
    """Any sentence-transformers CrossEncoder; it is loaded at first use."""

    def __init__(self, config: RerankConfig) -> None:
        self._config = config
        # The identity is the name alone: these weights are not packaged, so that no hash is known.
        self.identity = config.model

    def read(self, query: str, texts: Sequence[str]) -> PairReading:
        """Returns the relevance of each text, in their order, without states; no texts give empty arrays."""
        if not texts:
            return _without_states(np.zeros(0, dtype=np.float32))
        return _without_states(
            _read_pairs(self._loaded, [(query, text) for text in texts], self._config.batch_size)[:, 0]
        )

    @loaded_once
    def _loaded(self) -> "CrossEncoder":
        config = self._config
        return _load(
            f"the reranker {config.model!r} cannot be loaded: give a local folder as UNTOC_RERANK__MODEL, or `none` to"
            " do without",
            config.model, max_length=config.max_length, local_files_only=not config.allow_download,
        )  # fmt: skip


class EntailmentModel:
    """A local cross-encoder for natural language inference; it is loaded at first use."""

    def __init__(self, name: str) -> None:
        self.name = name

    def entails(self, pairs: Sequence[tuple[str, str]]) -> list[bool]:
        """Returns for each (premise, hypothesis) whether entailment is the likeliest of the model's labels.

        Without pairs, no model is loaded. Raises a ModelError if it cannot be loaded or has no label for entailment.
        """
        if not pairs:
            return []
        model, entailment = self._loaded
        return [int(label) == entailment for label in _read_pairs(model, pairs).argmax(axis=1)]

    @loaded_once
    def _loaded(self) -> "tuple[CrossEncoder, int]":
        model = _load(
            f"the entailment model {self.name!r} cannot be loaded: give a local folder as UNTOC_LLM__ENTAILMENT_MODEL",
            self.name, max_length=_ENTAILMENT_TOKENS, local_files_only=True,
        )  # fmt: skip
        id2label = model.config.id2label if model.config is not None else None
        labels = {int(index): str(label).casefold() for index, label in (id2label or {}).items()}
        found = [index for index, label in labels.items() if label == "entailment"]
        # Two classes, entailment and the rest, are enough; a model with a single output gives a degree and no class.
        if len(found) != 1 or model.num_labels < 2:
            raise ModelError(
                f"the model {self.name!r} is none for entailment, its labels are"
                f" {', '.join(labels.values()) or 'not named'}: name a cross-encoder with a label `entailment`, such as"
                " cross-encoder/nli-deberta-v3-base"
            )
        logger.info("entailment model %s loaded", self.name)
        return model, found[0]


def _load(failure: str, name: str, *, max_length: int, local_files_only: bool) -> "CrossEncoder":
    from safetensors import SafetensorError
    from sentence_transformers import CrossEncoder

    try:
        model: CrossEncoder = CrossEncoder(name, device="cpu", max_length=max_length, local_files_only=local_files_only)
    except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as exc:
        raise ModelError(failure) from exc
    return model


def _read_pairs(model: "CrossEncoder", pairs: Sequence[tuple[str, str]], batch_size: int = 16) -> Matrix:
    """Returns the logits of a cross-encoder for pairs of texts, (n, outputs) float32."""
    import torch

    logits = model.predict(
        list(pairs), batch_size=batch_size, show_progress_bar=False, activation_fn=torch.nn.Identity()
    )
    return np.asarray(logits, dtype=np.float32).reshape(len(pairs), -1)


def scorer(reranker: Reranker | None, embedder: Embedder) -> Callable[[str, Sequence[str]], PairReading]:
    """Returns the function that scores texts against a question: by the reranker, or by the embedder's cosine.

    The cosine is scaled to the range of the logits, but needs a calibration of its own; it ranks less well.
    """
    if reranker is not None:
        return reranker.read

    def read(question: str, texts: Sequence[str]) -> PairReading:
        return _without_states((embedder.embed_documents(list(texts)) @ embedder.embed_query(question)) * 20.0 - 11.0)

    return read


def _without_states(logits: Matrix) -> PairReading:
    return PairReading(logits=logits, states=np.zeros((len(logits), 0), dtype=np.float32))


def load_packaged(max_length: int, *outputs: str) -> "tuple[Tokenizer, InferenceSession]":
    """Loads the packaged cross-encoder: its tokenizer, and the part of it that computes the tensors `outputs`."""
    forbid_reports()
    import onnx
    import onnxruntime
    from onnx.utils import Extractor
    from tokenizers import Tokenizer

    # For programs that imported onnxruntime earlier; only the environment variable prevents the device id as well.
    onnxruntime.disable_telemetry_events()
    folder = carried(RERANKER)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    # Truncates the text, and also a question that is too long by itself, which `only_second` would refuse.
    tokenizer.enable_truncation(max_length, strategy="longest_first")
    tokenizer.no_padding()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    model = onnx.load(folder / "model.onnx")
    part = Extractor(model).extract_model([each.name for each in model.graph.input], [*outputs])
    session = onnxruntime.InferenceSession(part.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return tokenizer, session


def build_reranker(config: RerankConfig) -> Reranker | None:
    """Returns the configured reranker; None, for weaker ranking, if it is `none` or its package is missing."""
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
