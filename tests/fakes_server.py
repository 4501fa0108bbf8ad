"""A server for a team over the fictional conference, with people, their keys and their browsers."""

import asyncio
import json
import logging
import shutil
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog

from app.loopback import listen, quiet_server
from app.server.accounts import Accounts
from app.server.person import Person, reset_person, set_person
from app.server.serve import Served, build_server
from app.settings import ServerConfig
from tests.fakes import fake_workspace, second_model

PASSWORD = "a password of twelve"
PEOPLE = {"rita": "reader", "edda": "editor", "adam": "admin"}
FAST: dict[str, Any] = {
    "requests": "100000/minute",
    "questions": "10000/minute",
    "sign_ins": "1000/minute",
    "stop_seconds": 0,
}
START_SECONDS = 90


def awaited(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Returns a coroutine's result from a thread of its own: in this one a browser's driver keeps a loop running."""
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(copy_context().run, asyncio.run, coroutine).result()


def typed_in_chat(
    client: httpx.Client, question: str, session: str = "abcdef", listens: Callable[[], object] = lambda: None
) -> str:
    """Asks a question in the chat, and returns what the page shows; `listens` is called once it hears of events."""
    config = client.get("/config").raise_for_status().json()
    event = next(each for each in config["dependencies"] if each["api_name"] == "ask_new")
    data = [question, *(None for _ in event["inputs"][1:])]
    body = {"data": data, "fn_index": event["id"], "session_hash": session, "trigger_id": event["targets"][0][0]}
    client.post("/gradio_api/queue/join", json=body).raise_for_status()
    shown = ""
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as lines:
        listens()
        for line in filter(None, lines.iter_lines()):
            message = json.loads(line.removeprefix("data: "))
            if message["msg"] in ("process_generating", "process_completed"):
                shown = str(message["output"]["data"][0])
    return shown


@contextmanager
def acting_as(person: Person | None) -> Iterator[None]:
    """Makes a person the sender of what is called meanwhile without a request."""
    assert person is not None
    token = set_person(person)
    try:
        yield
    finally:
        reset_person(token)


@dataclass(frozen=True, kw_only=True)
class Team:
    """A running server; `accounts` accesses its accounts without a request, and `server.should_exit` ends it."""

    address: str
    served: Served
    accounts: Accounts
    store: Path
    thread: threading.Thread
    server: Any
    clients: list[httpx.Client] = field(default_factory=list)

    def client(self, **headers: str) -> httpx.Client:
        """Returns a client that sends no headers of its own but these; it is closed with the server."""
        self.clients.append(httpx.Client(base_url=self.address, timeout=60, trust_env=False, headers=headers))
        return self.clients[-1]

    def program(self, name: str, *scopes: str) -> httpx.Client:
        """Returns a client with a person's API key; without scopes the key permits all that the person may do."""
        from app.server.user_roles import MAY

        role = next(account.role for account in self.accounts.list() if account.name == name)
        _, secret = self.accounts.add_key(name, "test", scopes or MAY[role])
        return self.client(authorization=f"Bearer {secret}")

    def browser(self, name: str, password: str = PASSWORD) -> httpx.Client:
        """Returns a client that a person has signed in with; each request names the server's own page as its origin."""
        client = self.client(origin=self.address)
        answer = client.post("/sign-in", data={"name": name, "password": password})
        assert answer.status_code == 303, answer.text
        return client


@contextmanager
def serving(build: Callable[[], Any], **options: Any) -> Iterator[tuple[str, Any, threading.Thread]]:
    """Yields address, server and thread of an app that is built and served on a free port of this machine."""
    ready, servers = threading.Event(), list[Any]()

    async def serve(listener: socket.socket) -> None:
        # Built while an event loop runs: without one Gradio makes loops of its own and leaves them open.
        servers.append(quiet_server(build(), ready.set, **options))
        await servers[0].serve(sockets=[listener])

    with listen("127.0.0.1", 0) as listener:
        thread = threading.Thread(target=lambda: asyncio.run(serve(listener)), daemon=True)
        thread.start()
        assert ready.wait(START_SECONDS), "the server did not start"
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", servers[0], thread
        finally:
            servers[0].should_exit = True
            thread.join(30)


@contextmanager
def team(filled: Path, folder: Path, *, root_path: str = "", **settings: Any) -> Iterator[Team]:
    """Yields a team's server over a copy of a store, on a free port of this machine."""
    store, built = folder / "store", list[Served]()
    shutil.copytree(filled, store)
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    config = ServerConfig(**{"accounts": "local", **FAST, **settings})
    with fake_workspace(store, second=second_model()) as opened, pytest.MonkeyPatch.context() as patch:
        workspace = replace(opened, settings=opened.settings.model_copy(update={"server": config}))
        patch.setenv("GRADIO_TEMP_DIR", str(folder / "served"))

        def build() -> Any:
            built.append(build_server(workspace))
            return built[0].app

        try:
            with serving(build, ends_in=config.stop_seconds + 3, root_path=root_path) as (address, server, thread):
                accounts = built[0].actions.gate.accounts
                for name, role in PEOPLE.items() if config.accounts != "none" else ():
                    accounts.add(name, role, PASSWORD)
                running = Team(
                    address=address, served=built[0], accounts=accounts, store=store, thread=thread, server=server
                )
                try:
                    yield running
                finally:
                    for client in running.clients:
                        client.close()
        finally:
            structlog.configure(**before)
