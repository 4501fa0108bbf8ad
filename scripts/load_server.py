"""Many people at one server: each converses about a State of their own, and nobody gets what is another's.

`python -m scripts.load_server STORE [--users 20] [--seconds 300] [--rest 5]` serves a copy of a store over the
fictional conference with accounts, and prints as JSON: requests, errors, mixed answers, times in seconds, memory in MB,
load of the machine. Every other person is a program: asks, asks on, reads the conversation again and the list of their
own, tries to read another's, and rests. The others sit at the chat in a browser, and ask and ask on there. With
UNTOC_DATABASE__URL the accounts and the record are there, and the store's folder is used as it is.
"""

import html
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_urlsafe
from typing import Annotated, Any

import httpx
import numpy as np
import typer

from app.desk.tables import open_tables
from app.server.accounts import Accounts
from app.settings import load_settings
from evals.files import shipped_rows

_SPOKE = {row["state"] for row in shipped_rows("conference/statements.csv")}
_PARTIES = [row for row in shipped_rows("conference/parties.csv") if row["code"] in _SPOKE and row["kind"] == "state"]
STATES = {row["code"]: row["name"] for row in _PARTIES}
# How much more memory the last quarter of the time may take than the second, in which all models are loaded.
_GROWTH = 1.1
TOPICS = ("extradition", "mutual legal assistance", "firearms", "migrant smuggling", "asset recovery", "witnesses")


@dataclass
class Tally:
    """What was seen, by all together."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)
    conversations: dict[str, str] = field(default_factory=dict)
    memory: list[float] = field(default_factory=list)
    load: list[float] = field(default_factory=list)
    processor: float = 0.0


class Reader(threading.Thread):
    """One person, who asks until the time is over."""

    def __init__(self, name: str, state: str, client: httpx.Client, tally: Tally, until: float, rest: float) -> None:
        super().__init__(name=name)
        self.state, self.client, self.tally, self.until, self.rest = state, client, tally, until, rest
        self.random, self.own = random.Random(name), set[str]()

    def run(self) -> None:
        """Asks, asks on and reads again, one conversation after the other."""
        while time.monotonic() < self.until:
            first, second = self.random.sample(TOPICS, 2)
            try:
                self._converse([f"What did {STATES[self.state]} say about {first}?", f"And on {second}?"])
            except Exception as error:  # whatever happens to one person is counted, and the others go on
                self.tally.errors.append(f"{self.name}: {error!r}")
                self._pause()

    def _converse(self, questions: list[str]) -> None:
        begun = self._send("ask", "POST", "/conversations", {"question": questions[0]})
        identifier = begun["id"]
        self.own.add(identifier)
        self.tally.conversations[self.name] = identifier
        self._check(begun["answer"], questions[0])
        self._pause()
        on = self._send("ask on", "POST", f"/conversations/{identifier}/turns", {"question": questions[1]})
        self._check(on["answer"], questions[1])
        self._pause()
        read = self._send("read", "GET", f"/conversations/{identifier}")
        if [turn["question"] for turn in read["turns"]] != questions:
            self.tally.mixed.append(f"{self.name} reads {read}")
        listed = self._send("list", "GET", "/conversations?limit=500")
        if not {item["id"] for item in listed["items"]} <= self.own:
            self.tally.mixed.append(f"{self.name} is shown others' conversations")
        others = [each for name, each in list(self.tally.conversations.items()) if name != self.name]
        for other in self.random.sample(others, min(1, len(others))):
            answer = self.client.get(f"/conversations/{other}")
            if answer.status_code != 404:
                self.tally.mixed.append(f"{self.name} reads another's: {answer.status_code}")
        self._pause()

    def _pause(self) -> None:
        time.sleep(self.random.uniform(0, 2 * self.rest))

    def _check(self, answer: dict[str, Any], question: str) -> None:
        spoke = {citation["state"] for citation in answer["citations"] if citation["on_behalf_of"] is None}
        states = answer["scope"]["states"]
        if answer["question"] != question or states != [self.state] or not spoke <= {self.state}:
            self.tally.mixed.append(f"{self.name} asked {question!r} of {self.state}: {states} {spoke}")

    def _send(self, kind: str, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - any JSON value
        answer = self.client.request(method, path, json=body)
        self.tally.times[kind].append(answer.elapsed.total_seconds())
        return answer.raise_for_status().json()


class Visitor(Reader):
    """One person at the chat, whose browser sends what Gradio's script sends; a conversation is a page of its own."""

    def _converse(self, questions: list[str]) -> None:
        config = self.client.get("/config").raise_for_status().json()
        # A question that is typed or pressed.
        event = next(each for each in config["dependencies"] if each["api_name"] == "ask_new")
        session = self.random.randbytes(6).hex()
        for number, question in enumerate(questions):
            kind, begun = "ask on in the chat" if number else "ask in the chat", time.monotonic()
            page = self._asked(event, session, question)
            self.tally.times[kind].append(time.monotonic() - begun)
            if not all(each in page for each in questions[: number + 1]):
                self.tally.errors.append(f"{self.name} asked {question!r}: {page[:200]}")
            if any(f"What did {name} say" in page for state, name in STATES.items() if state != self.state):
                self.tally.mixed.append(f"{self.name} of {self.state} is shown {page[:200]}")
            self._pause()

    def _asked(self, event: dict[str, Any], session: str, question: str) -> str:
        """Returns the conversation that the page shows after a question."""
        data = [question, *(None for _ in event["inputs"][1:])]
        body = {"data": data, "fn_index": event["id"], "session_hash": session, "trigger_id": event["targets"][0][0]}
        self.client.post("/gradio_api/queue/join", json=body).raise_for_status()
        with self.client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as lines:
            for line in lines.iter_lines():
                told = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {}
                if told.get("msg") == "process_completed":
                    return html.unescape(str(told["output"].get("data", told["output"])[0]))
        return "nothing came"


