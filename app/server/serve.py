"""The composition of the server: the chat, the API and the tools behind one gate, served until interrupted."""

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from html import escape
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, Final
from urllib.parse import urlsplit

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, FastAPI, Response
from fastapi.security import HTTPBearer
from gradio import Blocks
from mcp.server import MCPServer
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from app.desk.tables import open_tables
from app.errors import AppError, SettingsError
from app.loopback import in_url, listen, quiet_server, require_loopback
from app.server import accounts_api, api, sign_in, works_api
from app.server.accounts import Accounts
from app.server.desk import Desk, open_desk
from app.server.gate import Gate, networks
from app.server.guarded import Gatekeeper
from app.server.limits import MOST_WAITING, Limits
from app.server.observe import Figures, Observed, log_as_json, note
from app.server.person import SCOPE_KEY, Person
from app.server.problems import handle_problems, problem
from app.server.rules import EVENTS, EXPORTS, DeclaredRoute, needs
from app.server.tools import build_tools, tool_routes
from app.settings import ServerConfig
from app.ui.guard import Visitors
from app.ui.served import served_folder
from app.ui.server import HEADERS, chat_of, create_app
from app.wiring import Workspace
from vectorstore.errors import StoreError

logger = logging.getLogger(__name__)
# Without a referrer at all, browsers do not say where a form comes from either.
_HEADERS: Final = {**HEADERS, "referrer-policy": "same-origin"}
# Seconds that questions under way are given when the server ends.
_ENDS_IN: Final = 20
# For what need not wait for room, beside the threads of what waits or is worked on.
_THREADS: Final = 40
# For who asks, and whether the server is ready: known whatever else is under way.
_LOOKUPS: Final = 20


@dataclass(frozen=True, kw_only=True)
class Served:
    """What is served, with what is behind it."""

    app: FastAPI
    routers: tuple[APIRouter, ...]
    tools: MCPServer
    interface: Blocks
    desk: Desk


