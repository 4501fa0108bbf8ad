"""Adapters: a chat over HTTP as it answers, and how its failures read; the program in this process."""

import json
from typing import Any

import httpx
import pytest

from app.question.turn import EarlierTurn
from evals.adapters import Http, history_of, overrides_of
from evals.cases.case import Case, Expectation
from evals.errors import AnswerError, RunError

CASE = Case(
    id="c",
    question="And Belmora?",
    history=("What did Arvandia say?",),
    type="follow_up",
    answerable=True,
    tags={"overrides": json.dumps({"years": ["2020"]})},
    expect=Expectation(status="answered"),
)


def _chat(events: str, status: int = 200) -> tuple[Http, list[httpx.Request]]:
    asked: list[httpx.Request] = []

    def reply(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if request.method == "POST":
            return httpx.Response(status, json={"event_id": "e1"})
        return httpx.Response(200, text=events)

    return Http("http://chat.test", transport=httpx.MockTransport(reply)), asked


def test_a_chat_is_asked_through_its_endpoint() -> None:
    answer: dict[str, Any] = {"question": "And Belmora?", "status": "answered", "answer": "« oui »"}
    events = f"event: heartbeat\ndata: null\n\nevent: complete\ndata: {json.dumps([answer])}\n\n"
    chat, asked = _chat(events)
    assert chat.ask(CASE, 0) == answer
    assert [request.url.path for request in asked] == ["/gradio_api/call/ask", "/gradio_api/call/ask/e1"]
    sent = json.loads(asked[0].content)
    assert sent == {
        "data": ["And Belmora?", {"years": ["2020"]}, [{"question": "What did Arvandia say?", "scope": {}}]]
    }


@pytest.mark.parametrize(
    ("events", "status", "message"),
    [
        ('event: error\ndata: "the question is empty"\n\n', 200, "refused the question"),
        ("event: generating\ndata: null\n\n", 200, "without an answer"),
        ("", 503, "is `untoc chat` running"),
        ("event: complete\ndata: nonsense\n\n", 200, "no answer from"),
    ],
)
def test_a_chat_that_gives_no_answer_says_why(events: str, status: int, message: str) -> None:
    chat, _ = _chat(events, status)
    with pytest.raises(AnswerError, match=message):
        chat.ask(CASE, 0)


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "ftp://chat.test", "chat.test"])
def test_only_addresses_of_a_chat_are_taken(url: str) -> None:
    with pytest.raises(RunError, match="no address"):
        Http(url)


def test_what_was_set_in_the_chat_is_set_again() -> None:
    assert overrides_of(CASE) == {"years": ["2020"]}
    assert overrides_of(CASE.model_copy(update={"tags": {}})) is None
    earlier = CASE.model_copy(update={"tags": {"history_overrides": [{"states": ["XAA"]}]}})
    assert history_of(earlier) == (EarlierTurn(question="What did Arvandia say?", overrides={"states": ["XAA"]}),)
    assert history_of(CASE) == (EarlierTurn(question="What did Arvandia say?"),)
