"""Direction asked for: whether a question after States asks for those in one direction, or that changed theirs.

"Who opposes article 18?" asks for `against`; after it "not Belmora" asks for the same, and "who does not?" for `for`.
"Who disagrees?" asks for the opposite of the position that was shown.
"""

from typing import Final, NamedTuple

from app.question.language import detect_language
from app.question.resolution import Resolution
from app.retrieval.positions.direction import Agreement, AskedDirection, classify_question
from app.retrieval.topic.subject import has_one_subject, topic_words
from ingest.parties.party_table import PartyTable

# Chance from which a question surely asks who changed position, so that "nobody" is an answer.
_ASKS_CHANGE_SURELY: Final = 0.75
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
