"""The API as programs meet it: the JSON of the commands, problems in one line, pages of lists."""

import gc
import io
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import docx
import httpx
import pytest
from pydantic import SecretStr

from app.answering.assistant import Assistant, Progress
from app.desk.tables import open_tables
from app.errors import UnkeptError
from app.server.accounts import Accounts
from app.server.person import LOCAL_PERSON, Person
from app.server.problems import problem
from app.server.rate_limits import Limits, ShutdownError, TooManyError
from app.server.user_roles import MAY
from tests.fakes_server import Team, acting_as, team
from vectorstore.database import Database, DatabaseConfig
from vectorstore.errors import StoreError

pytestmark = pytest.mark.integration

QUESTION = "What did Iran say about article 4?"
TIMED = ("trace_id", "timings_ms")


def same(answer: dict) -> dict:
    # Other programs give an empty list of paragraphs, where the answer has none.
    treaties = [
        {key: part for key, part in each.items() if part or key != "paragraphs"} for each in answer["scope"]["treaties"]
    ]
    lasting = {key: value for key, value in answer.items() if key not in TIMED}
    return lasting | {"scope": {**answer["scope"], "treaties": treaties}}


@pytest.mark.parametrize(
    "sent", [{"scope": {"topic": "\ud800"}}, {"history": [{"question": "x", "scope": {"states": ["\ud800"]}}]},
             {"history": ["Why? " * 1000] * 5}],
)  # fmt: skip
def test_what_no_answer_can_hold_is_refused_in_a_line(adam: httpx.Client, sent: dict) -> None:
    body = json.dumps({"question": QUESTION, **sent})
    refused = adam.post("/api/v1/ask", content=body, headers={"content-type": "application/json"})
    assert refused.status_code == 422 and "send" in refused.json()["detail"], refused.text


@pytest.fixture(scope="module")
def adam(served: Team):
    with served.program("adam") as client:
        yield client


def test_ask_gives_the_json_of_the_command_and_so_do_its_events(served: Team, adam: httpx.Client) -> None:
    answer = adam.post("/api/v1/ask", json={"question": QUESTION}).raise_for_status().json()
    expected = served.served.actions.unguarded.assistant.ask(QUESTION).to_json()
    assert answer["status"] == "answered" and same(answer) == same(json.loads(json.dumps(expected)))
    with adam.stream("POST", "/api/v1/ask/events", json={"question": QUESTION}) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = [line for line in stream.iter_lines() if line]
    events = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
    assert events[0] == "step" and events[-1] == "answer"
    last = json.loads([line for line in lines if line.startswith("data: ")][-1].removeprefix("data: "))
    assert same(last) == same(answer)


