"""Many people at one server: each converses about a State of their own, and nobody gets what is another's.

`python -m scripts.load_server STORE [--users 20] [--seconds 300] [--rest 5]` serves a copy of a store over the
fictional conference with accounts, and prints as JSON: requests, errors, mixed answers, times in seconds, memory in MB.
A person asks, asks on, reads the conversation again and the list of their own, tries to read another's, and rests.
"""

import argparse
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from app.desk.tables import open_tables
from app.server.accounts import Accounts

STATES = {
    "XAA": "Arvandia", "XAB": "Belmora", "XCS": "Cassivar", "XDR": "Drelnia", "XES": "Esquaria", "XFY": "Fyrossa",
    "XGA": "Galdoria", "XIV": "Ilvenor", "XLH": "Lanhai", "XQN": "Quenza", "XRM": "Rimalia", "XTS": "Tessaria",
    "XZR": "Zarechia",
}  # fmt: skip
TOPICS = ("extradition", "mutual legal assistance", "firearms", "migrant smuggling", "asset recovery", "witnesses")


@dataclass
class Tally:
    """What was seen, by all together."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)
    conversations: dict[str, str] = field(default_factory=dict)
    memory: list[float] = field(default_factory=list)
    processor: float = 0.0


class Reader(threading.Thread):
    """One person, who asks until the time is over."""

    def __init__(self, name: str, state: str, client: httpx.Client, tally: Tally, until: float, rest: float) -> None:
        super().__init__(name=name)
        self.state, self.client, self.tally, self.until, self.rest = state, client, tally, until, rest
        self.random, self.own = random.Random(name), dict[str, list[str]]()

    def run(self) -> None:
        """Asks, asks on and reads again."""
        try:
            while time.monotonic() < self.until:
                self._converse()
        except Exception as error:  # whatever happens to one person is counted, and the others go on
            self.tally.errors.append(f"{self.name}: {error!r}")

    def _converse(self) -> None:
        first, second = self.random.sample(TOPICS, 2)
        questions = [f"What did {STATES[self.state]} say about {first}?", f"And on {second}?"]
        begun = self._send("ask", "POST", "/conversations", {"question": questions[0]})
        if begun is None:
            return
        identifier = begun["id"]
        self.own[identifier], self.tally.conversations[self.name] = questions, identifier
        self._check(begun["answer"], questions[0])
        self._pause()
        on = self._send("ask on", "POST", f"/conversations/{identifier}/turns", {"question": questions[1]})
        if on is not None:
            self._check(on["answer"], questions[1])
        self._pause()
        read = self._send("read", "GET", f"/conversations/{identifier}")
        if read is not None and [turn["question"] for turn in read["turns"]] != questions[: len(read["turns"])]:
            self.tally.mixed.append(f"{self.name} reads {read}")
        listed = self._send("list", "GET", "/conversations?limit=500")
        if listed is not None and not {item["id"] for item in listed["items"]} <= self.own.keys():
            self.tally.mixed.append(f"{self.name} is shown others' conversations")
        others = [each for name, each in list(self.tally.conversations.items()) if name != self.name]
        if others:
            answer = self.client.get(f"/conversations/{self.random.choice(others)}")
            if answer.status_code != 404:
                self.tally.mixed.append(f"{self.name} reads another's: {answer.status_code}")
        self._pause()

    def _check(self, answer: dict[str, Any], question: str) -> None:
        spoke = {citation["state"] for citation in answer["citations"] if citation["on_behalf_of"] is None}
        if answer["question"] != question or answer["scope"]["states"] != [self.state] or not spoke <= {self.state}:
            self.tally.mixed.append(
                f"{self.name} asked {question!r} of {self.state}: {answer['scope']['states']} {spoke}"
            )

    def _send(self, kind: str, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - any JSON value
        begun = time.monotonic()
        answer = self.client.request(method, path, json=body)
        self.tally.times[kind].append(time.monotonic() - begun)
        if answer.is_success:
            return answer.json()
        self.tally.errors.append(f"{kind}: {answer.status_code} {answer.text[:200]}")
        return None

    def _pause(self) -> None:
        time.sleep(self.random.uniform(0, 2 * self.rest))


def main() -> int:
    """Serves, lets people ask, and prints what was seen; exit code 1 for an error or a mixed answer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--rest", type=float, default=5, help="seconds between what a person does, on average")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="untoc-load-") as folder:
        store = Path(folder, "store")
        shutil.copytree(asked.store, store, ignore=shutil.ignore_patterns("served", "write.*", "desk.*"))
        tally = _load(store, asked.users, asked.seconds, asked.rest)
    print(json.dumps(_told(tally, asked.users, asked.seconds), indent=1))
    return 1 if tally.errors or tally.mixed else 0


