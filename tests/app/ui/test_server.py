import json
import subprocess
import sys
import tracemalloc
import urllib.error
import urllib.request

import pytest

from app.question.turn import EarlierTurn
from tests.fakes_ui import EXAMPLE

pytestmark = pytest.mark.integration


def fetch(address: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], str]:
    """Gets an address: status, headers with lower-case names, body."""
    request = urllib.request.Request(address, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            found = {name.lower(): value for name, value in response.headers.items()}
            return response.status, found, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, {}, error.read().decode()


def call_api(address: str, name: str, *data) -> tuple[str, object]:
    """Calls the endpoint as any HTTP client does; the last event and its data."""
    body = json.dumps({"data": list(data)}).encode()
    request = urllib.request.Request(
        f"{address}/gradio_api/call/{name}", data=body, headers={"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=20) as response:
        event = json.load(response)["event_id"]
    _, _, text = fetch(f"{address}/gradio_api/call/{name}/{event}")
    last = text.strip().split("\n\n")[-1]
    fields = dict(line.split(": ", 1) for line in last.splitlines())
    return fields["event"], json.loads(fields["data"])


def test_api_gives_exactly_the_contract(app_server):
    history = ["What did Arvandia say?", {"question": "and in 2021?", "scope": {"years": []}}]
    event, data = call_api(app_server.address, "ask", EXAMPLE, {"years": ["2020"]}, history)
    turns = EarlierTurn(question=history[0]), EarlierTurn(question="and in 2021?", overrides={"years": []})
    assert app_server.assistant.asked[-1] == (EXAMPLE, {"years": ["2020"]}, turns)
    expected = app_server.assistant.ask(EXAMPLE, overrides={"years": ["2020"]}, history=turns)
    assert event == "complete"
    assert data == [expected.to_json() | {"trace_id": data[0]["trace_id"]}]


def test_api_checks_a_draft(app_server):
    event, (report,) = call_api(app_server.address, "verify", "Iran said: “The lamps of every harbour were lit.”")
    assert event == "complete" and [found["verdict"] for found in report["findings"]] == ["not_found"]
    assert report["summary"] == {"verified": 0, "altered": 0, "misattributed": 0, "not_found": 1}


def test_api_takes_a_question_alone_and_reports_what_is_wrong_in_one_line(app_server):
    event, data = call_api(app_server.address, "ask", EXAMPLE)
    assert event == "complete" and data[0]["question"] == EXAMPLE
    event, data = call_api(app_server.address, "ask", " ")
    assert event == "error" and "the question is empty" in json.dumps(data)
    event, data = call_api(app_server.address, "ask", EXAMPLE, None, [{"text": "and Belmora?"}])
    assert event == "error" and "each turn of a 'history' must be a question" in json.dumps(data, ensure_ascii=False)


def test_page_loads_nothing_from_elsewhere_and_only_named_endpoints_are_public(app_server):
    _, _, body = fetch(f"{app_server.address}/gradio_api/info")
    info = json.loads(body)
    assert sorted(info["named_endpoints"]) == ["/ask", "/brief", "/verify"] and info["unnamed_endpoints"] == {}
    assert fetch(f"{app_server.address}/health")[::2] == (200, '{"status":"ok"}')
    status, headers, body = fetch(app_server.address)
    policy = headers["content-security-policy"]
    assert status == 200 and policy.startswith("default-src 'self'") and "http" not in policy
    assert "googleapis" not in body and '"analytics_enabled":true' not in body.replace(" ", "")
    assert fetch(f"{app_server.address}/health", {"Host": "evil.example"})[0] == 400
    assert fetch(f"{app_server.address}/health", {"Host": "localhost:7860"})[0] == 200


@pytest.mark.parametrize("path", ["/etc/passwd", "app/ui/server.py"])
def test_files_of_this_machine_are_not_served(app_server, path):
    assert fetch(f"{app_server.address}/gradio_api/file={path}")[0] in (403, 404)


def test_server_keeps_little_of_pages_that_were_opened_and_nothing_of_events(app_server):
    gradio = next(route.app for route in app_server.app.routes if hasattr(getattr(route, "app", None), "state_holder"))
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
    call_api(app_server.address, "ask", EXAMPLE)
    assert not gradio.get_blocks()._queue.event_analytics


@pytest.mark.slow
def test_importing_the_app_does_not_import_gradio():
    code = "import sys, app.cli, app.wiring, app.ui; sys.exit('gradio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
