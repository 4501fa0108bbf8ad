"""Many people at one server: each converses about a State of their own, and nobody receives another's data.

Every second person is a program, which asks, follows up, reads its conversation and its list again, tries to read
another's conversation, and pauses. The others ask and follow up in the chat, as a browser does. Every run of the tests
has six people for some seconds, on a server with fake models. Twenty people on a real server for five minutes run with:

    UNTOC_TEST_LOAD=FILE .venv/bin/python -m pytest -s tests/app/server/test_load.py

FILE has settings as `.env` has them; `UNTOC_STORE` names a store of the fictional conference, of which a copy is served
unless the record is in a database. The test prints times in seconds, memory in MB and the load of the machine.
"""

import html
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from app.desk.tables import open_tables
from app.server.accounts import Accounts
from app.settings import load_settings
from evals.files import shipped_rows
from tests.fakes_server import PASSWORD, Team, team, typed_in_chat

SPOKE = {row["state"] for row in shipped_rows("conference/statements.csv")}
PARTIES = [row for row in shipped_rows("conference/parties.csv") if row["code"] in SPOKE and row["kind"] == "state"]
STATES = {row["code"]: row["name"] for row in PARTIES}
TOPICS = ("extradition", "mutual legal assistance", "firearms", "migrant smuggling", "asset recovery", "witnesses")
PEOPLE, SECONDS, REST = 20, 300, 5
# Largest ratio of the memory in the last quarter of the time to that in the second, when all models are loaded.
GROWTH = 1.1


@dataclass
class Tally:
    """Measurements of all people together: seconds by request, errors, and data that reached the wrong person."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)
    conversations: dict[str, str] = field(default_factory=dict)


class Reader(threading.Thread):
    """One person, who asks by a program until the time is over."""

    def __init__(self, name: str, state: str, client: httpx.Client, tally: Tally, until: float, rest: float) -> None:
        super().__init__(name=name)
        self.state, self.client, self.tally, self.until, self.rest = state, client, tally, until, rest
        self.random, self.own = random.Random(name), set[str]()

    def run(self) -> None:
        while time.monotonic() < self.until:
            first, second = self.random.sample(TOPICS, 2)
            try:
                self.converse([f"What did {STATES[self.state]} say about {first}?", f"And on {second}?"])
            except Exception as error:  # whatever happens to one person is counted, and the others go on
                self.tally.errors.append(f"{self.name}: {error!r}")
                self.pause()

    def converse(self, questions: list[str]) -> None:
        begun = self.send("ask", "POST", "", {"question": questions[0]})
        identifier = begun["id"]
        self.own.add(identifier)
        self.tally.conversations[self.name] = identifier
        self.check(begun["answer"], questions[0])
        self.pause()
        on = self.send("ask on", "POST", f"/{identifier}/turns", {"question": questions[1]})
        self.check(on["answer"], questions[1])
        self.pause()
        read = self.send("read", "GET", f"/{identifier}")
        if [turn["question"] for turn in read["turns"]] != questions:
            self.tally.mixed.append(f"{self.name} reads {read}")
        listed = self.send("list", "GET", "?limit=500")
        if not {item["id"] for item in listed["items"]} <= self.own:
            self.tally.mixed.append(f"{self.name} is shown others' conversations")
        others = [each for name, each in list(self.tally.conversations.items()) if name != self.name]
        for other in self.random.sample(others, min(1, len(others))):
            answer = self.client.get(f"/api/v1/conversations/{other}")
            if answer.status_code != 404:
                self.tally.mixed.append(f"{self.name} reads another's: {answer.status_code}")
        self.pause()

    def pause(self) -> None:
        time.sleep(self.random.uniform(0, 2 * self.rest))

    def check(self, answer: dict[str, Any], question: str) -> None:
        spoke = {citation["state"] for citation in answer["citations"] if citation["on_behalf_of"] is None}
        states = answer["scope"]["states"]
        if answer["question"] != question or states != [self.state] or not spoke <= {self.state}:
            self.tally.mixed.append(f"{self.name} asked {question!r} of {self.state}: {states} {spoke}")

    def send(self, kind: str, method: str, path: str, body: object = None) -> Any:
        answer = self.client.request(method, f"/api/v1/conversations{path}", json=body)
        self.tally.times[kind].append(answer.elapsed.total_seconds())
        return answer.raise_for_status().json()


class Visitor(Reader):
    """One person at the chat, whose browser sends what Gradio's script sends; a conversation is a page of its own."""

    def converse(self, questions: list[str]) -> None:
        session = self.random.randbytes(6).hex()
        for number, question in enumerate(questions):
            kind, begun = "ask on in the chat" if number else "ask in the chat", time.monotonic()
            page = html.unescape(typed_in_chat(self.client, question, session))
            self.tally.times[kind].append(time.monotonic() - begun)
            if not all(each in page for each in questions[: number + 1]):
                self.tally.errors.append(f"{self.name} asked {question!r}: {page[:200]}")
            if any(f"What did {name} say" in page for state, name in STATES.items() if state != self.state):
                self.tally.mixed.append(f"{self.name} of {self.state} is shown {page[:200]}")
            self.pause()


