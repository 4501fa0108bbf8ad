"""Traits of the kinds of question: what each kind asks for and how it is answered, one row per kind.

A kind is added to `QuestionKind` in `app/records.py`, with a row here, and with examples in `app/question/training`. A
"number" wants an amount in its evidence, asks named or all States, and its claims are not for or against anything.
`list` asks for documents ("which statements do we have?"), `which_states` for States; that all States are asked is
decided by `asks_all` in `read_alone.py`. What is retrieved and composed for a kind is in `app/answering/by_kind.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.records import AnswerType, QuestionKind


@dataclass(frozen=True, kw_only=True)
class KindTraits:
    """What holds of every question of a kind."""

    answer_type: AnswerType | None = None
    """The answer type that the evidence must contain."""
    is_aside: bool = False
    """Does not query the corpus, so that later turns continue the question before it: "thank you"."""
    asks_which_states: bool = False
    """Asks for a list of States."""
    asks_no_state: bool = False
    """Asks no State, even with the words "who" or "States"."""
    of_whole_statement: bool = False
    """Is about whole statements where it names no topic: "summarise Cuba's statement"."""
    in_own_words_only: bool = False
    """Only words of the turn itself ask for it; a fragment such as "and Belmora?" may be taken for any other kind."""
    of_named_statements: bool = False
    """Has an answer only where the question names the parties or the occasion of the statements that it is about."""
    shows_direction: bool = True
    """Its claims may be shown as for or against the topic."""
    has_suggestions: bool = True
    """Further questions are suggested after its answer."""


KIND_TRAITS: Final[Mapping[QuestionKind, KindTraits]] = {
    "content": KindTraits(),
    "position": KindTraits(),
    "compare": KindTraits(in_own_words_only=True),
    "over_time": KindTraits(in_own_words_only=True),
    "which_states": KindTraits(asks_which_states=True),
    "negated_which": KindTraits(asks_which_states=True),
    "number": KindTraits(answer_type="number", in_own_words_only=True, shows_direction=False),
    "date": KindTraits(answer_type="date", in_own_words_only=True, shows_direction=False),
    "person": KindTraits(answer_type="name", in_own_words_only=True, shows_direction=False),
    "reason": KindTraits(answer_type="reason", in_own_words_only=True),
    "yes_no": KindTraits(),
    "metadata": KindTraits(asks_no_state=True, in_own_words_only=True, of_named_statements=True, shows_direction=False),
    "treaty_text": KindTraits(asks_no_state=True, shows_direction=False, has_suggestions=False),
    "summary": KindTraits(
        of_whole_statement=True, in_own_words_only=True, of_named_statements=True, shows_direction=False
    ),
    "list": KindTraits(of_whole_statement=True, in_own_words_only=True, shows_direction=False),
    "source": KindTraits(asks_no_state=True, in_own_words_only=True, of_named_statements=True, shows_direction=False),
    "format_request": KindTraits(asks_no_state=True),
    "greeting": KindTraits(is_aside=True, asks_no_state=True, shows_direction=False, has_suggestions=False),
    "out_of_scope": KindTraits(is_aside=True, asks_no_state=True, has_suggestions=False),
    "ambiguous": KindTraits(asks_no_state=True, has_suggestions=False),
}
WHICH_STATES: Final = frozenset(kind for kind, traits in KIND_TRAITS.items() if traits.asks_which_states)
ASIDES: Final = frozenset(kind for kind, traits in KIND_TRAITS.items() if traits.is_aside)
