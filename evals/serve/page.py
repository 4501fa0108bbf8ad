"""Serves the evals page to one person on this machine, and calls nobody."""

import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from importlib.resources import files

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from app.errors import AppError
from app.loopback import LoopbackGuard, in_url, listen, quiet_server
from app.settings import Settings
from evals.errors import EvalError
from evals.golden.documents import Documents
from evals.paths import EvalPaths
from evals.serve.archive import Archive, Renderers
from evals.serve.guard import HEADERS, LARGEST_FORM, Token, posting
from evals.serve.jobs import COMMAND, Jobs
from evals.serve.views import Views
from ingest.errors import IngestError
from vectorstore.errors import StoreError


def serve(
    settings: Settings, paths: EvalPaths, *, host: str = "127.0.0.1", port: int = 7861, on_ready: Callable[[str], None]
) -> None:
    """Serves the evals page until interrupted; a run that is under way is then stopped, and can be gone on with.

    Args:
        settings: The settings, with the store.
        paths: The folder of evals of that store; nothing is written outside it.
        host: Address to serve on, one of this machine's own.
        port: 0 takes any free one.
        on_ready: Called with the address when the page can be opened.

    Raises:
        HostError: Others could reach the address.
        PortTakenError: It cannot be had.
    """
    with listen(host, port) as listener:
        address = f"http://{in_url(host)}:{listener.getsockname()[1]}"
        app = create_app(settings, paths, on_ready=lambda: on_ready(address))
        quiet_server(app).run(sockets=[listener])


def create_app(
    settings: Settings,
    paths: EvalPaths,
    *,
    command: Sequence[str] = COMMAND,
    renderers: Renderers | None = None,
    store_documents: Callable[[], Documents] | None = None,
    on_ready: Callable[[], None] | None = None,
) -> Starlette:
    """Puts the pages into one web application.

    Args:
        settings: The settings, with the store.
        paths: The folder of evals of that store.
        command: What runs cases, before its arguments.
        renderers: What writes reports; default: `evals.report`.
        store_documents: Reads the statements of the store; default: opens it.
        on_ready: Called when the page can be opened.
    """
    token, jobs = Token(), Jobs(paths, settings.store, command=command)
    archive = Archive(settings, paths, renderers or Renderers(), store_documents=store_documents)
    views = Views(settings=settings, paths=paths, archive=archive, jobs=jobs, token=token)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        if on_ready is not None:
            on_ready()
        try:
            yield
        finally:
            jobs.cancel()

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
        ],
        middleware=[Middleware(LoopbackGuard, headers=HEADERS, largest_body=LARGEST_FORM)],
        exception_handlers=dict.fromkeys((EvalError, AppError, IngestError, StoreError, 404), views.failed),
        lifespan=lifespan,
    )


def _file(name: str, media_type: str) -> Callable[[object], Response]:
    content = files("evals.serve").joinpath("static", name).read_text(encoding="utf-8")

    def endpoint(_: object) -> Response:
        return PlainTextResponse(content, media_type=media_type, headers={"cache-control": "no-cache"})

    return endpoint
