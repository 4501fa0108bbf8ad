"""Direction asked for: whether a question after States asks for those in one direction, or that changed theirs.

"Who opposes article 18?" asks for `against`; after it "not Belmora" asks for the same, and "who does not?" for `for`.
"Who disagrees?" asks for the opposite of the position that was shown. It is told by logistic regression, trained on
examples by `make train-direction`, from the vector of the question with its topic masked ("who opposes this?"), the
marks of positions in it, and operators such as "not".
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal, NamedTuple

import numpy as np

from app.question.classifiers import class_chances
from app.question.language import detect_language
from app.question.resolution import Resolution
from app.records import Direction
from app.retrieval.positions.position_marks import (
    OUTRIGHT,
    RULES,
    PositionKind,
    PositionMark,
    find_position_marks,
    kind_of,
)
from app.retrieval.topic.mask import mask_topic
from app.retrieval.topic.subject import has_one_subject, topic_words
from ingest.language.claim_words import OperatorKind, first_person, imperatives, operators, roles
from ingest.parties.party_table import PartyTable
from prompts.wording import LANGUAGES
from vectorstore.arrays import Matrix
from vectorstore.sentence_encoder import sentence_encoder
from vectorstore.weights_file import load_weights

_CLASSIFIER: Final = Path(str(files("app.retrieval"))) / "data" / "asked_direction.safetensors"
# What a question after States asks for: those in one direction, those that changed theirs, or None for any.
AskedDirection = Direction | Literal["change"]
Agreement = Literal["same", "opposite"]
# The classes of questions, with what they ask for.
ASKED: Final[Mapping[str, AskedDirection | Agreement | None]] = {
    "asks_for": "for", "asks_against": "against", "asks_conditional": "conditional", "asks_change": "change",
    "asks_open": None, "asks_same": "same", "asks_opposite": "opposite",
}  # fmt: skip
# Chance from which a question asks who changed position, below which any direction answers.
_ASKS_CHANGE_MIN: Final = 0.5
# Chance from which a question surely asks who changed position, so that "nobody" is an answer.
_ASKS_CHANGE_SURELY: Final = 0.75
# Chance from which a question without words such as "position" or "support" asks for a direction: of 62 new questions,
# none gets a contrary one and 6 get none.
_STATED_MIN: Final = 0.5
# Chance from which a follow-up asks for a direction of its own, not for that of the question before it.
_OWN_DIRECTION_MIN: Final = 0.6
# Chance from which a follow-up asks who agrees or disagrees: "who else?" does not.
_AGREEMENT_MIN: Final = 0.4
_COUNTED: Final[tuple[OperatorKind, ...]] = (
    "not", "ended", "without", "must", "should", "may", "would", "will", "some", "many", "only", "if", "unless",
    "until", "past", "against", "guard", "say", "been", "by", "was",
)  # fmt: skip
# Operators that reverse an attitude. Words of `guard` ("the abolition of") reverse it as its object, and count apart.
_TURNING: Final[tuple[OperatorKind, ...]] = ("not", "ended", "without", "against")
_KINDS: Final[tuple[PositionKind, ...]] = (
    "supports", "opposes", "conditional", "proposes", "calls_on_others", "reports_practice",
)  # fmt: skip
# Scales of the sentence vector and of the other features, set before training.
_VECTOR_SCALE, _FEATURE_SCALE = 4.0, 2.0


class AskedFor(NamedTuple):
    """The direction that a question asks for, the chance that it does (0 to 1), and the question in whose words."""

    direction: AskedDirection | None = None
    chance: float = 1.0
    words: str = ""
    is_relative: bool = False
    """Whether the question asks who agrees or disagrees with the position shown before."""
    is_unknown: bool = False
    """Whether it asks who agrees or disagrees although no position was shown, so that everybody is listed."""
    is_implied: bool = False
    """Whether no word such as "position" or "support" asks for it, so that who takes no direction is listed as well."""

    @property
    def is_unsure_change(self) -> bool:
        """Whether a change of position is asked for, but not surely."""
        return self.direction == "change" and self.chance < _ASKS_CHANGE_SURELY


def asked_for(resolution: Resolution, parties: PartyTable) -> AskedFor:
    """Returns the direction, or change of it, that a question after States asks for."""
    scope, wording, earlier = resolution.scope, resolution.wording, resolution.stance_from
    denied = AskedFor("against", 1.0, earlier or resolution.question) if resolution.denies else AskedFor()
    if not (scope.all_states or scope.members_of) or scope.negated or not has_one_subject(scope):
        return denied

    def read(words: str, language: str) -> AskedFor:
        return _relative_to(resolution, words, *classify_question(words, topic_words(scope), language, parties))

    # What is asked for does not depend on whom and when; a follow-up may have the wording of an earlier question.
    words = resolution.question if wording is None or resolution.act != "new" else wording.text
    asked = read(words, scope.language)
    in_own_words = _asks_in_own_words(resolution, asked)
    if earlier and not in_own_words:
        # "Not Belmora" asks for the direction of the question before it, "any sceptics?" for its own.
        asked = read(earlier, detect_language(earlier, parties))
        if resolution.negates:
            return _opposite(asked)
    # That a direction is asked for is read with the question; that a change is, by this classifier alone.
    if asked.direction == "change":
        return AskedFor() if resolution.over_time and asked.is_unsure_change else asked
    if asked.is_unknown:
        return asked
    # "Not Belmora" has no direction of its own, though it is worded like a rejection.
    is_asked = resolution.act != "remove" or bool(earlier)
    in_words = is_asked and asked.direction in ("for", "against") and asked.chance >= _STATED_MIN
    stated = asked.direction is not None and (resolution.stance or in_words) and not resolution.over_time
    if not (in_own_words or (stated and not resolution.denies)):
        return denied
    return asked._replace(chance=1.0, is_implied=not (in_own_words or resolution.stance))


def _asks_in_own_words(resolution: Resolution, asked: AskedFor) -> bool:
    """Returns whether a follow-up asks for a direction of its own: "any sceptics?" after "who supports article 18?"."""
    follows = resolution.act not in ("new", "remove") and not resolution.negates
    stated = asked.direction is not None and asked.chance >= _OWN_DIRECTION_MIN
    return follows and stated and _is_on_topic_before(resolution)


def _is_on_topic_before(resolution: Resolution) -> bool:
    """Returns whether the topic was named before, so that the words of the turn are those of what is asked for."""
    return topic_words(resolution.scope) not in resolution.question


def _relative_to(
    resolution: Resolution, words: str, asked: AskedDirection | Agreement | None, chance: float
) -> AskedFor:
    """Returns what a question asks for; who agrees or disagrees is relative to the position shown before, if any."""
    if asked != "same" and asked != "opposite":
        return AskedFor(asked, chance, words)
    shown = resolution.position_shown
    unknown = shown in (None, "mentions") and chance >= _AGREEMENT_MIN
    if unknown and resolution.act != "new" and _is_on_topic_before(resolution):
        return AskedFor(is_unknown=True)
    is_opposed = (asked == "opposite") != (shown == "against")
    return AskedFor("against" if is_opposed else "for", chance, words, is_relative=shown is not None)


def _opposite(asked: AskedFor) -> AskedFor:
    """Returns the opposite of a direction; who did not change their mind may take any."""
    if asked.direction == "change":
        return AskedFor()
    return AskedFor("for" if asked.direction == "against" else "against", 1.0, asked.words)


def classify_question(
    question: str, topic: str, language: str, parties: PartyTable
) -> tuple[AskedDirection | Agreement | None, float]:
    """Returns what a question after States asks for, with its chance, 0 to 1; None where any direction answers.

    "Who agrees?" asks for the `same` direction as the position that was shown before.
    """
    language = language if language in LANGUAGES else "en"
    masked = mask_topic(question, topic, language, parties)
    features = features_of(masked, find_position_marks(masked, language), language)
    chances = class_chances("asked", load_weights(_CLASSIFIER), features)
    likely = [name for name, asked in ASKED.items() if asked != "change" or chances[name] >= _ASKS_CHANGE_MIN]
    likeliest = max(likely, key=lambda name: chances[name])
    return ASKED[likeliest], chances[likeliest]


def features_of(masked: str, marks: Sequence[PositionMark], language: str) -> Matrix:
    """Returns the classifier's features of a sentence with its topic `masked`, (n,) float32."""
    count: Counter[str] = Counter(match.lastgroup or "" for match in operators(language).finditer(masked))
    rules, kind = {mark.rule for mark in marks}, kind_of(marks)
    outright = any(mark.strength == OUTRIGHT for mark in marks)
    turned = sum(count[name] for name in _TURNING)
    is_reversed = (turned + count["guard"]) % 2
    named = roles(language)
    speaks = any(named[1][match.lastgroup or ""].kind in ("self", "noun") for match in named[0].finditer(masked))
    row = [float(rule in rules) for rule in RULES]
    row += [min(count[name], 2) / 2 for name in _COUNTED]
    row += [not marks, imperatives(language).search(masked) is not None, "?" in masked, "“" in masked]
    row += [speaks or first_person(language).search(masked) is not None, turned % 2, is_reversed, count["guard"] > 0]
    for each in _KINDS:
        own = kind == each
        row += [own, own and outright, own and count["guard"] > 0, own and is_reversed]
    (vector,) = sentence_encoder().embed([masked])
    return np.concatenate([_VECTOR_SCALE * vector, _FEATURE_SCALE * np.array(row, dtype=np.float32)])
