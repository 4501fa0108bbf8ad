"""Turn classifier: what a follow-up does and which slots it keeps of the turn before; `merge.py` carries them over.

"Why?" asks those asked before, "who disagrees?" asks everyone, and "summarise Cuba's statement" begins anew.
"""

from collections.abc import Collection, Iterable
from typing import Final, cast, get_args

from app.question.classifiers import ClassifierInput, input_chances
from app.question.resolution import Act
from app.question.scope_fields import Slot
from app.question.turns.state import TurnReading
from app.records import QuestionKind
from vectorstore.weights_file import Weights

ACTS: Final = cast("tuple[Act, ...]", get_args(Act))
SLOTS: Final = cast("tuple[Slot, ...]", get_args(Slot))
# Chance of `new` from which a turn begins anew; the second if it names whom and what: even a kept date misleads then.
_NEW_TURN_MIN: Final = (0.5, 0.2)
# Chance from which a slot that the turn does not fill is kept.
_KEPT_SLOT_MIN: Final = 0.5


def classify_turn(
    inputs: ClassifierInput,
    now: Collection[Slot],
    before: Collection[Slot],
    kind: QuestionKind,
    weights: Weights,
    *,
    everyone: bool,
) -> TurnReading:
    """Returns what a follow-up that fills the slots `now` does after a question of a `kind` that filled `before`.

    A slot that it does not fill is kept or not: "why?" asks those asked before, "who disagrees?" asks `everyone`.
    """
    more = slot_features(now, before, kind)
    acts = input_chances("turn", weights, inputs, more)
    # A turn that fills no slot and has no question word continues the conversation.
    full = ("who" in now or everyone) and not {"topic", "treaty"}.isdisjoint(now)
    if acts.pop("new") >= _NEW_TURN_MIN[full] and (now or "x ask" in inputs.features):
        return TurnReading()
    # A turn that names whom it asks hardly ever asks about the answer shown: one in fifty of such examples does.
    named = "who" in now and not everyone
    act = cast(Act, max(acts, key=lambda each: acts[each] * (not named or each not in ("about", "more"))))
    # Times, meetings and treaties are kept until others are named; "who else?" drops the parties asked before.
    asked: list[Slot] = ["kind", *(slot for slot in ("who", "topic") if slot in before and slot not in now)]
    gone = {slot for slot in asked if input_chances(f"keeps_{slot}", weights, inputs, more)["yes"] < _KEPT_SLOT_MIN}
    gone |= {"who"} if act == "more" and everyone and "kind" in gone else set()
    return TurnReading(act=act, keeps=frozenset(SLOTS) - gone)


def slot_features(now: Iterable[str], before: Iterable[str], kind: QuestionKind) -> tuple[str, ...]:
    """Returns the names of features for the slots filled now and before, and for the kind of the question before."""
    filled, was = set(now), set(before)
    slots = (f"slot {slot} {slot in filled} {slot in was}" for slot in SLOTS)
    return (*slots, f"before {kind}", f"before {kind} {'who' in filled} {'topic' in filled}")
