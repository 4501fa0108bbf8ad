import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.fakes_ui import empty_checker, fake_tools, fake_workspace

START_SECONDS = 90


class Served:
    """A running interface with what is behind it."""

    def __init__(self, address: str, app: Any, assistant: Any, corpus: Any, store: Path) -> None:
        self.address = address
        self.app = app
        self.assistant = assistant
        self.corpus = corpus
        self.store = store


@contextmanager
def serving(assistant: Any, corpus: Any, folder: Path, *, tools: Any = None, checker: Any = None) -> Iterator[Served]:
    """Serves an assistant and a corpus, fake or real, on a free port of this machine.

    Uploads and saved cases go into `folder`; briefings are fictional where no tools are given, and drafts are
    checked against nothing where no checker is.
    """
    from app.desk.tables import open_tables
    from app.desk.works import Works
    from app.loopback import quiet_server
    from app.ui.chat import build_interface
    from app.ui.server import create_app

    store = folder / "store"
    briefings = tools or fake_tools(folder)
    checks = checker or empty_checker(folder)
    ready = threading.Event()
    servers: list[Any] = []
    apps: list[Any] = []

    async def serve(listener: socket.socket) -> None:
        # Built while a loop runs: without one Gradio makes loops of its own and leaves them open.
        interface = build_interface(assistant, corpus, store, briefings, checks, Works(open_tables(store)))
        apps.append(create_app(interface, on_ready=ready.set))
        servers.append(quiet_server(apps[0]))
        await servers[0].serve(sockets=[listener])

    with socket.socket() as listener, pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(folder))
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        thread = threading.Thread(target=lambda: asyncio.run(serve(listener)), daemon=True)
        thread.start()
        assert ready.wait(START_SECONDS), "the interface did not start"
        yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}", apps[0], assistant, corpus, store)
        servers[0].should_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def app_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    assistant, corpus = fake_workspace(step_seconds=0.02)
    with serving(assistant, corpus, tmp_path_factory.mktemp("uploads")) as served:
        yield served


class Watched:
    """A page with everything that it asked the network for and complained about."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.requests: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def hosts(self) -> set[str]:
        return {urlsplit(url).hostname or "" for url in self.requests if url.startswith(("http", "ws"))}


@pytest.fixture
def open_page(browser: Any, app_server: Served) -> Iterator[Callable[..., Watched]]:
    """Opens the interface at a width; each call is a new visitor."""
    contexts = []

    def open_at(width: int = 1280, height: int = 860, served: Served = app_server, **options: Any) -> Watched:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        context.set_default_timeout(40_000)
        contexts.append(context)
        watched = Watched(context.new_page())
        watched.page.goto(served.address)
        watched.page.wait_for_selector(".u-welcome")
        # The question box focuses itself once the page's script runs.
        watched.page.wait_for_selector("#u-live", state="attached")
        return watched

    yield open_at
    for context in contexts:
        context.close()
