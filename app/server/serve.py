"""The composition of the server: the chat, the API and the tools behind one guard, served until interrupted."""

import asyncio
import contextlib
import logging
import os
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
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
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Match, Mount
from starlette.types import Scope

from app.desk.tables import open_tables
from app.errors import AppError, SettingsError
from app.loopback import is_loopback, require_loopback
from app.server import accounts_api, api, sign_in, works_api
from app.server.accounts import Accounts
from app.server.actions import Actions
from app.server.method_rules import Gatekeeper
from app.server.person import person_of
from app.server.problems import Problem, handle_problems, problem, small_page
from app.server.rate_limits import MOST_WAITING, Limits
from app.server.request_guard import NO_ADDRESS, RequestGuard, networks
from app.server.request_log import Observed, ServerMetrics, log_as_json
from app.server.required_permissions import EVENTS, EXPORTS, DeclaredRoute, needs
from app.server.tools import build_tools, tool_routes
from app.server.user_roles import Permission
from app.settings import ServerConfig, Settings
from app.ui.chat import build_interface
from app.ui.guard import Visitors
from app.ui.server import HEADERS, create_app, serve_app
from app.ui.templates import render
from app.ui.words import said, say, word_for
from app.wiring import Workspace
from vectorstore.errors import StoreError

logger = logging.getLogger(__name__)
# With `no-referrer`, as in `HEADERS`, browsers do not name the page that sends a form, which the guard checks.
_HEADERS: Final = {**HEADERS, "referrer-policy": "same-origin"}
# Seconds in which cancelled requests reach their next step and answer, and then seconds until threads that still work
# are killed. On a busy machine, the process takes somewhat longer to end.
_ANSWER_SECONDS: Final = 5
_KILL_SECONDS: Final = 3
# Threads for requests that need no slot, in addition to those of waiting and running requests.
_THREADS: Final = 40
# Threads for account lookups and `/ready` alone, which work even if all other threads are busy.
_LOOKUPS: Final = 20


@dataclass(frozen=True, kw_only=True)
class Served:
    """The application of a server, and the parts that it is made of."""

    app: FastAPI
    routers: tuple[APIRouter, ...]
    tools: MCPServer
    interface: Blocks
    chat: FastAPI
    actions: Actions


class _Page(Mount):
    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Takes every path left over by the routes, except those for programs, which get problem details instead."""
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        return (Match.NONE, {}) if path.startswith(("/api/", "/mcp")) else super().matches(scope)


class Entrance:
    """The layers before all routes: accounts, limits and metrics, put together by `guard`."""

    def __init__(self, settings: Settings) -> None:
        """Opens the tables of accounts, which the application of `guard` closes when it ends."""
        self.config = config = settings.server
        self.tables = open_tables(settings.store, settings.database)
        self.accounts = Accounts(self.tables, session_hours=config.session_hours, audit_days=config.audit_days)
        self.limits, self.figures, self.lookups = Limits(config), ServerMetrics(), CapacityLimiter(_LOOKUPS)

    def visitors(self, needs: Callable[[str], Permission | None]) -> Visitors:
        """Returns the access rules of a Gradio page; `needs` gives an event's permission, or None to refuse it."""

        async def may(request: Request, event: str) -> bool:
            person, need = person_of(request.scope), needs(event)
            if need is None or person is None or need not in person.may:
                return False
            if event in EXPORTS:
                await run_in_threadpool(self.accounts.log, "export", event, person)
            return True

        def of(name: str) -> Callable[[Request], str]:
            return lambda request: str(getattr(person_of(request.scope), name, ""))

        return Visitors(owner=of("sign_in"), may=may, name=of("name"))

    def guard(self, page: FastAPI, routers: Sequence[APIRouter], *, tools: MCPServer | None = None) -> FastAPI:
        """Returns an application with a Gradio page and routes behind the guard."""

        @contextlib.asynccontextmanager
        async def lifespan(_: FastAPI) -> AsyncIterator[None]:
            threads = _THREADS + MOST_WAITING + self.config.at_once
            to_thread.current_default_thread_limiter().total_tokens = threads
            async with contextlib.AsyncExitStack() as stack:
                stack.callback(self.tables.close)
                await stack.enter_async_context(page.router.lifespan_context(page))
                if tools is not None:
                    await stack.enter_async_context(tools.session_manager.run())
                yield

        app = FastAPI(
            title="untoc",
            version=version("untoc"),
            description="What States said about UNTOC, word for word.",
            lifespan=lifespan,
            docs_url=None,
            redoc_url=None,
            openapi_url=None,
            # The prefix under which clients see the paths of the OpenAPI document.
            servers=[{"url": root}] if (root := urlsplit(self.config.address).path.rstrip("/")) else None,
            # Clients generated from the document name their functions by these ids.
            generate_unique_id_function=lambda route: route.name,
        )

        async def on_end() -> None:
            app.state.told_to_end = time.monotonic()
            self.limits.close()
            asyncio.get_running_loop().call_later(self.config.stop_seconds, self.limits.cancel)
            await page.state.on_end()

        app.state.on_end = on_end
        handle_problems(app)
        # Only declares the key in the OpenAPI document; the guard has checked it already.
        bearer = Depends(HTTPBearer(auto_error=False, description="a key, `untoc_…`"))
        for router in routers:
            app.include_router(router, dependencies=[bearer])
        app.router.routes += [] if tools is None else tool_routes(tools)
        app.router.routes.append(_Page("/", page))
        app.add_middleware(
            RequestGuard, config=self.config, accounts=self.accounts, limits=self.limits, lookups=self.lookups,
            headers=_HEADERS,
        )  # fmt: skip
        app.add_middleware(Observed, figures=self.figures)
        return app


