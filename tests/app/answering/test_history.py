"""History: what an answer shows goes into the state of its conversation, which survives JSON."""

import json
from dataclasses import replace
from typing import Any

import pytest

from app.answering.history import read_state, read_turns, state_after, state_as_json
from app.errors import QuestionError
from app.question.resolution import Resolution, Shown
from app.question.turns.state import ConversationState, EarlierTurn
from app.records import Answer, Claim, Scope, TreatyScope
from app.retrieval.retrieved import Retrieved
from tests.made import citation


def test_what_more_showed_adds_to_what_was_shown_and_silence_shows_the_same() -> None:
    before = Shown(parties=("XAA",), statements=("s1",), sentences=("s1:4",), direction="against")
    more = Resolution(scope=Scope(), question="more", act="more", shown=before)
    cited = citation("x", state="XGA", statement_id="s2", sentence_ids=("s2:1",), date="2018-10-15/2018-10-19")
    claim = Claim(text="x", state="XGA", citations=(1,))
    answer = Answer(question="more", answer="", status="answered", claims=(claim,), citations=(cited,))
    shown = state_after(more, answer, Retrieved()).shown
    assert shown == Shown(
        parties=("XAA", "XGA"),
        statements=("s1", "s2"),
        years=("2018",),
        listed=("XGA",),
        sentences=("s1:4", "s2:1"),
        direction="against",
    )
    # A joint statement that is signed is delivered by nobody.
    signed = replace(answer, citations=(replace(cited, state=None, held_by=("XAB", "XGA")),))
    assert state_after(more, signed, Retrieved()).shown == shown
    thanks = Answer(question="thanks", answer="", status="abstained")
    assert state_after(replace(more, act="about"), thanks, Retrieved()).shown == before


def test_a_state_survives_json() -> None:
    treaties = (TreatyScope(treaty="UNTOC", articles=("4",)),)
    scope = Scope(states=("XAA",), treaties=treaties, interval=("2018", None), excluded=("XGA",))
    state = ConversationState(
        read=Resolution(scope=scope, question="why?", kind="reason", answer_type="reason", act="about"),
        shown=Shown(statements=("s1",)),
    )
    assert read_state(json.loads(json.dumps(state_as_json(state)))) == state
    turn = {"question": "why?", "scope": {"states": ["XZR"]}, "conversation": state_as_json(state)}
    assert read_turns([turn]) == (EarlierTurn(question="why?", overrides={"states": ["XZR"]}, state=state),)


@pytest.mark.parametrize(
    "broken",
    [
        {"read": 1},
        {"shown": {}},
        [],
        "x",
        {"read": {"scope": {}, "act": "dance"}},
        {"read": {"question": "", "scope": {"years": ["abcd"]}}},
        {"read": {"question": "", "scope": {"months": ["2020-13"]}}},
        {"read": {"question": "", "scope": {"interval": ["x", None]}}},
        {"read": {"question": "", "scope": {"treaties": [{"treaty": "NOPE"}]}}},
        {"read": {"question": "", "scope": {"language": "xx"}}},
        {"read": {"question": "", "scope": {}, "reply_language": "xx"}},
        {"read": {"question": "", "scope": {}}, "shown": {"years": ["n.d."]}},
    ],
)
def test_what_is_no_state_is_refused_in_one_line(broken: Any) -> None:
    with pytest.raises(QuestionError, match="conversation"):
        read_state(broken)