def build_server(workspace: Workspace, *, on_ready: Callable[[], None] | None = None) -> Served:
    """Returns the server over a workspace; built while a loop runs, as Gradio needs."""
    config = workspace.settings.server
    tables = open_tables(workspace.settings.store, workspace.settings.database)
    accounts = Accounts(tables, session_hours=config.session_hours, audit_days=config.audit_days)
    limits, figures, lookups = Limits(config), Figures(), CapacityLimiter(_LOOKUPS)
    gate = Gatekeeper(accounts, limits, log_questions=config.audit_questions)
    desk = open_desk(workspace, tables, gate)
    tools = build_tools(desk)
    visitors = Visitors(owner=_owner, may=lambda request, event: _may(gate, request, event), name=_name)
    interface = chat_of(desk.workspace, desk.checker, desk.works, signs_out=config.accounts != "none")
    chat = create_app(interface, visitors=visitors)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = _THREADS + MOST_WAITING + config.at_once
        async with chat.router.lifespan_context(chat), tools.session_manager.run():
            if on_ready is not None:
                on_ready()
            yield
        tables.close()

    app = FastAPI(
        title="untoc",
        version=version("untoc"),
        description="What States said about the UN Convention against Transnational Organized Crime, word for word.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    handle_problems(app)
    routers = (
        api.routes(desk),
        works_api.routes(desk),
        accounts_api.routes(desk),
        sign_in.routes(config, accounts, limits),
        _operations(app, desk, figures, lookups),
    )
    # The gate has read the key already; this tells it in the OpenAPI document.
    bearer = Depends(HTTPBearer(auto_error=False, description="a key, `untoc_…`"))
    for router in routers:
        app.include_router(router, dependencies=[bearer])
    app.router.routes += tool_routes(tools)
    app.mount("/", _Told(chat))
    app.add_middleware(Gate, config=config, accounts=accounts, limits=limits, lookups=lookups, headers=_HEADERS)
    app.add_middleware(Observed, figures=figures)
    return Served(app=app, routers=routers, tools=tools, interface=interface, desk=desk)


class _Told:
    """Tells the log that the chat was asked, by the kind of request alone."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        kinds = [part for part in path.split("/") if part in ("queue", "call", "upload", "component_server", "run")]
        note(scope, f"/chat/{kinds[0]}" if kinds else "/chat")
        await self._app(scope, receive, send)


def _operations(app: FastAPI, desk: Desk, figures: Figures, lookups: CapacityLimiter) -> APIRouter:
    """Returns the routes for whoever runs the server."""
    router = APIRouter(route_class=DeclaredRoute, include_in_schema=False)

    @router.get("/health", **needs("nobody"))
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/ready", **needs("nobody"))
    async def ready() -> Response:
        try:
            await to_thread.run_sync(desk.accounts.ready, limiter=lookups)
            await to_thread.run_sync(lambda: desk.unguarded.store.catalogue.generation, limiter=lookups)
        except (AppError, StoreError) as error:
            # Whoever looks on learns that it is not, and the log why.
            logger.error("not ready: %s", error)
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, "not ready: the log tells why")
        return Response('{"status":"ready"}', media_type="application/json")

    @router.get("/metrics", **needs("operate"))
    def metrics() -> Response:
        figures.statements.set(len(desk.unguarded.corpus.documents()))
        return Response(generate_latest(figures.registry), media_type=CONTENT_TYPE_LATEST)

    @router.get("/api/v1/openapi.json", **needs("person"))
    def openapi() -> dict[str, Any]:
        return app.openapi()

    @router.get("/api/v1/docs", **needs("person"), response_class=HTMLResponse)
    def docs() -> str:
        return _list_of_routes(app.openapi())

    @router.get("/about", **needs("read"), response_class=HTMLResponse)
    def about() -> str:
        known = desk.about()
        rows = {**{k: v for k, v in known.items() if k != "models"}, **known["models"]}
        cells = "".join(f"<tr><th scope=row>{escape(k)}<td>{escape(str(v or '—'))}" for k, v in rows.items())
        out = '<form method="post" action="sign-out"><button>Sign out</button></form>'
        return _html("About", f"<table>{cells}</table>{out}")

    return router


def _html(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title} · untoc</title><style>body{{font:1rem/1.5 system-ui,sans-serif;max-width:50rem;"
        "margin:2rem auto;padding:0 1rem}th{text-align:start;padding-inline-end:1rem;font-weight:600}</style>"
        f"<main><h1>{title}</h1>{body}</main></html>"
    )


def _list_of_routes(document: dict[str, Any]) -> str:
    """Returns a page that lists the API, which needs nothing of other servers as pages of OpenAPI tools do."""
    rows = "".join(
        f"<tr><th scope=row><code>{method.upper()} {escape(path)}</code><td>{escape(each.get('description', ''))}"
        for path, methods in document["paths"].items()
        for method, each in methods.items()
    )
    return _html("API", f'<p><a href="openapi.json">OpenAPI document</a></p><table>{rows}</table>')


def _owner(request: Request) -> str:
    person = request.scope.get(SCOPE_KEY)
    return person.sign_in if isinstance(person, Person) else ""


def _name(request: Request) -> str:
    person = request.scope.get(SCOPE_KEY)
    return person.name if isinstance(person, Person) else ""


async def _may(gate: Gatekeeper, request: Request, event: str) -> bool:
    person, need = request.scope.get(SCOPE_KEY), EVENTS.get(event)
    if need is None or not isinstance(person, Person) or need not in person.may:
        return False
    if event in EXPORTS:
        await run_in_threadpool(gate.accounts.log, "export", event, person)
    return True


def serve(workspace: Workspace, *, on_ready: Callable[[str], None]) -> None:
    """Serves until interrupted; requests under way are answered first.

    Args:
        workspace: What is served; the caller closes it.
        on_ready: Called with the address when questions can be asked.

    Raises:
        HostError: There are no accounts, and others could reach the address.
        PortTakenError: The address cannot be had.
        SettingsError: A setting of the server is not what it should be.
    """
    config = workspace.settings.server
    check(config)
    # A store that another process writes just now is tidied the next time.
    with contextlib.suppress(StoreError):
        workspace.corpus.uploads.forget_broken()
    log_as_json(workspace.settings.log_level)
    store = workspace.settings.store
    with (
        listen(config.host, config.port, anywhere=config.accounts != "none") as listener,
        served_folder(store) as served,
    ):
        # Gradio's default is one folder for all users of the machine.
        os.environ["GRADIO_TEMP_DIR"] = str(served)
        address = config.address or f"http://{in_url(config.host)}:{listener.getsockname()[1]}"
        root = urlsplit(config.address).path.rstrip("/")

        async def run() -> None:
            built = build_server(workspace, on_ready=lambda: on_ready(address))
            await quiet_server(built.app, ends_in=_ENDS_IN, root_path=root).serve(sockets=[listener])

        # Ctrl-C is how serving ends.
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(run())


def check(config: ServerConfig) -> None:
    """Checks the settings of a server.

    Raises:
        HostError: There are no accounts, and others could reach the address.
        SettingsError: A setting is not what it should be.
    """
    if config.accounts == "none":
        require_loopback(config.host)
    try:
        networks(config.trusted_proxies)
    except ValueError as exc:
        raise SettingsError(f"UNTOC_SERVER__TRUSTED_PROXIES: {exc}; write addresses or networks with commas") from exc
    sign_in.check(config)
