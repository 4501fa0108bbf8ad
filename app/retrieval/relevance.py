"""Relevance: the calibrated chance that a sentence, and with it a party, answers on a topic.

Two models of one fit decide which sentences are quoted, which parties speak of a topic, and how sure an answer is:
`asked` for parties that the question names, `listed` for one of many, each with its threshold. A third, `order`, puts
the sentences of a party in order. (A list that asks for a direction also goes by the thresholds of
positions/latest_position.py.) They are fitted by `untoc-eval calibrate` and stored in
`app/retrieval/data/relevance.json`, which is valid for the models that it was fitted with. With others, the share of
the topic's words decides: "extradition of nationals" is answered by a sentence that contains most of its words.
"""

import json
import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Final, Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.errors import SettingsError
from app.retrieval.relevance_features import FEATURE_VERSION, SentenceFeatures
from vectorstore.arrays import Matrix
from vectorstore.embeddings import Embedder
from vectorstore.packaged_files import SENTENCES
from vectorstore.rerank import Reranker

logger = logging.getLogger(__name__)

ConfidenceSource = Literal["calibrated", "lexical", "cited", "representative"]
ARTEFACT: Final = "relevance.json"
# Without a calibration, the share of a topic's words, weighted by rarity, from which a sentence speaks of the topic.
WORDS_MIN: Final = 0.6
# Keeps logits within ±5; also stands for the second-best chance where a list has one party.
_CHANCE_MIN: Final = 0.0067


@dataclass(frozen=True, kw_only=True)
class Relevance:
    """How sure it is that a sentence answers."""

    chance: float
    """0 to 1; if calibrated, the share of right answers among sentences with this chance."""
    source: ConfidenceSource
    """`calibrated`: by the fitted model. `lexical`: the share of the topic's words. `cited`: the sentence names the
    article, treaty or agenda item that was asked about, or stands near what "why?" refers to. `representative`: no
    topic was asked about."""
    threshold: float
    """Chance from which the sentence is evidence."""
    may_answer_min: float
    """Chance from which the sentence may answer."""
    sort_key: float
    """Ranks the sentences of one party, highest first; not comparable with anything else."""

    @property
    def is_evidence(self) -> bool:
        """Whether the sentence is evidence: it answers on the topic."""
        return self.chance >= self.threshold

    @property
    def may_answer(self) -> bool:
        """Whether it may answer, without being evidence."""
        return self.may_answer_min <= self.chance < self.threshold

    @property
    def quotable_beside(self) -> bool:
        """Whether it is quoted beside a sentence of its statement that answers: it may, and has half the threshold."""
        return self.source == "calibrated" and self.may_answer and self.chance >= self.threshold / 2


CITED: Final = Relevance(chance=1.0, source="cited", threshold=0.0, may_answer_min=0.0, sort_key=0.0)
REPRESENTATIVE: Final = Relevance(chance=1.0, source="representative", threshold=0.0, may_answer_min=0.0, sort_key=0.0)


def lexical_relevance(share: float) -> Relevance:
    """Returns the relevance of a sentence by the share of the topic's words that it holds with its neighbours."""
    return Relevance(chance=share, source="lexical", threshold=WORDS_MIN, may_answer_min=WORDS_MIN / 2, sort_key=share)


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LinearWeights(_Record):
    """Weights of a linear score over a sentence's features and the hidden state of the cross-encoder."""

    features: dict[str, float]
    """Weight by feature; a feature without a weight does not count."""
    state: tuple[float, ...] = ()
    """Weight by component of the hidden state; empty if the hidden state does not count."""

    def scores(self, features: Sequence[SentenceFeatures], states: Matrix) -> list[float]:
        """Returns the sum for each of n sentences; `states` is (n, dim) float32."""
        learned = states @ np.asarray(self.state, dtype=np.float32) if self.state else np.zeros(len(features))
        return [
            float(own) + sum(weight * float(getattr(item, name)) for name, weight in self.features.items())
            for own, item in zip(learned, features, strict=True)
        ]


class AmongOthers(_Record):
    """Recalibration of a list: the chance that a party answers, given the chances of all parties by themselves.

    A question worded unlike all statements lowers every chance, although the party that stands out may answer it.
    Given that any party answers, the logit of a party's chance is the intercept plus a weighted sum of its own logit
    and the highest other one. The chance that any party answers is that not all are silent, 1 - Π(1 - chance).
    """

    intercept: float
    own: float
    other: float

    def chances(self, alone: Sequence[Sequence[float]]) -> list[list[float]]:
        """Returns the recalibrated chances, 0 to 1, of each party's sentences in a list, from those `alone`."""
        surest = [max(own, default=0.0) for own in alone]
        anybody = 1.0 - math.prod(1.0 - each for each in surest)
        first, second = sorted([*surest, 0.0, 0.0], reverse=True)[:2]
        return [
            [anybody * self._beside(each, second if most == first else first) for each in own]
            for own, most in zip(alone, surest, strict=True)
        ]

    def _beside(self, own: float, other: float) -> float:
        """Returns the chance of a party given the highest chance of the other parties, if anybody answers."""
        return 1.0 / (1.0 + math.exp(-self.intercept - self.own * logit_of(own) - self.other * logit_of(other)))


