"""The open conversation: its turns as the page shows them, and what happens to them in the store.

It may have been changed or deleted in another tab, or be one that the person may only read; it then goes on as a copy.
"""

from collections.abc import Sequence
from contextlib import suppress

from app.answering.history import turn_of
from app.corpus.corpus import Corpus
from app.desk.conversations import Conversations, KeptTurn
from app.errors import SHOWN_ERRORS, NotFoundError
from app.ui.conversation import ShownTurn, shown_turn

# The last turns of a long conversation, which the page shows; all are stored and exported.
TURNS_SHOWN = 30


class OpenConversation:
    """Reads and stores the turns of open conversations, each given by its id, which is None until it is stored."""

    def __init__(self, kept: Conversations, corpus: Corpus) -> None:
        self._kept, self._corpus = kept, corpus

    def turns(self, identifier: str, last: int = 0) -> list[ShownTurn]:
        """Returns the turns of a kept conversation, rendered; with `last`, only so many at the end."""
        turns: list[ShownTurn] = []
        for kept in self._kept.turns(identifier)[-last:]:
            history = [turn_of(turn.answer, turn.overrides) for turn in turns]
            turns.append(shown_turn(kept, self._corpus, history))
        return turns

    def current(self, open_id: str | None, turns: list[ShownTurn]) -> list[ShownTurn]:
        """Returns the turns as stored, if another browser tab or the store has changed them, else `turns`."""
        if open_id is None:
            return turns
        try:
            kept = self._kept.turns(open_id)[-TURNS_SHOWN:]
            return turns if [*map(_content, kept)] == [*map(_content, turns)] else self.turns(open_id, TURNS_SHOWN)
        except SHOWN_ERRORS:
            return turns

    def keep(
        self, open_id: str | None, turns: Sequence[KeptTurn], turn: KeptTurn, *, new: bool = False
    ) -> tuple[str, int]:
        """Stores a turn in place of the one with its number or, if `new`, after all that were stored meanwhile.

        Returns the conversation's id and the turn's number in it; raises WorkError if it cannot be stored.
        """
        with suppress(NotFoundError):
            if open_id is not None:
                return self._kept.append(open_id, turn) if new else (self._kept.keep(open_id, turn), turn.number)
        return self._copied(open_id, turns, turn), turn.number

    def mark(self, open_id: str | None, turns: list[ShownTurn], turn: ShownTurn) -> tuple[str | None, list[ShownTurn]]:
        """Stores a turn that the reader judged or added to; returns the id of its conversation and the turns."""
        try:
            self._kept.mark(open_id or "", turn)
        except NotFoundError:
            open_id = self._copied(open_id, turns, turn)
        # Another button may have been pressed since these turns were shown.
        return open_id, self.current(open_id, [turn if each.number == turn.number else each for each in turns])

    def _copied(self, open_id: str | None, turns: Sequence[KeptTurn], changed: KeptTurn) -> str:
        """Stores all turns, one of them changed or new, as a conversation of the person's own; returns its id."""
        with suppress(NotFoundError):
            turns = turns if open_id is None else self._kept.turns(open_id)
        numbered = {turn.number: turn for turn in (*turns, changed)}
        return self._kept.keep_all([turn for _, turn in sorted(numbered.items())])


def _content(turn: KeptTurn) -> tuple[object, ...]:
    """Returns the parts of a turn that can change."""
    return turn.answer, turn.judged, turn.should_be, turn.used