def main(
    store: Path,
    users: int = 20,
    seconds: float = 300,
    rest: Annotated[float, typer.Option(help="seconds between what a person does, on average")] = 5,
) -> None:
    """Serves, lets people ask, and prints what was seen; exit code 1 for errors, mixed answers or growing memory."""
    with tempfile.TemporaryDirectory(prefix="untoc-load-") as folder:
        if load_settings(store=store).database.url is None:
            left_out = shutil.ignore_patterns("served", "write.*", "desk.*")
            store = Path(shutil.copytree(store, Path(folder, "store"), ignore=left_out))
        tally = _load(store, users, seconds, rest)
    told = _told(tally, users, seconds)
    print(json.dumps(told, indent=1))
    grows = told["memory_mb"]["last_quarter"] > _GROWTH * told["memory_mb"]["second_quarter"]
    raise typer.Exit(1 if tally.errors or tally.mixed or grows else 0)


def _load(store: Path, users: int, seconds: float, rest: float) -> Tally:
    tally, settings = Tally(), load_settings(store=store)
    names, password = [f"reader-{number:02}" for number in range(users)], token_urlsafe()
    with closing(open_tables(store, settings.database)) as tables:
        accounts = Accounts(tables)
        for name in names:
            if not accounts.exists(name):
                accounts.add(name, "reader")
            accounts.set_password(name, password)
        keys = {name: accounts.add_key(name, "load", ["read", "ask", "work"])[1] for name in names}
    allowed = {"ACCOUNTS": "local", "QUESTIONS": "1000/minute", "SIGN_INS": "1000/minute"}
    environment = {**os.environ, "UNTOC_LOG_LEVEL": "ERROR"} | {f"UNTOC_SERVER__{n}": v for n, v in allowed.items()}
    command = [sys.executable, "-m", "app.cli", "serve", "--store", str(store), "--port", "0"]
    serving = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    with ExitStack() as opened, serving as server:
        assert server.stdout is not None
        address = next(word for word in server.stdout.readline().split() if word.startswith("http"))

        def client(path: str, **headers: str) -> httpx.Client:
            made = httpx.Client(base_url=f"{address}{path}", headers=headers, timeout=180, trust_env=False)
            return opened.enter_context(made)

        def reader(number: int, name: str) -> Reader:
            kind, own = Reader, client("/api/v1", authorization=f"Bearer {keys[name]}")
            if number % 2:
                kind, own = Visitor, client("", origin=address)
                assert own.post("/sign-in", data={"name": name, "password": password}).status_code == 303
                own.get("/").raise_for_status()
            return kind(name, list(STATES)[number % len(STATES)], own, tally, until, rest)

        # The models are loaded by the first question.
        first = client("/api/v1", authorization=f"Bearer {keys[names[0]]}")
        first.post("/ask", json={"question": "What did Arvandia say about extradition?"}).raise_for_status()
        before, until = _processor(server.pid), time.monotonic() + seconds
        readers = [reader(number, name) for number, name in enumerate(names)]
        for each in readers:
            each.start()
        while any(each.is_alive() for each in readers):
            tally.memory.append(_memory(server.pid))
            tally.load.append(os.getloadavg()[0])
            time.sleep(5)
        tally.processor = _processor(server.pid) - before
        server.send_signal(signal.SIGTERM)
        if server.wait(60) != 0:
            tally.errors.append(f"the server ended with {server.returncode}")
    return tally


def _told(tally: Tally, users: int, seconds: float) -> dict[str, Any]:
    def spread(found: list[float]) -> dict[str, float]:
        middle, most = np.percentile(found, [50, 95]).round(2).tolist()
        return {"n": len(found), "p50": middle, "p95": most, "max": round(max(found), 2)}

    quarter, asked = max(1, len(tally.memory) // 4), [len(own) for kind, own in tally.times.items() if "ask" in kind]
    memory = {"second": tally.memory[quarter : 2 * quarter] or tally.memory, "last": tally.memory[-quarter:]}
    return {
        "users": users, "seconds": seconds, "requests": sum(map(len, tally.times.values())),
        "errors": len(tally.errors), "mixed": len(tally.mixed),
        "seconds_of": {kind: spread(found) for kind, found in tally.times.items()},
        "processor_seconds_a_question": round(tally.processor / max(1, sum(asked)), 2),
        "load_of_the_machine": round(float(np.mean(tally.load)), 1),
        "memory_mb": {f"{name}_quarter": round(float(np.mean(found))) for name, found in memory.items()},
        "problems": [*tally.errors[:5], *tally.mixed[:5]],
    }  # fmt: skip


def _processor(pid: int) -> float:
    """Returns the seconds of processor time that a process has taken, on Linux."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> float:
    """Returns the resident memory of a process in MB, on Linux."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    typer.run(main)
