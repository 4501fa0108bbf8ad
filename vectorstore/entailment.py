"""Entailment by a cross-encoder: whether a premise bears out a hypothesis; both are read together.

Source: Bowman et al., A large annotated corpus for learning natural language inference (EMNLP 2015); cross-encoders of
sentence-transformers, https://sbert.net/docs/cross_encoder/pretrained_models.html#nli
"""

import logging
import threading
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

# Before the model libraries, which read the environment when they are imported.
import vectorstore.offline  # noqa: F401
from vectorstore.errors import ModelError
from vectorstore.rerank import CrossEncoderConfig, load_cross_encoder, read_pairs

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

logger = logging.getLogger(__name__)

_LABEL: Final = "entailment"
# Some models have two classes, entailment and the rest; one with a single output gives a degree and no class.
_CLASSES: Final = 2


class EntailmentConfig(CrossEncoderConfig):
    """Which cross-encoder decides on entailment: one of sentence-transformers for natural language inference."""


class EntailmentModel:
    """A cross-encoder for natural language inference; it is loaded at first use."""

    def __init__(self, config: EntailmentConfig) -> None:
        self._config = config
        self._loading = threading.Lock()

    @property
    def name(self) -> str:
        """Name for reports."""
        return self._config.model

    def entails(self, pairs: Sequence[tuple[str, str]]) -> list[bool]:
        """Returns for each (premise, hypothesis) whether entailment is the likeliest of the model's labels.

        No pairs give an empty list, and load nothing.

        Raises:
            ModelError: The model cannot be loaded, or does not say which of its labels is entailment.
        """
        if not pairs:
            return []
        with self._loading:
            model, entailment = self._loaded
        likeliest = read_pairs(model, pairs, self._config.batch_size).argmax(axis=1)
        return [int(label) == entailment for label in likeliest]

    @cached_property
    def _loaded(self) -> "tuple[CrossEncoder, int]":
        try:
            model = load_cross_encoder(self._config)
        except ModelError as exc:
            raise ModelError(
                f"the entailment model {exc}: give a local folder, or allow the hub with --allow-download"
            ) from exc
        named = model.config.id2label if model.config is not None else None
        labels = {int(index): str(label).casefold() for index, label in (named or {}).items()}
        found = [index for index, label in labels.items() if label == _LABEL]
        if len(found) != 1 or model.num_labels < _CLASSES:
            raise ModelError(
                f"the model {self._config.model!r} is none for entailment, its labels are"
                f" {', '.join(labels.values()) or 'not named'}: name a cross-encoder with a label `{_LABEL}`, such as"
                " cross-encoder/nli-deberta-v3-base"
            )
        logger.info("entailment model %s loaded", self._config.model)
        return model, found[0]