def logit_of(chance: float) -> float:
    """Returns the logarithm of the odds of a chance, at least -5 and at most 5."""
    return math.log(max(chance, _CHANCE_MIN) / max(1.0 - chance, _CHANCE_MIN))


class RelevanceModel(LinearWeights):
    """Logistic model of the chance that a sentence answers: the logit is the intercept plus the weighted sum."""

    intercept: float
    among: AmongOthers | None = None
    """Recalibration of the chances of a list; None if the parties are judged independently of each other."""
    threshold: Annotated[float, Field(gt=0, lt=1)]
    """Chance from which a sentence answers."""
    near: Annotated[float, Field(gt=0, lt=1)]
    """`may_answer_min` of the relevance that it gives: of the parties below it, at most three in a hundred answer."""


class RelevanceArtefact(_Record):
    """A fitted model as `untoc-eval calibrate` writes it."""

    feature_version: int
    asked: RelevanceModel
    """Model for a party that the question asks about."""
    listed: RelevanceModel
    """Model for one of many parties, if the question names none: less of each is read, and few speak of the topic."""
    order: LinearWeights | None = None
    """Ranks the sentences of one party; None if there was no evidence to fit it to: then their chances rank them."""
    models: dict[str, str]
    """Identities of the models that measured the features of the fit."""
    pairs: int
    """Number of labelled pairs of the fit."""
    data_sha256: str
    """Hash of these pairs."""
    figures: dict[str, dict[str, float]]
    """Scores on held-out folds: metric and value, by kind of fold."""

    @model_validator(mode="after")
    def _known(self) -> Self:
        weighed = (self.asked, self.listed, *([self.order] if self.order else ()))
        if unknown := {name for each in weighed for name in each.features} - set(SentenceFeatures.names()):
            raise ValueError(f"there is no feature {min(unknown)!r}")
        return self

    def judge(
        self, features: Sequence[SentenceFeatures], states: Matrix, *, as_list: bool = False
    ) -> tuple[Relevance, ...]:
        """Returns the relevance of n sentences of a party, from features and hidden `states`, (n, dim) float32."""
        by = self.listed if as_list else self.asked
        chances = [1.0 / (1.0 + math.exp(-by.intercept - logit)) for logit in by.scores(features, states)]
        sort_keys = chances if self.order is None else self.order.scores(features, states)
        return tuple(
            Relevance(chance=chance, source="calibrated", threshold=by.threshold, may_answer_min=by.near, sort_key=key)
            for chance, key in zip(chances, sort_keys, strict=True)
        )

    def among(self, parties: Sequence[Sequence[Relevance]]) -> list[tuple[Relevance, ...]]:
        """Returns the relevance of the sentences of each party of a list, given that of the others."""
        by = self.listed.among
        if by is None:
            return [tuple(own) for own in parties]
        recalibrated = by.chances([[each.chance for each in own] for own in parties])
        return [
            tuple(replace(each, chance=chance) for each, chance in zip(own, chances, strict=True))
            for own, chances in zip(parties, recalibrated, strict=True)
        ]


def model_identities(embedder: Embedder, reranker: Reranker | None) -> dict[str, str]:
    """Returns the identities of the models that measure the features, as an artefact records them."""
    return {
        "embedding": embedder.identity,
        "reranker": "none" if reranker is None else reranker.identity,
        "encoder": f"{SENTENCES.package}@{SENTENCES.hashes['weights.npz']}",
    }


def load_relevance(folder: Path, models: dict[str, str]) -> RelevanceArtefact | None:
    """Loads the artefact that suits these models: one in the store's `folder`, else the one that ships, if any does.

    An artefact that `untoc-eval calibrate` put in the store and that cannot be read raises a SettingsError.
    """
    for artefact in (_of_store(folder / ARTEFACT), _shipped()):
        if artefact is not None and artefact.models == models:
            return artefact
    logger.info(
        "no calibration is known for these models, so that words alone decide what answers: `untoc-eval calibrate`"
        " fits one"
    )
    return None


def _of_store(path: Path) -> RelevanceArtefact | None:
    """Reads an artefact of a store; None if there is none."""
    if not path.is_file():
        return None
    try:
        return _of_this_version(path.read_bytes())
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise SettingsError(
            f"the calibration {str(path)!r} cannot be read: run `untoc-eval calibrate` again, or remove the file"
        ) from exc


@cache
def _shipped() -> RelevanceArtefact | None:
    path = files("app").joinpath("retrieval", "data", ARTEFACT)
    return _of_this_version(path.read_bytes()) if path.is_file() else None


def _of_this_version(content: bytes) -> RelevanceArtefact | None:
    """Reads an artefact; None for one of another version of the features, which may have another schema."""
    if json.loads(content)["feature_version"] != FEATURE_VERSION:
        return None
    return RelevanceArtefact.model_validate_json(content)
