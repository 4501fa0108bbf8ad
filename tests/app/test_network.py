"""Nothing leaves the machine, native code included: commands run with the kernel's record of their network calls.

Guards against onnxruntime 1.32, which posts usage reports from native code, and Gradio 6.31, which fetches addresses.
"""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import PROJECT
from tests.fakes_corpora import manifest_of, write_corpus
from tests.fakes_network import Recorded, cannot_record, record

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(cannot_record() is not None, reason=cannot_record() or ""),
    # Six commands with real models, whose network calls are recorded, take minutes.
    pytest.mark.timeout(600),
]
QUESTIONS = ("What did Arvandia say about the protection of victims?", "What did Iran say about article 4?")
VISIT = PROJECT / "tests" / "app" / "visit_chat.py"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def _run(home: Path, *arguments: str | Path) -> Recorded:
    environment = {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "UNTOC_STORE": str(home / "store"),
        "PYTHONPATH": str(PROJECT),
    }
    command = [sys.executable, *map(str, arguments)]
    return record(command, home / "calls.txt", environment=environment)


@pytest.fixture(scope="module")
def corpus(home: Path, conference: Path) -> Path:
    """The statements of two States at the fictional conference."""
    with (conference / "statements.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["state"] in ("XAA", "XAB")]
    return write_corpus(
        home / "corpus", {row["file"]: (conference / row["file"]).read_bytes() for row in rows}, manifest_of(rows)
    )


@pytest.fixture(scope="module")
def ingested(home: Path, corpus: Path) -> Recorded:
    return _run(home, "-m", "app.cli", "ingest", corpus)


@pytest.fixture
def draft(home: Path, ingested: Recorded) -> Path:
    path = home / "draft.md"
    path.write_text('Arvandia said: "We support article 4 of the Convention."\n', encoding="utf-8")
    return path


def test_ingest_reaches_nobody(ingested: Recorded) -> None:
    assert (ingested.code, ingested.outbound) == (0, ()), ingested.said


@pytest.mark.parametrize(
    "arguments",
    [
        ("app.cli", "brief", "--topic", "protection of victims", "--output", "{home}/briefing.docx"),
        ("app.cli", "verify", "{draft}"),
        ("app.cli", "doctor"),
        # The cases are asked of the filled store, so that nothing is ingested a second time.
        ("evals.cli", "run", "{cases}"),
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_command_reaches_nobody(arguments: tuple[str, ...], home: Path, draft: Path) -> None:
    filled = [part.format(home=home, draft=draft, cases=_two_cases(home)) for part in arguments]
    ran = _run(home, "-m", *filled)
    assert "Traceback" not in ran.said and "usage:" not in ran.said, ran.said
    assert ran.outbound == ()


def _two_cases(home: Path) -> Path:
    cases = yaml.safe_load((PROJECT / "evals" / "conference" / "questions.yaml").read_text(encoding="utf-8"))
    cases["cases"] = cases["cases"][:2]
    path = home / "two.yaml"
    path.write_text(yaml.safe_dump(cases, allow_unicode=True), encoding="utf-8")
    return path


def _call(endpoint: str, *data: Any) -> str:
    return json.dumps(["POST", f"/gradio_api/call/{endpoint}", {"data": data}])


ADDRESSES = (
    "http://example.org/a.png", "https://example.org/a.png", "HTTP://example.org/a.png", "http:/example.org/a.png",
    "//example.org/a.png", "ftp://example.org/a.png", "http%3A%2F%2Fexample.org/a.png", "http://192.0.2.7/a.png",
    "http://[2001:db8::7]/a.png", "http://intern.corp.example/a.png",
)  # fmt: skip


def test_chat_reaches_nobody_and_fetches_no_address_for_anybody(home: Path, ingested: Recorded) -> None:
    requests = [json.dumps(["GET", "/", None]), *(_call("ask", question, None, None) for question in QUESTIONS)]
    requests += [_call("brief", ["protection of victims"], None, ["XAA"])]
    paths = [f"/gradio_api/{route}={address}" for address in ADDRESSES for route in ("file", "proxy")]
    ran = _run(home, VISIT, "chat", home / "store", *requests, *(json.dumps(["GET", path, None]) for path in paths))
    answers = [line for line in ran.said.splitlines() if line.startswith("200 ")]
    assert ran.code == 0 and len(answers) == len(requests) and "Arvandia" in answers[1], ran.said
    assert len(ran.said.splitlines()) >= len(requests) + len(paths), ran.said
    assert ran.outbound == ()


def test_server_with_questions_reaches_nobody(home: Path, ingested: Recorded) -> None:
    tool = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "show", "arguments": {}}}
    requests = [
        json.dumps(["GET", "/", None]),
        *(json.dumps(["POST", "/api/v1/ask", {"question": question}]) for question in QUESTIONS),
        json.dumps(["POST", "/api/v1/conversations", {"question": QUESTIONS[0]}]),
        json.dumps(["POST", "/api/v1/brief", {"topics": ["protection of victims"], "states": ["XAA"]}]),
        json.dumps(["POST", "/api/v1/verify", {"text": 'Arvandia said: "We support article 4 of the Convention."'}]),
        _call("ask", QUESTIONS[0], None, None),
        *(json.dumps(["GET", path, None]) for path in ("/metrics", "/api/v1/openapi.json", "/about")),
    ]
    ran = _run(home, VISIT, "serve", home / "store", *requests, json.dumps(["POST", "/mcp", tool]))
    answers = [line for line in ran.said.splitlines() if line.startswith("200 ")]
    assert len(answers) >= len(requests) and "Arvandia" in answers[1], ran.said
    assert ran.outbound == ()


def test_the_evals_page_reaches_nobody(home: Path, ingested: Recorded) -> None:
    ran = _run(home, VISIT, "evals", home / "store", *(json.dumps(["GET", path, None]) for path in ("/", "/config")))
    assert [line[:4] for line in ran.said.splitlines() if line.startswith("200 ")] == ["200 ", "200 "], ran.said
    assert ran.outbound == ()


def test_ask_reaches_nobody_and_names_no_device(home: Path, ingested: Recorded) -> None:
    ran = _run(home, "-m", "app.cli", "ask", QUESTIONS[0])
    assert "verified" in ran.said
    assert ran.outbound == ()
    assert [path for path in home.rglob("*") if "deviceid" in path.name.lower() or "onnxruntime" in path.name] == []


@pytest.mark.parametrize("module", ["app.ui.server", "vectorstore.rerank"])
def test_reports_are_switched_off_for_whoever_imports(module: str) -> None:
    code = (
        f"import {module}, os, vectorstore.rerank as r\n"
        "r.OnnxReranker(r.RerankConfig()).read('a question', ['a text'])\n"
        "print(os.environ['ORT_DISABLE_TELEMETRY'], os.environ.get('GRADIO_ANALYTICS_ENABLED'))"
    )
    hostile = {"ORT_DISABLE_TELEMETRY": "0", "GRADIO_ANALYTICS_ENABLED": "True", "PYTHONPATH": str(PROJECT)}
    said = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | hostile, capture_output=True, text=True, timeout=400, check=True
    )
    assert said.stdout.split() == ["1", "False"]


def test_record_sees_look_ups_and_connections_of_others(home: Path) -> None:
    """The record shows a look-up by the C library and a datagram, and leaves out loopback traffic."""
    code = (
        "import socket\n"
        "try:\n    socket.getaddrinfo('example.org', 80)\nexcept OSError:\n    pass\n"
        "try:\n    socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).sendto(b'', ('2001:db8::7', 9))\n"
        "except OSError:\n    pass\n"
        "socket.socket(type=socket.SOCK_DGRAM).sendto(b'', ('127.0.0.1', 9))\n"
    )
    found = _run(home, "-c", code).outbound
    assert any("htons(53)" in line for line in found) and any("2001:db8::7" in line for line in found)
    assert not any("htons(9)" in line and "127.0.0.1" in line for line in found)
