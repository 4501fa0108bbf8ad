"""Whom a turn asks that names no party: "which of them?" asks those asked before, "everyone?" and "who else?" all.

The words are in `app/question/data/unnamed_parties.yaml`. A turn that says more, such as "did everyone agree?", is
read by `classifier.py` alone.
"""

from dataclasses import replace
from typing import Final

from app.question.lexicon import SIGNS, lexicon_of
from app.question.resolution import Resolution, with_kind
from app.question.scope_fields import SCOPE_SLOTS, slots_of
from app.question.turns.classifier import SLOTS
from app.question.turns.state import TurnReading

# Maximum length in words of a turn that only says whom it asks: "and what about everyone?".
_MAX_WORDS: Final = 4


def by_unnamed_parties(alone: Resolution, before: Resolution, turn: TurnReading) -> tuple[Resolution, TurnReading]:
    """Returns a turn by itself and what it does, both corrected by words for parties that it does not name."""
    items = lexicon_of(alone.scope.language, "unnamed_parties").items(alone.question)
    own, asked = slots_of(alone), before.scope
    words = [item.kinds for item in items if not item.kinds & SIGNS]
    # "Who supports both Protocols?" asks everyone; in "les conditions dans lesquelles", the word refers to its noun.
    of_them = {"of_them"} if any("everyone" in item.kinds for item in items) else {"of_them", "the_two"}
    of_them |= {"which_of_them"} & next(iter(words), frozenset())
    # "Which States condemn attacks, and what do some of them propose?" asks after States of its own.
    first = next((item.kinds for item in items if item.kinds & {*of_them, "states"}), frozenset[str]())
    several = asked.all_states or asked.members_of or len((*asked.states, *asked.groups)) > 1
    if "who" not in own and first & of_them and several:
        if turn.act == "new":
            subject: set[str] = {"topic", "treaty"} if own & {"topic", "treaty"} else set()
            turn = TurnReading(act="replace", keeps=SCOPE_SLOTS - subject)
        return _asking(alone, everyone=False), replace(turn, keeps=turn.keeps | {"who"})
    if own or (asked.all_states and not asked.members_of) or len(words) > _MAX_WORDS or not all(words):
        return alone, turn
    if any("everything" in kinds for kinds in words) or "всё" in alone.question.casefold():
        # "Это всё?" asks whether that is all.
        return _asking(alone, everyone=False), replace(turn, keeps=turn.keeps | {"who"})
    if any("anyone_else" in kinds for kinds in words):
        others = alone if turn.act == "more" else with_kind(alone, "which_states")
        return _asking(others, everyone=True), TurnReading(act="more", keeps=(turn.keeps | SCOPE_SLOTS) - {"who"})
    if any("all_parties" in kinds for kinds in words):
        return _asking(alone, everyone=True), TurnReading(act="replace", keeps=frozenset(SLOTS) - {"who"})
    return alone, turn


def _asking(alone: Resolution, *, everyone: bool) -> Resolution:
    return replace(alone, scope=replace(alone.scope, all_states=everyone))
