"""State of a conversation: the last question with all that it took over, and what its answer showed.

After "What did Iran say about sanctions in 2020?" the state holds Iran, sanctions, 2020, and which statements were
cited. It is stored with the answer, so that earlier questions are never read again; its field names must not change.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.question.resolution import Act, Resolution, Shown
from app.question.scope_fields import Slot
from vectorstore.records import JSONValue


@dataclass(frozen=True, kw_only=True)
class ConversationState:
    """The state of a conversation: the last question with all that it took over, and what its answer showed."""

    read: Resolution
    """How the last turn was read."""
    shown: Shown | None = None
    """What has been shown for this question; None where it was given without an answer."""


@dataclass(frozen=True, kw_only=True)
class TurnReading:
    """What a turn does to the state before it."""

    keeps: frozenset[Slot] = frozenset()
    """The slots kept from the state; one that the turn fills as well is added to, taken from or replaced."""
    act: Act = "new"
    """`new` begins anew; `replace`, `add`, `remove` and `correct` change slots; `more` continues where the answer
    ended; `about` asks about what was shown."""


@dataclass(frozen=True, kw_only=True)
class EarlierTurn:
    """A question asked before in the same conversation."""

    question: str
    overrides: Mapping[str, JSONValue] = field(default_factory=dict)
    """The parts of its scope that were set in place of what it says, in the form of `Answer.scope`."""
    state: ConversationState | None = None
    """The state of the conversation after it; with it, no earlier question needs to be read."""


def earlier_turns(history: Iterable[str | EarlierTurn]) -> tuple[EarlierTurn, ...]:
    """Returns the turns of a conversation that hold a question; a plain question has no overrides."""
    turns = [EarlierTurn(question=turn) if isinstance(turn, str) else turn for turn in history]
    return tuple(turn for turn in turns if turn.question.strip())