def conversed(
    served: Team, people: Iterable[int], seconds: float, rest: float, look: Callable[[], None] = lambda: None
) -> Tally:
    """Returns the tally of people, by number, who converse for so many seconds; calls `look` every five seconds."""
    tally, readers = Tally(), list[Reader]()
    until = time.monotonic() + seconds
    for number in people:
        name = f"reader-{number:02}"
        if served.accounts.active_name(name) is None:
            served.accounts.add(name, "reader", PASSWORD)
        kind, client = Reader, served.program(name, "read", "ask", "work")
        if number % 2:
            kind, client = Visitor, served.browser(name)
            client.get("/").raise_for_status()
        client.timeout = httpx.Timeout(180)
        readers.append(kind(name, list(STATES)[number % len(STATES)], client, tally, until, rest))
    for each in readers:
        each.start()
    while alive := [each for each in readers if each.is_alive()]:
        look()
        alive[0].join(5)
    return tally


@pytest.mark.integration
def test_nobody_gets_an_error_or_what_is_anothers(filled_store: Path, tmp_path: Path) -> None:
    with team(filled_store, tmp_path) as served:
        tally = conversed(served, range(6), 5, 0.1)
    assert (tally.errors, tally.mixed) == ([], [])
    assert tally.times.keys() == {"ask", "ask on", "read", "list", "ask in the chat", "ask on in the chat"}


@pytest.mark.slow
@pytest.mark.timeout(SECONDS + 600)
@pytest.mark.skipif("UNTOC_TEST_LOAD" not in os.environ, reason="UNTOC_TEST_LOAD names no file of settings")
def test_a_server_holds_for_five_minutes_and_takes_no_more_memory(tmp_path: Path) -> None:
    given = os.environ["UNTOC_TEST_LOAD"]
    settings = load_settings(env_file=Path(given))
    store = settings.store
    if settings.database.url is None:
        left_out = shutil.ignore_patterns("served", "write.*", "desk.*")
        store = Path(shutil.copytree(store, tmp_path / "store", ignore=left_out))
    allowed = {"ACCOUNTS": "local", "QUESTIONS": "1000/minute", "SIGN_INS": "1000/minute"}
    environment = {**os.environ, "UNTOC_LOG_LEVEL": "ERROR"} | {f"UNTOC_SERVER__{n}": v for n, v in allowed.items()}
    command = [sys.executable, "-m", "app.cli", "--env-file", given, "serve", "--store", str(store), "--port", "0"]
    memory, load = list[float](), list[float]()
    with (
        closing(open_tables(store, settings.database)) as tables,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server,
    ):
        address = next(word for word in server.stdout.readline().split() if word.startswith("http"))
        # The server is a process of its own, so these parts of it are not available here.
        apart = dict.fromkeys(("served", "thread", "server"))
        served = Team(address=address, accounts=Accounts(tables), store=store, **apart)

        def look() -> None:
            memory.append(resident(server.pid))
            load.append(os.getloadavg()[0])

        try:
            # The first questions, by an additional person, load the models.
            conversed(served, [PEOPLE], 1, 0)
            before = processor(server.pid)
            tally = conversed(served, range(PEOPLE), SECONDS, REST, look)
            taken = processor(server.pid) - before
        finally:
            for client in served.clients:
                client.close()
            server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0
    quarter, asked = max(1, len(memory) // 4), [len(own) for kind, own in tally.times.items() if "ask" in kind]
    second, last = (float(np.mean(part)) for part in (memory[quarter : 2 * quarter], memory[-quarter:]))
    report = {
        "requests": sum(map(len, tally.times.values())),
        "seconds": {kind: np.percentile(found, [50, 95, 100]).round(2).tolist() for kind, found in tally.times.items()},
        "processor_seconds_a_question": round(taken / sum(asked), 2),
        "load_of_the_machine": round(float(np.mean(load)), 1),
        "memory_mb": [round(second), round(last)],
    }
    sys.stdout.write(f"{json.dumps(report, indent=1)}\n")
    assert (tally.errors, tally.mixed) == ([], [])
    assert last <= GROWTH * second


def processor(pid: int) -> float:
    """The seconds of processor time that a process has taken, on Linux."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> float:
    """The memory of a process in MB, on Linux."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
