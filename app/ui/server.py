"""Serves the interface on one address, to this machine unless told otherwise, and calls nobody."""

import asyncio
import contextlib
import ipaddress
import os
import socket
from collections.abc import AsyncIterator, Callable
from importlib.resources import files

import gradio as gr
import uvicorn
from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.checking.checker import Checker
from app.errors import AppError
from app.ui.briefing_tab import BriefingTools
from app.ui.chat import build_interface
from app.ui.served import served_folder
from app.ui.theme import theme
from app.wiring import Workspace

# Whatever slips into the page, the browser loads and sends nothing elsewhere.
# Gradio needs inline scripts and styles, and compiles its HTML templates.
_POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; connect-src 'self' data: blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_LARGEST_UPLOAD = "200mb"
_BACKLOG = 128


class PortTakenError(AppError):
    """The address to serve on is not to be had."""


class _SafeHeaders:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def create_app(interface: gr.Blocks, *, host: str = "127.0.0.1", on_ready: Callable[[], None] | None = None) -> FastAPI:
    """Puts the interface, its looks and a `/health` route into one web application.

    Args:
        interface: The interface, not yet mounted anywhere.
        host: Address that it will be served on. On this machine's own, requests under any other host name are
            refused, so that no web page can reach it by pointing a name of its own at this machine.
        on_ready: Called when questions can be asked.
    """

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(_SafeHeaders)
    if _is_loopback(host):
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=["localhost", "127.0.0.1", "[::1]", host])

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    package = files("app.ui")
    gr.mount_gradio_app(
        app,
        interface,
        path="/",
        server_name=host,
        ssr_mode=False,
        # Runs would be kept in the browser, and could be sent to a hub from there.
        run_history=False,
        footer_links=[],
        show_error=False,
        max_file_size=_LARGEST_UPLOAD,
        enable_monitoring=False,
        mcp_server=False,
        theme=theme(),
        css=package.joinpath("style.css").read_text(encoding="utf-8"),
        js=package.joinpath("script.js").read_text(encoding="utf-8"),
    )
    mounted = app.router.lifespan_context

    @contextlib.asynccontextmanager
    async def ready(started: FastAPI) -> AsyncIterator[None]:
        async with mounted(started):
            if on_ready is not None:
                on_ready()
            yield

    app.router.lifespan_context = ready
    return app


def serve(workspace: Workspace, host: str, port: int, *, on_ready: Callable[[str], None]) -> None:
    """Serves the chat until interrupted.

    Args:
        workspace: The assistant and the corpus; the caller closes it.
        host: Address to serve on; others can reach it only if it is not this machine's own.
        port: 0 takes any free one.
        on_ready: Called with the address when questions can be asked.

    Raises:
        PortTakenError: The address cannot be had.
    """
    with _listen(host, port) as listener, served_folder(workspace.settings.store) as served:
        # Gradio's default is one folder for all users of the machine.
        os.environ["GRADIO_TEMP_DIR"] = str(served)
        address = f"http://{_in_url(host)}:{listener.getsockname()[1]}"

        async def run() -> None:
            # Built while a loop runs: without one Gradio makes loops of its own and leaves them open.
            tools = BriefingTools(
                builder=workspace.briefings, reviews=workspace.reviews, config=workspace.settings.briefing
            )
            checker = Checker(workspace.store.catalogue, workspace.corpus.parties, workspace.settings.load)
            store = workspace.settings.store
            interface = build_interface(workspace.assistant, workspace.corpus, store, tools, checker)
            app = create_app(interface, host=host, on_ready=lambda: on_ready(address))
            config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=3)
            await uvicorn.Server(config).serve(sockets=[listener])

        asyncio.run(run())


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    if os.name == "posix":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except (OSError, OverflowError) as exc:
        listener.close()
        reason = getattr(exc, "strerror", None) or str(exc)
        advice = "choose another with --port (0 takes any free one) or --host"
        raise PortTakenError(f"cannot serve on {host!r}, port {port}: {reason}; {advice}") from exc
    return listener


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _in_url(host: str) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"[{shown}]" if ":" in shown else shown