def test_events_that_never_begin_have_the_status_of_any_answer(
    served: Team, adam: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(**body: Any) -> httpx.Response:
        return adam.post("/api/v1/ask/events", json=body)

    for body in ({"question": ""}, {"question": " "}, {"question": QUESTION, "scope": {"colour": ["red"]}}, {}):
        events, whole = asked(**body), adam.post("/api/v1/ask", json=body)
        assert "\n" not in whole.json()["detail"]
        assert (events.status_code, events.json()["detail"]) == (422, whole.json()["detail"]), body
    limits = served.served.actions.gate._limits
    for refuses, error, status in (("count", TooManyError("too many", 7), 429), ("slot", ShutdownError(), 503)):
        with monkeypatch.context() as patch:
            patch.setattr(limits, refuses, Mock(side_effect=error))
            answer = asked(question=QUESTION)
        assert (answer.status_code, answer.headers["retry-after"]) == (status, str(answer.json()["seconds"]))

    def broken(*_: Any, **__: Any) -> Iterator[Progress]:
        yield Progress(step="resolve", shown={})
        raise ShutdownError

    with monkeypatch.context() as patch:
        patch.setattr(Assistant, "stream", broken)
        lines = asked(question=QUESTION).text.splitlines()
    assert [line for line in lines if line.startswith("event: ")] == ["event: step", "event: problem"]
    told = json.loads([line for line in lines if line.startswith("data: ")][-1].removeprefix("data: "))
    assert (told["status"], told["seconds"], told["detail"]) == (503, 60, str(ShutdownError()))


def test_who_operates_it_mends_the_store_and_sees_the_settings(adam: httpx.Client) -> None:
    checks = adam.post("/api/v1/doctor").raise_for_status().json()["checks"]
    assert checks and all(check["ok"] for check in checks)
    shown = adam.get("/api/v1/settings").raise_for_status().json()
    assert shown["settings"]["UNTOC_SERVER__ACCOUNTS"] == "local"
    assert set(shown["settings"]["UNTOC_SERVER__OIDC__CLIENT_SECRET"]) == {"*"}
    refused = adam.put("/api/v1/users/adam/person", json={"sub": "00u1"})
    assert refused.status_code in (400, 409, 422) and "UNTOC_SERVER__OIDC__ISSUER" in refused.json()["detail"]


def test_lists_come_in_pages(served: Team, adam: httpx.Client) -> None:
    seen, offset = [], 0
    while offset is not None:
        page = adam.get("/api/v1/statements", params={"offset": offset, "limit": 7}).raise_for_status().json()
        assert len(page["items"]) <= 7
        seen, offset = [*seen, *page["items"]], page["next"]
    stored = served.served.actions.unguarded.corpus.documents()
    assert [item["statement_id"] for item in seen] == [s.document_id for s in stored] and page["total"] == len(stored)
    state = seen[0]["state"]
    of_state = adam.get("/api/v1/statements", params={"state": state}).json()["items"]
    assert {item["state"] for item in of_state} == {state}


def test_a_problem_is_told_in_one_line(adam: httpx.Client) -> None:
    for answer, status in (
        (adam.get("/api/v1/statements/nothing"), 404),
        (adam.get("/api/v1/statements", params={"limit": 100_000}), 422),
        (adam.get("/api/v1/search", params={"q": "extradition", "state": "XAA"}), 422),
        (adam.get("/api/v1/nothing"), 404),
        (adam.delete("/api/v1/ask"), 405),
        # The tools (MCP) keep no sessions, so there is none to stream or to end.
        (adam.get("/mcp", headers={"accept": "text/event-stream"}, timeout=20), 405),
        (adam.delete("/mcp"), 405),
    ):
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json", answer.url
        body = answer.json()
        assert body["status"] == status and "\n" not in body["detail"] and body["detail"]


def test_room_is_free_once_somebody_leaves(filled_store: Path, tmp_path: Path) -> None:
    def endless(*_: Any, **__: Any) -> Iterator[Progress]:
        while True:
            yield Progress(step="resolve", shown={})

    with team(filled_store, tmp_path, at_once=1) as running, pytest.MonkeyPatch.context() as patch:
        client = running.program("rita")
        # A slot that is released only by garbage collection is held too long.
        gc.disable()
        try:
            with patch.context() as slow:
                slow.setattr(Assistant, "stream", endless)
                with client.stream("POST", "/api/v1/ask/events", json={"question": QUESTION}) as stream:
                    assert next(stream.iter_lines()).startswith("event: step")
                # Nothing is written to a client that waits for a whole answer, so the server must notice that it left.
                with pytest.raises(httpx.ReadTimeout):
                    client.post("/api/v1/ask", json={"question": QUESTION}, timeout=1)
            answer = client.post("/api/v1/ask", json={"question": QUESTION}, timeout=20)
            assert answer.json()["status"] == "answered"
        finally:
            gc.enable()


def test_a_work_is_reached_by_its_own_kind_alone(adam: httpx.Client) -> None:
    wish = {"articles": ["4"], "states": ["Iran"]}
    briefing = adam.post("/api/v1/briefings", json=wish).json()["id"]
    before = adam.get(f"/api/v1/briefings/{briefing}").json()
    asked = adam.post(f"/api/v1/conversations/{briefing}/turns", json={"question": QUESTION})
    assert asked.status_code == 404 and adam.get(f"/api/v1/briefings/{briefing}").json() == before
    for kind in ("conversations", "cases"):
        assert adam.get(f"/api/v1/{kind}/{briefing}").status_code == 404
    adam.delete(f"/api/v1/briefings/{briefing}")
    assert adam.post(f"/api/v1/cases/{briefing}/restore").status_code == 404
    assert adam.get(f"/api/v1/briefings/{briefing}").status_code == 404


def test_a_verdict_is_shown_in_its_conversation_to_whose_it_is(served: Team, adam: httpx.Client) -> None:
    made = adam.post("/api/v1/conversations", json={"question": QUESTION}).json()["id"]
    place = f"/api/v1/conversations/{made}"
    adam.put(f"{place}/shares/rita", json={"may_change": False}).raise_for_status()
    for who, verdict in ((adam, "wrong"), (served.program("rita"), "right")):
        judged = {"verdict": verdict, "should_be": "a date"}
        assert who.post(f"{place}/turns/1/verdict", json=judged).json()["new"]
        (turn,) = adam.get(place).json()["turns"]
        assert (turn["judged"], turn["should_be"]) == ("wrong", "a date")


def test_files_keep_their_names(served: Team, adam: httpx.Client) -> None:
    texts = [f"Statement by Arvandia. Arvandia supports extradition, {n} times.".encode() for n in range(3)]
    names = ("a (2).txt", "a.txt", "a.txt")
    files = [("files", (name, text)) for name, text in zip(names, texts, strict=True)]
    taken = adam.post("/api/v1/ingest", files=files).raise_for_status().json()["files"]
    assert sorted(file["file"] for file in taken) == ["a (2).txt", "a (3).txt", "a.txt"]
    document, word = io.BytesIO(), docx.Document()
    word.add_paragraph("Arvandia said: “We support extradition in all cases.”")
    word.save(document)
    checked = adam.post(
        "/api/v1/verify/file", files={"file": ("checked.docx", document.getvalue())}, data={"form": "docx"}
    )
    assert checked.status_code == 200, checked.text


def test_a_decision_bears_the_name_of_whoever_is_signed_in(served: Team) -> None:
    with acting_as(served.accounts.of_name("edda")):
        kept = served.served.actions.workspace.reviews.keep("cell", "rejected", reviewer="Somebody else")
    assert kept.reviewer == "edda"


def test_shares_are_logged_with_their_work(served: Team, adam: httpx.Client) -> None:
    made = adam.post("/api/v1/conversations", json={"question": QUESTION}).json()["id"]
    place = f"/api/v1/conversations/{made}/shares/rita"
    adam.put(place, json={"may_change": True}).raise_for_status()
    adam.delete(place).raise_for_status()
    targets = [entry["target"] for entry in adam.get("/api/v1/audit").json() if entry["action"] == "share"]
    # Numbers of entries are integers of PostgreSQL, which are less than 2**31.
    assert adam.get("/api/v1/audit", params={"before": 2**31}).status_code == 422
    assert targets[:2] == [f"{made} no longer with rita", f"{made} with rita to change"]


def test_a_pdf_waits_for_a_slot(adam: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    waited = list[str]()
    monkeypatch.setattr("app.server.actions.write_briefing", lambda briefing, path, **_: path.write_bytes(b"written"))
    made = adam.post("/api/v1/briefings", json={"states": ["Iran"], "articles": ["4"]}).json()["id"]
    slot = Limits.slot
    monkeypatch.setattr(Limits, "slot", lambda limits, name: waited.append(name) or slot(limits, name))
    for suffix, names in ((".docx", []), (".pdf", ["adam"])):
        document = adam.get(f"/api/v1/briefings/{made}/document", params={"suffix": suffix})
        assert (document.status_code, document.content, waited) == (200, b"written", names)


def test_where_a_database_is_stays_inside() -> None:
    url = SecretStr("postgresql+psycopg://untoc@127.0.0.1:1/untoc")
    with closing(open_tables(Path("unused"), DatabaseConfig(url=url))) as tables, pytest.raises(UnkeptError) as caught:
        Accounts(tables).active_name("")
    answer = problem(caught.value)
    assert answer.status_code == 503 and b"127.0.0.1" not in answer.body
    # The record's errors name it as well, for who may operate the server.
    with pytest.raises(StoreError) as of_record:
        Database(url.get_secret_value(), create=False)
    reader = Person(name="rita", role="reader", may=MAY["reader"])
    for person, is_told in ((reader, False), (LOCAL_PERSON, True)):
        with acting_as(person):
            answer = problem(of_record.value)
        assert answer.status_code == 503 and (b"127.0.0.1" in answer.body) == is_told