def build_server(workspace: Workspace) -> Served:
    """Returns the server over a workspace; an event loop must run meanwhile, as Gradio needs one."""
    entrance = Entrance(workspace.settings)
    config = entrance.config
    gate = Gatekeeper(entrance.accounts, entrance.limits, log_questions=config.audit_questions)
    actions = Actions(workspace, entrance.tables, gate)
    tools = build_tools(actions)
    interface = build_interface(actions.workspace, actions.checker, actions.works, signs_out=config.signs_in)
    largest = workspace.settings.load.max_bytes
    chat = create_app(interface, visitors=entrance.visitors(EVENTS.get), largest_file=largest)
    routers = (
        api.routes(actions),
        works_api.routes(actions),
        accounts_api.routes(actions),
        sign_in.routes(config, entrance.accounts, entrance.limits),
        _operations(actions, entrance),
    )
    app = entrance.guard(chat, routers, tools=tools)
    return Served(app=app, routers=routers, tools=tools, interface=interface, chat=chat, actions=actions)


def _operations(actions: Actions, entrance: Entrance) -> APIRouter:
    """Returns the routes for operators of the server."""
    router, figures = APIRouter(route_class=DeclaredRoute, include_in_schema=False), entrance.figures

    @router.api_route("/health", **needs("nobody"), methods=["GET", "HEAD"])
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @router.api_route("/ready", **needs("nobody"), methods=["GET", "HEAD"])
    async def ready() -> Response:
        try:
            await to_thread.run_sync(entrance.accounts.active_name, "", limiter=entrance.lookups)
            await to_thread.run_sync(lambda: actions.unguarded.store.catalogue.generation, limiter=entrance.lookups)
        except (AppError, StoreError) as error:
            # The client learns only that the server is not ready; the log says why.
            logger.error("not ready: %s", error)
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, "not ready: the log tells why")
        return JSONResponse({"status": "ready"})

    @router.get("/metrics", **needs("operate"))
    def metrics() -> Response:
        figures.statements.set(len(actions.unguarded.corpus.documents()))
        return Response(generate_latest(figures.registry), media_type=CONTENT_TYPE_LATEST)

    @router.get("/api/v1/openapi.json", **needs("person"))
    def openapi(request: Request) -> dict[str, Any]:
        document: dict[str, Any] = request.app.openapi()
        # FastAPI adds the models that routes return, but not those of errors with another media type.
        document["components"]["schemas"]["Problem"] = Problem.model_json_schema()
        return document

    @router.get("/api/v1/docs", **needs("person"), response_class=HTMLResponse)
    def docs(request: Request) -> str:
        # Unlike the pages of OpenAPI tools, this one loads nothing from other servers.
        return render("server_routes", title="API", width="50rem", paths=request.app.openapi()["paths"])

    @router.get("/about", **needs("read"), response_class=HTMLResponse)
    def about(request: Request) -> Response:
        word_for(request)
        facts = actions.about()
        models = facts.pop("models")
        rows = {said(key, key): value for key, value in (facts | models).items()}
        signs_out = entrance.config.signs_in
        return small_page("server_about", 200, title=say("about-server"), width="50rem", rows=rows, signs_out=signs_out)

    return router


