"""Direction asked for: whether a question after States asks for those in one direction, or that changed theirs.

"Who opposes article 18?" asks for `against`; after it "not Belmora" asks for the same, and "who does not?" for `for`.
"Who disagrees?" asks for the opposite of the position that was shown. It is told by a classifier like that of
sentences, fine-tuned on questions with their topic marked by `make train-direction`.
"""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal, NamedTuple

from app.question.denied_topic import wants_what_it_denies
from app.question.language import detect_language
from app.question.resolution import Resolution
from app.records import Direction
from app.retrieval.topic.mask import topic_and_text
from app.retrieval.topic.subject import has_one_subject, topic_words
from ingest.language.lexicons import RegexPatterns
from ingest.parties.party_table import PartyTable
from prompts.wording import known_language
from vectorstore.bert import FineTunedClassifier

_WORDS: Final = RegexPatterns("asked_direction")
_CLASSIFIER: Final = FineTunedClassifier(Path(str(files("app.retrieval"))) / "data" / "asked_direction.safetensors")
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
# Chance from which a question without words such as "position" or "support" asks for a direction: of 62 new questions,
# none gets a contrary one and 6 get none.
_STATED_MIN: Final = 0.5
# Chance from which a follow-up asks for a direction of its own, not for that of the question before it.
_OWN_DIRECTION_MIN: Final = 0.6
# Chance from which a follow-up asks who agrees or disagrees: "who else?" does not.
_AGREEMENT_MIN: Final = 0.4


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
    at_any_time: bool = False
    """Whether any statement in that direction answers, not the latest alone: "which States ever opposed it?"."""


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
    if asked.direction == "change" or asked.is_unknown:
        return asked
    # "Not Belmora" has no direction of its own, though it is worded like a rejection.
    is_asked = not (resolution.act == "remove" or resolution.corrects) or bool(earlier)
    in_words = is_asked and asked.direction in ("for", "against") and asked.chance >= _STATED_MIN
    stated = asked.direction is not None and (resolution.stance or in_words) and not resolution.over_time
    if not (in_own_words or (stated and not resolution.denies)):
        return denied
    return asked._replace(
        chance=1.0,
        is_implied=not (in_own_words or resolution.stance or _WORDS.superlative.search(asked.words)),
        at_any_time=_WORDS.any_time.search(asked.words) is not None,
    )


def _asks_in_own_words(resolution: Resolution, asked: AskedFor) -> bool:
    """Returns whether a follow-up asks for a direction of its own: "any sceptics?" after "who supports article 18?"."""
    follows = resolution.act not in ("new", "remove") and not (resolution.negates or resolution.corrects)
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
    language = known_language(language)
    wants = wants_what_it_denies(question, topic, language)
    if wants is not None:
        return ("for" if wants else "against"), 1.0
    (chances,) = _CLASSIFIER.chances([topic_and_text(question, topic, language, parties)])
    likely = [name for name, asked in ASKED.items() if asked != "change" or chances[name] >= _ASKS_CHANGE_MIN]
    likeliest = max(likely, key=lambda name: chances[name])
    return ASKED[likeliest], chances[likeliest]
