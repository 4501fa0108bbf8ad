import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import pytest

from app.settings import Settings
from app.wiring import Workspace
from tests.fakes import fake_workspace as open_fake_workspace
from tests.fakes_ui import fake_tools, fake_workspace

# The open event streams of all pages of a browser context.
_STREAMS = WeakKeyDictionary[Any, set[Any]]()


@dataclass(frozen=True)
class Served:
    """A running interface with what is behind it."""

    address: str
    app: Any
    assistant: Any
    corpus: Any
    store: Path


@contextmanager
def serving(
    assistant: Any, corpus: Any, folder: Path, *, tools: Any = None, checker: Any = None, largest_file: int = 50_000_000
) -> Iterator[Served]:
    """Serves an assistant and a corpus, fake or real, on a free port of this machine.

    Uploads and saved cases go into `folder`. Without `tools`, briefings are fictional; without `checker`, drafts are
    checked by the tools' own checker, which by default has no statements.
    """
    folder.mkdir(exist_ok=True)
    from app.desk.tables import open_tables
    from app.desk.works import Works
    from app.ui.chat import build_interface
    from app.ui.server import create_app
    from tests.fakes_server import serving as serving_app

    store, apps = folder / "store", list[Any]()
    workspace = tools or fake_tools(folder)
    vars(workspace).update(assistant=assistant, corpus=corpus, settings=Settings(store=store))
    with closing(open_tables(store)) as tables, pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(folder))

        def build() -> Any:
            interface = build_interface(workspace, checker or workspace.checker(), Works(tables))
            apps.append(create_app(interface, largest_file=largest_file))
            return apps[0]

        with serving_app(build) as (address, *_):
            yield Served(address, apps[0], assistant, corpus, store)


@pytest.fixture(scope="session")
def app_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    assistant, corpus = fake_workspace(step_seconds=0.02)
    with serving(assistant, corpus, tmp_path_factory.mktemp("uploads")) as served:
        yield served


@pytest.fixture
def open_page(browser: Any, app_server: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """Opens the interface at a width; each call is a new visitor.

    At the end it asserts that no page raised an error or sent a request to another machine.
    """
    contexts, requests, errors = list[Any](), list[str](), list[str]()

    def open_at(width: int = 1280, height: int = 860, served: Served = app_server, **options: Any) -> Any:
        if served is app_server:
            # Another module's server that ended after this one began has restored the earlier value.
            monkeypatch.setenv("GRADIO_TEMP_DIR", str(served.store.parent))
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        context.set_default_timeout(90_000)
        contexts.append(context)
        streams = _STREAMS[context] = set[Any]()
        context.on("request", lambda request: streams.add(request) if "/queue/data" in request.url else None)
        for over in ("requestfinished", "requestfailed"):
            context.on(over, lambda request: streams.discard(request))
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(served.address)
        page.wait_for_selector(".u-welcome")
        # The question box focuses itself once the page's script runs.
        page.wait_for_selector("#u-live", state="attached")
        settle(page)
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert errors == []
    assert {urlsplit(url).hostname for url in requests if url.startswith(("http", "ws"))} == {"127.0.0.1"}


@pytest.fixture
def page(open_page: Callable[..., Any]) -> Any:
    return open_page()


@pytest.fixture
def empty_workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The product over an empty store, with models that need no weights."""
    with open_fake_workspace(tmp_path / "store") as opened:
        yield opened


@pytest.fixture
def visit(open_page: Callable[..., Any], tmp_path: Path) -> Iterator[Callable[..., tuple[Any, Served]]]:
    """Serves an assistant and a corpus for the test alone, fake ones by default; gives a page and what is behind it."""
    with ExitStack() as stack:

        def visited(*workspace: Any, **behind: Any) -> tuple[Any, Served]:
            served = stack.enter_context(serving(*(workspace or fake_workspace()), tmp_path / "served", **behind))
            return open_page(served=served), served

        yield visited


def settle(page: Any) -> None:
    """Waits for the end of Gradio's event streams: an event sent while the stream of an earlier one closes is lost."""
    end = time.monotonic() + 5
    while _STREAMS[page.context] and time.monotonic() < end:
        page.wait_for_timeout(20)
    page.wait_for_timeout(100)


def ask(page: Any, question: str, turn: int = 1) -> None:
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    page.wait_for_selector(f'.u-turn[data-turn="{turn}"] .u-answer')
    # The scope editor is filled after the answer; the next step must not run into that.
    page.wait_for_selector("#scope-editor")
    page.wait_for_selector("#ask:visible")
    settle(page)


def open_tab(page: Any, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()