def serve(workspace: Workspace, *, on_ready: Callable[[str], None]) -> float:
    """Serves until interrupted, then finishes running requests; returns the time (`time.monotonic`) for `leave`.

    Raises as `check` does, and a PortTakenError if the address cannot be bound.
    """
    # If another process is writing to the store, records of broken uploads are removed at the next start.
    with contextlib.suppress(StoreError):
        workspace.corpus.uploads.forget_broken()
    return _serve(workspace.settings, lambda: build_server(workspace).app, on_ready)


def serve_page(
    settings: Settings, create: Callable[[Visitors], FastAPI], needs: Permission, *, on_ready: Callable[[str], None]
) -> None:
    """Serves a Gradio page behind accounts, all of whose events need one permission; raises as `serve` does."""

    def build() -> FastAPI:
        entrance = Entrance(settings)
        page = create(entrance.visitors(lambda _: needs))
        return entrance.guard(page, [sign_in.routes(settings.server, entrance.accounts, entrance.limits)])

    _serve(settings, build, on_ready)


def _serve(settings: Settings, build: Callable[[], FastAPI], on_ready: Callable[[str], None]) -> float:
    config, built = settings.server, list[FastAPI]()
    check_settings(config)
    log_as_json(settings.log_level)
    # Not refused: the port of a container may be published to its machine alone.
    if not (config.address or is_loopback(config.host)):
        logger.warning("%s: %s", config.host, NO_ADDRESS)

    def build_it() -> FastAPI:
        built.append(build())
        return built[-1]

    serve_app(
        build_it, settings.store, config.host, config.port,
        on_ready=on_ready, anywhere=config.accounts != "none", address=config.address,
        ends_in=config.stop_seconds + _ANSWER_SECONDS,
    )  # fmt: skip
    # Counted from the start of the shutdown, since the steps after it take seconds on a busy machine. Zero, so that
    # `leave` acts at once, if it was interrupted before it served.
    told_to_end = max((getattr(app.state, "told_to_end", 0.0) for app in built), default=0.0)
    return told_to_end + config.stop_seconds + _ANSWER_SECONDS + _KILL_SECONDS


def leave(by: float) -> None:
    """Ends the process if threads still work at the time `by`: nobody waits for them, and the store survives a kill."""
    threads = [item for item in threading.enumerate() if item is not threading.current_thread() and not item.daemon]
    for thread in threads:
        thread.join(max(0, by - time.monotonic()))
    if left := sum(thread.is_alive() for thread in threads):
        logger.warning("%d steps that took too long were cut off", left)
        logging.shutdown()
        os._exit(0)


def check_settings(config: ServerConfig) -> None:
    """Checks the settings; a HostError if others could reach a server without accounts, a SettingsError if invalid."""
    if config.accounts == "none":
        require_loopback(config.host)
    try:
        networks(config.trusted_proxies)
    except ValueError as exc:
        raise SettingsError(f"UNTOC_SERVER__TRUSTED_PROXIES: {exc}; write addresses or networks with commas") from exc
    if config.accounts == "oidc" and not (config.oidc.issuer and config.oidc.client_id and config.address):
        raise SettingsError(
            "OIDC needs UNTOC_SERVER__OIDC__ISSUER, UNTOC_SERVER__OIDC__CLIENT_ID and UNTOC_SERVER__ADDRESS: set them"
        )
    if config.accounts == "proxy" and not config.trusted_proxies:
        raise SettingsError("a proxy's header needs UNTOC_SERVER__TRUSTED_PROXIES: set the address of the proxy")
