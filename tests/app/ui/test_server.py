import asyncio
import json
import socket
import subprocess
import sys
import tracemalloc

import httpx
import pytest

from app.briefing.as_json import contract_of
from app.briefing.cells import Review
from app.export.briefing_lines import arrange
from app.loopback import listen
from app.question.turns.state import EarlierTurn
from tests.fakes_briefing import EXTRADITION, fake_briefing, with_cells
from tests.fakes_ui import EXAMPLE, FakeBuilder

pytestmark = pytest.mark.integration


@pytest.fixture
def client(app_server):
    with httpx.Client(base_url=app_server.address, timeout=20, trust_env=False) as program:
        yield program


def call_api(client, name, *data):
    """Calls an endpoint as any HTTP client does; returns the last event and its data."""
    place = f"/gradio_api/call/{name}"
    event = client.post(place, json={"data": data}).raise_for_status().json()["event_id"]
    fields = dict(line.split(": ", 1) for line in client.get(f"{place}/{event}").text.strip().split("\n")[-2:])
    return fields["event"], json.loads(fields["data"])


def test_no_part_of_an_answer_waits_for_the_acknowledgement_of_another():
    async def accepted(listener):
        taken = asyncio.get_running_loop().create_future()

        async def take(reader, writer):
            taken.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        async with await asyncio.start_server(take, sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            at_once = await taken
            writer.close()
            return at_once

    with listen("127.0.0.1", 0) as listener:
        assert asyncio.run(accepted(listener))


def test_api_gives_exactly_the_contract(app_server, client):
    history = ["What did Arvandia say?", {"question": "and in 2021?", "scope": {"years": []}}]
    event, data = call_api(client, "ask", EXAMPLE, {"years": ["2020"]}, history)
    turns = EarlierTurn(question=history[0]), EarlierTurn(question="and in 2021?", overrides={"years": []})
    assert app_server.assistant.asked[-1] == (EXAMPLE, {"years": ["2020"]}, turns)
    expected = app_server.assistant.ask(EXAMPLE, overrides={"years": ["2020"]}, history=turns)
    assert event == "complete"
    assert data == [expected.to_json() | {"trace_id": data[0]["trace_id"]}]


def test_api_checks_a_draft(client):
    event, (report,) = call_api(client, "verify", "Iran said: “The lamps of every harbour were lit.”")
    assert event == "complete" and [found["verdict"] for found in report["findings"]] == ["not_found"]
    assert report["summary"] == {"verified": 0, "altered": 0, "misattributed": 0, "not_found": 1}


def test_api_gives_a_briefing_as_its_documents_cite_it(app_server, client, monkeypatch):
    review = Review(state="rejected", kind=None, note="", reviewer="A. Reader", at="2026-11-24T09:00:00+00:00")
    briefing = with_cells(fake_briefing(), "XAA", EXTRADITION, review=review)
    monkeypatch.setattr(FakeBuilder, "build", lambda *_, **__: briefing)
    event, (made,) = call_api(client, "brief", ["extradition"])
    assert event == "complete" and made == json.loads(json.dumps(contract_of(arrange(briefing))))
    assert made["rows"][0]["citations"] == []


def test_api_takes_a_question_alone_and_reports_what_is_wrong_in_one_line(client):
    event, data = call_api(client, "ask", EXAMPLE)
    assert event == "complete" and data[0]["question"] == EXAMPLE
    event, data = call_api(client, "ask", " ")
    assert event == "error" and "the question is empty" in json.dumps(data)
    event, data = call_api(client, "ask", EXAMPLE, None, [{"text": "and Belmora?"}])
    assert event == "error" and "each turn of a 'history' must be a question" in json.dumps(data, ensure_ascii=False)


def test_page_loads_nothing_from_elsewhere_and_only_named_endpoints_are_public(client):
    info = client.get("/gradio_api/info").json()
    assert sorted(info["named_endpoints"]) == ["/ask", "/brief", "/verify"] and info["unnamed_endpoints"] == {}
    page = client.get("/")
    policy = page.headers["content-security-policy"]
    assert page.status_code == 200 and policy.startswith("default-src 'self'") and "http" not in policy
    assert "googleapis" not in page.text and '"analytics_enabled":true' not in page.text.replace(" ", "")
    assert client.get("/health").json() == {"status": "ok"}
    for host, status in (("evil.example", 400), ("localhost:7860", 200)):
        assert client.get("/health", headers={"host": host}).status_code == status


def test_server_keeps_little_of_pages_that_were_opened_and_nothing_of_events(app_server, client):
    gradio = next(route.app for route in app_server.app.routes if hasattr(getattr(route, "app", None), "state_holder"))
    assert gradio.get_blocks().state_holder.capacity == 300
    gradio.state_holder["first"]
    tracemalloc.start()
    try:
        for number in range(10):
            gradio.state_holder[f"page {number}"]
        assert tracemalloc.get_traced_memory()[0] / 10 < 40_000
    finally:
        tracemalloc.stop()
        for opened in ("first", *(f"page {number}" for number in range(10))):
            del gradio.state_holder.session_data[opened]
    call_api(client, "ask", EXAMPLE)
    assert not gradio.get_blocks()._queue.event_analytics


@pytest.mark.slow
def test_importing_the_app_does_not_import_gradio():
    code = "import sys, app.cli, app.wiring, app.ui, app.server.accounts; sys.exit('gradio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