def _load(store: Path, users: int, seconds: float, rest: float) -> Tally:
    tally, tables = Tally(), open_tables(store)
    accounts = Accounts(tables)
    names = [f"reader-{number:02}" for number in range(users)]
    keys = {}
    for name in names:
        accounts.add(name, "reader")
        keys[name] = accounts.add_key(name, "load", ["read", "ask", "work"])[1]
    tables.close()
    environment = {
        **os.environ,
        "UNTOC_SERVER__ACCOUNTS": "local",
        "UNTOC_SERVER__QUESTIONS": "1000/minute",
        "UNTOC_LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "app.cli", "serve", "--store", str(store), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdout is not None
        address = next(word for word in server.stdout.readline().split() if word.startswith("http"))

        def client(name: str) -> httpx.Client:
            headers = {"authorization": f"Bearer {keys[name]}"}
            return httpx.Client(base_url=f"{address}/api/v1", headers=headers, timeout=120, trust_env=False)

        clients = [client(name) for name in names]
        # The models are loaded by the first question.
        clients[0].post("/ask", json={"question": "What did Arvandia say about extradition?"}).raise_for_status()
        before = _processor(server.pid)
        until, codes = time.monotonic() + seconds, list(STATES)
        readers = [
            Reader(name, codes[number % len(codes)], clients[number], tally, until, rest)
            for number, name in enumerate(names)
        ]
        for reader in readers:
            reader.start()
        while any(reader.is_alive() for reader in readers):
            tally.memory.append(_memory(server.pid))
            time.sleep(5)
        tally.processor = _processor(server.pid) - before
        for each in clients:
            each.close()
        server.send_signal(signal.SIGTERM)
        if server.wait(60) != 0:
            tally.errors.append(f"the server ended with {server.returncode}")
    return tally


def _told(tally: Tally, users: int, seconds: float) -> dict[str, Any]:
    times = {
        kind: {"n": len(found), "p50": _quantile(found, 50), "p95": _quantile(found, 95), "max": round(max(found), 2)}
        for kind, found in tally.times.items()
    }
    quarter = max(1, len(tally.memory) // 4)
    return {
        "users": users,
        "seconds": seconds,
        "requests": sum(map(len, tally.times.values())),
        "errors": len(tally.errors),
        "mixed": len(tally.mixed),
        "seconds_of": times,
        "processor_seconds_a_question": round(
            tally.processor / max(1, len(tally.times["ask"] + tally.times["ask on"])), 2
        ),
        "memory_mb": {
            "second_quarter": round(statistics.fmean(tally.memory[quarter : 2 * quarter] or tally.memory)),
            "last_quarter": round(statistics.fmean(tally.memory[-quarter:])),
        },
        "problems": [*tally.errors[:5], *tally.mixed[:5]],
    }


def _quantile(values: list[float], percent: int) -> float:
    return (
        round(statistics.quantiles(values, n=100, method="inclusive")[percent - 1], 2) if len(values) > 1 else values[0]
    )


def _processor(pid: int) -> float:
    """Returns the seconds of processor time that a process has taken, on Linux."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> float:
    """Returns the resident memory of a process in MB, on Linux."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


if __name__ == "__main__":
    sys.exit(main())
