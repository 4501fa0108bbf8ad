"""Shutdown under load: queued requests are refused, long ones are cancelled, and every client is told."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.answering.assistant import Assistant, Progress
from app.briefing.table_builder import BriefingProgress, TableBuilder
from app.server.rate_limits import ShutdownError
from tests.cases import Cases
from tests.conftest import PROJECT
from tests.fakes_server import team, typed_in_chat

cases = Cases(__file__)

pytestmark = pytest.mark.integration
QUESTION = "What did Iran say about article 4?"
TOLD = str(ShutdownError())
STOP_SECONDS = 1.5


def test_everybody_is_told_that_the_server_ends(
    filled_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, left, listens = threading.Semaphore(0), threading.Semaphore(0), threading.Event()

    def endless(*_: Any, **__: Any) -> Iterator[Progress]:
        begun.release()
        try:
            while True:
                time.sleep(0.05)
                yield Progress(step="resolve")
        finally:
            left.release()

    def built(_: Any, __: Any, progress: Any = None, **___: Any) -> None:
        begun.release()
        while True:
            time.sleep(0.05)
            progress(BriefingProgress(done=0, total=1, label=""))

    monkeypatch.setattr(Assistant, "stream", endless)
    monkeypatch.setattr(TableBuilder, "build", built)
    with (
        team(filled_store, tmp_path, at_once=6, stop_seconds=STOP_SECONDS) as running,
        ThreadPoolExecutor(8) as threads,
    ):
        program, browser, page = running.program("rita"), running.browser("adam"), running.browser("edda")
        for each in (browser, page):
            each.get("/")
        idle = threads.submit(page.get, "/gradio_api/heartbeat/abcdef")

        def post(path: str, body: dict[str, Any]) -> tuple[int, str, float]:
            answer = program.post(f"/api/v1/{path}", json=body)
            return answer.status_code, answer.text, time.monotonic()

        under_way = [
            threads.submit(post, "ask", {"question": QUESTION}),
            threads.submit(post, "ask/events", {"question": QUESTION}),
            threads.submit(post, "brief", {"states": ["Iran"], "articles": ["4"]}),
        ]
        chat = threads.submit(typed_in_chat, browser, QUESTION, listens=listens.set)
        for _ in range(4):
            assert begun.acquire(timeout=30)
        assert listens.wait(30)
        waiting = threads.submit(post, "ask", {"question": QUESTION})
        time.sleep(0.5)
        ended, running.server.should_exit = time.monotonic(), True
        status, said, at = waiting.result(30)
        assert (status, TOLD in said) == (503, True) and at - ended < STOP_SECONDS
        for future, expected in zip(under_way, (503, 200, 503), strict=True):
            status, said, at = future.result(30)
            assert (status, TOLD in said) == (expected, True), said
            assert at - ended >= STOP_SECONDS
        assert TOLD[1:] in chat.result(30)
        assert idle.result(30).status_code == 200
        running.thread.join(30)
        assert not running.thread.is_alive() and time.monotonic() - ended < STOP_SECONDS + 5
        assert all(left.acquire(timeout=1) for _ in range(3))


def test_what_is_soon_done_is_answered(filled_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stream, begun, listens = Assistant.stream, threading.Semaphore(0), threading.Event()

    def slow(*values: Any, **how: Any) -> Iterator[Any]:
        begun.release()
        time.sleep(1)
        yield from stream(*values, **how)

    monkeypatch.setattr(Assistant, "stream", slow)
    with ThreadPoolExecutor() as threads, team(filled_store, tmp_path, stop_seconds=60) as running:
        program, browser = running.program("rita"), running.browser("adam")
        browser.get("/")
        asked = threads.submit(program.post, "/api/v1/ask", json={"question": QUESTION})
        chat = threads.submit(typed_in_chat, browser, QUESTION, listens=listens.set)
        for _ in range(2):
            assert begun.acquire(timeout=30)
        assert listens.wait(30)
        running.server.should_exit = True
        assert asked.result(30).json()["status"] == "answered"
        assert "u-turn" in (shown := chat.result(30)) and TOLD[1:] not in shown and "u-pending" not in shown
        running.thread.join(30)
        assert not running.thread.is_alive()


def test_what_comes_to_no_step_is_cut_off_and_told(
    filled_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, over = threading.Event(), threading.Event()

    def stuck(*_: Any, **__: Any) -> Iterator[Progress]:
        begun.set()
        over.wait(60)
        yield Progress(step="resolve")

    monkeypatch.setattr(Assistant, "stream", stuck)
    with ThreadPoolExecutor() as threads, team(filled_store, tmp_path) as running:
        asked = threads.submit(running.program("rita").post, "/api/v1/ask", json={"question": QUESTION})
        assert begun.wait(30)
        running.server.should_exit = True
        answer = asked.result(30)
        over.set()
        assert (answer.status_code, answer.json()["detail"]) == (503, TOLD) and answer.headers["retry-after"] == "60"


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_process_is_gone_in_time_whatever_it_works_on(store: Path) -> None:
    """An endless step is cut off at one deadline, counted from the signal, not after several waits that add up."""
    with (
        subprocess.Popen(
            [sys.executable, "-c", cases["SERVE"], str(store)], cwd=PROJECT, stdout=subprocess.PIPE, text=True
        ) as server,
        httpx.Client(base_url=server.stdout.readline().strip(), timeout=60, trust_env=False) as client,
        ThreadPoolExecutor() as threads,
    ):
        asked = threads.submit(client.get, "/api/v1/parties")
        assert server.stdout.readline() == "begun\n"
        ended = time.monotonic()
        server.terminate()
        assert asked.result(30).status_code == 503
        server.wait(60)
        assert 8 < time.monotonic() - ended < 14


@pytest.mark.slow
def test_a_step_that_takes_long_does_not_keep_the_process() -> None:
    command = [sys.executable, "-c", cases["LEAVE"]]
    ran = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=200)
    assert (ran.returncode, ran.stdout) == (0, "went on\n") and "1 steps" in ran.stderr
