"""History: parses the earlier turns of a conversation from outside input, and computes the state after an answer.

Programs send questions, or answers as `untoc ask --json` printed them; a follow-up such as "and Iraq?" is read with the
`conversation` in the last of these.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Final

from pydantic import TypeAdapter, ValidationError

from app.errors import QuestionError
from app.question.resolution import Resolution, Shown
from app.question.turns.state import ConversationState, EarlierTurn
from app.records import Answer, Claim, Direction
from app.retrieval.retrieved import Retrieved
from ingest.text.canonical_form import without_surrogates
from vectorstore.records import JSONValue

_NO_TURN: Final = 'each turn of a \'history\' must be a question, or {"question": "…", "scope": {"states": ["IRN"]}}'


def read_turns(value: object) -> tuple[EarlierTurn, ...]:
    """Returns the earlier turns of a conversation, oldest first; none for an empty value.

    Args:
        value: A list of questions, each as text or as `{"question": …, "scope": {…}}` where parts of its scope
            were set by hand; or answers as `untoc ask --json` printed them, whose `conversation` is then used as the
            state.

    Raises:
        QuestionError: The value has another form.
    """
    if not value:
        return ()
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise QuestionError("'history' must be a list of questions")
    return tuple(_turn(item) for item in value)


def _turn(item: object) -> EarlierTurn:
    given = item if isinstance(item, Mapping) else {"question": item}
    question, scope, state = given.get("question"), given.get("scope") or {}, given.get("conversation")
    if not isinstance(question, str) or not isinstance(scope, Mapping):
        raise QuestionError(_NO_TURN)
    return EarlierTurn(
        question=without_surrogates(question), overrides=dict(scope), state=read_state(state) if state else None
    )


def turn_of(answer: Answer, overrides: Mapping[str, JSONValue] = MappingProxyType({})) -> EarlierTurn:
    """Returns an answered question as an earlier turn, from which later turns go on.

    Without a stored conversation state, the question is read again; `overrides` are parts of its scope set by hand.
    """
    state = read_state(answer.conversation) if answer.conversation else None
    return EarlierTurn(question=answer.question, overrides=overrides, state=state)


@cache
def _adapter() -> TypeAdapter[ConversationState]:
    return TypeAdapter(ConversationState)


def state_as_json(state: ConversationState) -> dict[str, JSONValue]:
    """Returns a state as JSON, which `read_state` parses."""
    plain: dict[str, JSONValue] = _adapter().dump_python(state, mode="json", exclude_defaults=True)
    return plain


def read_state(value: object) -> ConversationState:
    """Reads a state from JSON; raises a QuestionError if the value is none."""
    try:
        return _adapter().validate_python(value)
    except ValidationError as exc:
        raise QuestionError(
            "the 'conversation' of an earlier turn is not as an answer gave it: leave it out, and the question is read"
        ) from exc


def state_after(
    read: Resolution, answer: Answer, retrieved: Retrieved, earlier: ConversationState | None = None
) -> ConversationState:
    """Returns the state after an answer; where a turn continues the one before, what that showed stays in `shown`.

    Args:
        read: The question as it was read.
        answer: The answer to it.
        retrieved: What was found for it. Its `direction_wording` is the question in whose words a direction was asked
            for, which the next turn asks for as well: "who else?" after "any sceptics?".
        earlier: The state before it: "who else?" leaves out all parties shown on one topic, turn by turn.
    """
    if retrieved.direction_wording:
        read = replace(read, stance=True, stance_from=retrieved.direction_wording)
    cited, continues = answer.citations, read.act == "more" or (read.act == "about" and not answer.citations)
    before = (read.shown_in_all or read.shown or Shown()) if continues else Shown()
    continues |= earlier is not None and read.act != "new" and _subject(read) == _subject(earlier.read)
    known = earlier.shown.parties if continues and earlier is not None and earlier.shown is not None else ()
    listed = tuple(dict.fromkeys(claim.state for claim in answer.claims if claim.state))
    shown = Shown(
        parties=tuple(dict.fromkeys((*known, *before.parties, *listed))),
        listed=listed or before.listed,
        statements=tuple(dict.fromkeys((*before.statements, *(c.statement_id for c in cited)))),
        years=tuple(dict.fromkeys((*before.years, *(c.date[:4] for c in cited if c.date)))),
        sessions=tuple(dict.fromkeys((*before.sessions, *(c.session for c in cited if c.session)))),
        sentences=tuple(dict.fromkeys((*before.sentences, *(key for c in cited for key in c.sentence_ids)))),
        # "Who agrees?" and then "who disagrees?" are both relative to the position before them.
        direction=read.position_shown if retrieved.is_relative else _direction_of(answer.claims) or before.direction,
    )
    # Notes belong to a single answer.
    return ConversationState(read=replace(read, notes=(), party_notes=()), shown=shown)


def _subject(read: Resolution) -> tuple[object, ...]:
    return read.scope.topic, read.scope.treaties, read.scope.agenda_items


def _direction_of(claims: Sequence[Claim]) -> Direction | None:
    """Returns the direction of each party's first claim that is for or against, if it is that of all; None if not."""
    first: dict[str, Direction] = {}
    for claim in claims:
        if claim.state and claim.direction in ("for", "against"):
            first.setdefault(claim.state, claim.direction)
    directions = {*first.values()}
    return directions.pop() if len(directions) == 1 else None
