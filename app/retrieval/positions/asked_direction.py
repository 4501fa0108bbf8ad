"""Direction asked for: whether a question after States asks for those in one direction, or that changed theirs.

"Who opposes article 18?" asks for `against`; after it "not Belmora" asks for the same, and "who does not?" for `for`.
"Who disagrees?" asks for the opposite of the position that was shown.
"""

from typing import Final, NamedTuple

from app.question.language import detect_language
from app.question.resolution import Resolution
from app.records import Direction
from app.retrieval.positions.direction import Agreement, AskedDirection, classify_question
from app.retrieval.topic.subject import has_one_subject, topic_words
from ingest.parties.party_table import PartyTable

# Chance from which a question surely asks who changed position, so that "nobody" is an answer.
_ASKS_CHANGE_SURELY: Final = 0.75
# Chance from which a follow-up asks for a direction of its own, not for that of the question before it.
_OWN_DIRECTION_MIN: Final = 0.7


class AskedFor(NamedTuple):
    """The direction that a question asks for, the chance that it does (0 to 1), and the question in whose words."""

    direction: AskedDirection | None = None
    chance: float = 1.0
    words: str = ""
    is_relative: bool = False
    """Whether the question asks who agrees or disagrees with the position shown before."""

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
        return _relative_to(
            resolution.position_shown, words, *classify_question(words, topic_words(scope), language, parties)
        )

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
    stated = asked.direction is not None and resolution.stance and not resolution.over_time
    return asked._replace(chance=1.0) if in_own_words or (stated and not resolution.denies) else denied


def _asks_in_own_words(resolution: Resolution, asked: AskedFor) -> bool:
    """Returns whether a follow-up asks for a direction of its own: "any sceptics?" after "who supports article 18?"."""
    follows = resolution.act not in ("new", "remove", "more") and not resolution.negates
    # In a turn whose topic was named before, the words that are left are those of what is asked for.
    named_before = topic_words(resolution.scope) not in resolution.question
    return follows and named_before and asked.direction is not None and asked.chance >= _OWN_DIRECTION_MIN


def _relative_to(
    shown: Direction | None, words: str, asked: AskedDirection | Agreement | None, chance: float
) -> AskedFor:
    """Returns what a question asks for; who agrees or disagrees is relative to the direction `shown`, if any was."""
    if asked == "same" or asked == "opposite":
        is_opposed = (asked == "opposite") != (shown == "against")
        return AskedFor("against" if is_opposed else "for", chance, words, is_relative=shown is not None)
    return AskedFor(asked, chance, words)


def _opposite(asked: AskedFor) -> AskedFor:
    """Returns the opposite of a direction; who did not change their mind may take any."""
    if asked.direction == "change":
        return AskedFor()
    return AskedFor("for" if asked.direction == "against" else "against", 1.0, asked.words)
