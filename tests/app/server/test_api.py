"""The API as programs meet it: the JSON of the commands, problems in one line, pages of lists."""

import json

import httpx
import pytest

from app.corpus.as_json import shown_json
from tests.fakes_server import Team

QUESTION = "What did Iran say about article 4?"
TIMED = ("trace_id", "timings_ms")


def same(answer: dict) -> dict:
    return {key: value for key, value in answer.items() if key not in TIMED}


@pytest.fixture(scope="module")
def adam(served: Team):
    with served.program("adam") as client:
        yield client


def test_ask_gives_the_json_of_the_command(served: Team, adam: httpx.Client) -> None:
    answer = adam.post("/api/v1/ask", json={"question": QUESTION}).raise_for_status().json()
    expected = served.served.desk.unguarded.assistant.ask(QUESTION).to_json()
    assert answer["status"] == "answered" and same(answer) == same(json.loads(json.dumps(expected)))
    with adam.stream("POST", "/api/v1/ask/events", json={"question": QUESTION}) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = [line for line in stream.iter_lines() if line]
    events = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
    assert events[0] == "step" and events[-1] == "answer"
    last = json.loads([line for line in lines if line.startswith("data: ")][-1].removeprefix("data: "))
    assert same(last) == same(answer)


def test_lists_come_in_pages(served: Team, adam: httpx.Client) -> None:
    seen, offset = [], 0
    while offset is not None:
        page = adam.get("/api/v1/statements", params={"offset": offset, "limit": 7}).raise_for_status().json()
        assert len(page["items"]) <= 7
        seen, offset = [*seen, *page["items"]], page["next"]
    stored = served.served.desk.unguarded.corpus.documents()
    assert [item["statement_id"] for item in seen] == [s.document_id for s in stored] and page["total"] == len(stored)
    first = adam.get(f"/api/v1/statements/{seen[0]['statement_id']}").raise_for_status().json()
    assert first == json.loads(json.dumps(shown_json(served.served.desk.unguarded.corpus, seen[0]["statement_id"])))
    state = seen[0]["state"]
    of_state = adam.get("/api/v1/statements", params={"state": state}).json()["items"]
    assert {item["state"] for item in of_state} == {state}


def test_a_problem_is_told_in_one_line(adam: httpx.Client) -> None:
    for answer, status in (
        (adam.get("/api/v1/statements/nothing"), 404),
        (adam.post("/api/v1/ask", json={"question": ""}), 422),
        (adam.post("/api/v1/ask", json={"question": QUESTION, "scope": {"colour": ["red"]}}), 422),
        (adam.get("/api/v1/statements", params={"limit": 100_000}), 422),
    ):
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        told = answer.json()
        assert told["status"] == status and "\n" not in told["detail"] and told["detail"]
