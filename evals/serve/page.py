"""Serves the evals page on one address, to this machine unless told otherwise, and calls nobody."""

import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from importlib.resources import files
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from app.errors import AppError
from app.settings import Settings
from evals.errors import EvalError
from evals.golden.documents import Documents
from evals.golden.sets import Home
from evals.serve.archive import Archive, Renderers, ReportPackage
from evals.serve.guard import Guard, Token, in_url, is_loopback, listen, posting
from evals.serve.jobs import COMMAND, Jobs
from evals.serve.views import Views
from ingest.errors import IngestError
from vectorstore.errors import StoreError

_LOG: Final = logging.getLogger(__name__)


def serve(
    settings: Settings, home: Home, *, host: str = "127.0.0.1", port: int = 7861, on_ready: Callable[[str], None]
) -> None:
    """Serves the evals page until interrupted; a run that is under way is then stopped, and can be gone on with.

    Args:
        settings: The settings, with the store.
        home: The folder of evals of that store; nothing is written outside it.
        host: Address to serve on; others can reach the page, which has no accounts, only if it is not this machine's.
            That is then logged as a warning, and the page takes no folders of statements.
        port: 0 takes any free one.
        on_ready: Called with the address when the page can be opened.

    Raises:
        EvalError: The address cannot be had.
    """
    with listen(host, port) as listener:
        if not is_loopback(host):
            _LOG.warning(
                "the evals page has no accounts, and whoever reaches %s on the network can start runs and decide"
                " reviews: leave --host out to keep it to this machine",
                host,
            )
        address = f"http://{in_url(host)}:{listener.getsockname()[1]}"
        app = create_app(settings, home, host=host, on_ready=lambda: on_ready(address))
        config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=3)
        uvicorn.Server(config).run(sockets=[listener])


def create_app(
    settings: Settings,
    home: Home,
    *,
    host: str = "127.0.0.1",
    command: Sequence[str] = COMMAND,
    renderers: Renderers | None = None,
    store_documents: Callable[[], Documents] | None = None,
    on_ready: Callable[[], None] | None = None,
) -> Starlette:
    """Puts the pages into one web application.

    Args:
        settings: The settings, with the store.
        home: The folder of evals of that store.
        host: Address that it will be served on. On this machine's own, requests under any other host name are
            refused, so that no web page can reach it by pointing a name of its own at this machine. On any other,
            forms that name folders of statements are refused.
        command: What runs cases, before its arguments.
        renderers: What writes reports; default: `evals.report`.
        store_documents: Reads the statements of the store; default: opens it.
        on_ready: Called when the page can be opened.
    """
    token, jobs = Token(), Jobs(home, settings.store, command=command)
    archive = Archive(settings, home, renderers or ReportPackage(), store_documents=store_documents)
    local = is_loopback(host)
    views = Views(settings=settings, home=home, archive=archive, jobs=jobs, token=token, local=local)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        if on_ready is not None:
            on_ready()
        try:
            yield
        finally:
            jobs.cancel()

    guards = [Middleware(Guard)]
    if local:
        hosts = ["localhost", "127.0.0.1", "[::1]", f"[{host}]" if ":" in host else host]
        guards.append(Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False))
    return Starlette(
        routes=[
            Route("/", views.index),
            Route("/job", views.job),
            Route("/compare", views.choose_comparison),
            Route("/runs/{name}", views.report),
            Route("/runs/{name}/compare", views.comparison),
            Route("/runs/{name}/report.md", views.markdown),
            Route("/runs/{name}/answers.csv", views.csv),
            Route("/review", views.review),
            Route("/style.css", _file("style.css", "text/css")),
            Route("/page.js", _file("page.js", "text/javascript")),
            Route("/icon.svg", _file("icon.svg", "image/svg+xml")),
            posting("/runs", views.start, token),
            posting("/job/cancel", views.cancel, token),
            posting("/runs/{name}/resume", views.resume, token),
            posting("/runs/{name}/score", views.score, token),
            posting("/review/draft", views.decide_draft, token),
            posting("/review/citation", views.rule, token),
            posting("/review/claim", views.label, token),
        ],
        middleware=guards,
        exception_handlers=dict.fromkeys((EvalError, AppError, IngestError, StoreError, 404), views.failed),
        lifespan=lifespan,
    )


def _file(name: str, media_type: str) -> Callable[[object], Response]:
    content = files("evals.serve").joinpath("static", name).read_text(encoding="utf-8")

    def endpoint(_: object) -> Response:
        return PlainTextResponse(content, media_type=media_type, headers={"cache-control": "no-cache"})

    return endpoint
