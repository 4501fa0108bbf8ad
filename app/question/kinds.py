"""Kinds of questions: which `QuestionKind` a question is, with its chance, and what others it may be.

"How many ships did Arvandia seize?" is a `number` at .98; below a chance of .6 other kinds are offered. What each kind
asks for, such as `list` for documents and `which_states` for States, is in `kind_traits.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast, get_args

import numpy as np

from app.question.classifiers import ClassifierInput, chances_of, input_chances
from app.question.kind_traits import ASIDES
from app.question.question_patterns import asked_of_a_party
from app.question.role_tagger.network import FILTER_ROLES, RoleReading
from app.question.spans.span import NARROWING
from app.records import QuestionKind
from ingest.glossary.glossary import terms_within
from vectorstore.weights_file import Weights

KINDS: Final = cast("tuple[QuestionKind, ...]", get_args(QuestionKind))
# Minimum chance of another kind that is offered beside the likeliest.
_OFFERED_KIND_MIN: Final = 0.15
_OFFER_OTHERS_BELOW: Final = 0.6
# Minimum chance of a kind for which no statements are searched, where the question names something of the field.
_NO_SEARCH_MIN: Final = 0.7


@dataclass(frozen=True, kw_only=True)
class KindReading:
    """The kind of a question with its calibrated chance, 0 to 1; where that is low, other kinds that it may be."""

    kind: QuestionKind
    chance: float
    others: tuple[QuestionKind, ...] = ()


def kind_chances(inputs: ClassifierInput, weights: Weights) -> dict[QuestionKind, float]:
    """Returns the chance of each kind, 0 to 1: the geometric mean of those by the classifier and by the network."""
    chances = input_chances("kind", weights, inputs)
    scores = (np.log(np.maximum(list(chances.values()), 1e-9)) + inputs.tagger_kinds) / 2
    return chances_of(KINDS, scores)


def plausible_kind(chances: Mapping[QuestionKind, float], roles: RoleReading) -> KindReading:
    """Returns the likeliest plausible kind, and others to offer if its chance is low.

    A kind that searches no statements must be sure, since silence misleads: `metadata` at a chance of .54 is
    not taken. A question that names a party or a term of the field is seldom out of scope, and a follow-up is ambiguous
    only if it cannot be anything else.
    """
    field_words = any(word.span is not None for word in roles.words) or bool(terms_within(roles.text, roles.language))
    # Without a topic there is little to search, so `metadata` stays: "who spoke for Arvandia, in what function?".
    asks = "topic" in roles.labels or asked_of_a_party(roles) is not None
    alone = not roles.follows and "quote" not in roles.labels and asks
    unsure: set[QuestionKind] = {"metadata"} if alone and chances.get("metadata", 0.0) < _NO_SEARCH_MIN else set()
    named = [word.span for word in roles.of("who", "not") if word.span is not None]
    if (
        named
        or "topic" in roles.labels
        or any(span.kind in (*NARROWING, "pick") for span in roles.filters(*FILTER_ROLES))
    ):
        # "Without Belmora", "only 2022" and "and visas?" are not wishes for another form.
        unsure |= {"format_request", "greeting"}
    if roles.follows or roles.has_word_kind("everyone", "states"):
        unsure.add("ambiguous")
    if field_words or roles.follows:
        asides = ASIDES if roles.follows else ASIDES - {"greeting"}
        unsure |= {kind for kind in asides if chances.get(kind, 0.0) < _NO_SEARCH_MIN}
    plausible = [(kind, chance) for kind, chance in chances.items() if kind not in unsure]
    ranked = sorted(plausible, key=lambda item: -item[1])
    kind, chance = ranked[0]
    others = [other for other, less in ranked[1:3] if less >= _OFFERED_KIND_MIN and chance < _OFFER_OTHERS_BELOW]
    return KindReading(kind=kind, chance=round(chance, 4), others=tuple(others))


def counts_statements(chances: Mapping[QuestionKind, float], roles: RoleReading) -> bool:
    """Returns whether a question counts without a topic, so that only statements can be counted.

    "How many statements did Arvandia make?" is answered by their list, which begins with their number.
    """
    alone = not roles.follows and "topic" not in roles.labels and asked_of_a_party(roles) is None
    return alone and chances.get("number", 0.0) >= _OFFERED_KIND_MIN
