"""The server of the interface: binds to this machine alone, and makes no outgoing requests."""

import asyncio
import contextlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import urlsplit

import gradio as gr
import yaml
from fastapi import FastAPI
from gradio.blocks import BlocksConfig
from gradio.utils import get_upload_folder
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from app.desk.tables import open_tables
from app.desk.works import Works
from app.loopback import LoopbackGuard, in_url, listen, quiet_server
from app.ui.chat import build_interface
from app.ui.guard import ChatGuard, Visitors
from app.ui.parts import Translations, text_of
from app.ui.served_files import served_folder
from app.wiring import Workspace
from ingest.loaders.loaded import LoadLimits
from vectorstore.errors import StoreError

# Fonts of the system, so that nothing is fetched.
_SANS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Noto Sans Arabic", "sans-serif"]
_MONO = ["ui-monospace", "Cascadia Mono", "Menlo", "Consolas", "monospace"]
# Content security policy: whatever gets into the page, the browser loads from and sends to this server only.
# Gradio needs inline scripts and styles, and compiles its HTML templates.
_POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; connect-src 'self' data: blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
_PAGES_KEPT: Final = 300
HEADERS = {"content-security-policy": _POLICY, "referrer-policy": "no-referrer", "x-content-type-options": "nosniff"}


class _OpenedPage(BlocksConfig):
    @staticmethod
    def config_for_block(*_: Any, **__: Any) -> dict[Any, Any]:  # noqa: ANN401 - as Gradio calls it
        """Returns nothing: Gradio holds a third of a megabyte per opened page for deep links, which are refused."""
        return {}


class _Pages(BlocksConfig):
    def __copy__(self) -> BlocksConfig:
        """Returns the copy that Gradio makes for a page that is opened."""
        copy: BlocksConfig = super().__copy__()  # type: ignore[no-untyped-call]  # of Gradio
        copy.__class__ = _OpenedPage
        return copy


def create_app(
    interface: gr.Blocks,
    *,
    pages: Mapping[str, Callable[[Request], Response]] | None = None,
    visitors: Visitors | None = None,
    largest_file: int = LoadLimits().max_bytes,
) -> FastAPI:
    """Builds one web application of the interface, its theme, other pages by their paths and a `/health` route.

    Without `visitors`, it serves one person, on this machine only. A file has `largest_file` bytes at most.
    """
    app = FastAPI(lifespan=lambda _: contextlib.nullcontext(), docs_url=None, redoc_url=None, openapi_url=None)
    folder = Path(get_upload_folder())
    app.add_middleware(
        ChatGuard, interface=interface, folder=folder, pages=pages or (), visitors=visitors, largest_file=largest_file
    )
    if visitors is None:
        app.add_middleware(LoopbackGuard, headers=HEADERS)

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    for path, page in (pages or {}).items():
        app.router.routes.append(Route(path, page))
    # Gradio checks paths of files only once this is set, which otherwise `launch` does.
    interface.has_launched = True
    # Opened pages whose changes Gradio keeps, the newest; its default is 10,000.
    interface.state_session_capacity = _PAGES_KEPT
    interface.default_config.__class__ = _Pages
    # No analytics: Gradio would keep 10,000 events and, after each, compute statistics of all, which nobody sees.
    interface._queue.ANALYTICS_MAX_EVENTS = 0
    gr.mount_gradio_app(
        app,
        interface,
        path="/",
        server_name="127.0.0.1",
        ssr_mode=False,
        # Gradio's run history is kept in the browser, from which it could be sent to a hub.
        run_history=False,
        footer_links=[],
        show_error=False,
        max_file_size=largest_file,
        enable_monitoring=False,
        mcp_server=False,
        theme=gr.themes.Base(
            primary_hue=gr.themes.colors.blue,
            neutral_hue=gr.themes.colors.slate,
            radius_size=gr.themes.sizes.radius_md,
            font=_SANS,
            font_mono=_MONO,
        ).set(**yaml.load(text_of("theme.yaml"), Loader=yaml.CSafeLoader)),
        i18n=Translations(),
        css=text_of("style.css"),
        js=text_of("script.js"),
    )
    chat = cast(gr.routes.App, cast(Mount, app.routes[-1]).app)

    async def on_end() -> None:
        # Every shown page holds a connection, whose end cancels the page's events: they are waited for first.
        while len(interface._queue) or any(interface._queue.active_jobs):
            await asyncio.sleep(0.1)
        chat.stop_event.set()

    app.state.on_end = on_end
    return app


def serve(workspace: Workspace, *, on_ready: Callable[[str], None]) -> None:
    """Serves the chat until interrupted, at an address of this machine's own; raises as `serve_app` does."""
    # If another process is writing to the store, this is done at the next start.
    with contextlib.suppress(StoreError):
        workspace.corpus.uploads.forget_broken()

    settings = workspace.settings
    with contextlib.closing(open_tables(settings.store, settings.database)) as tables:

        def build() -> FastAPI:
            interface = build_interface(workspace, workspace.checker(), Works(tables))
            return create_app(interface, largest_file=settings.load.max_bytes)

        serve_app(build, settings.store, settings.server.host, settings.server.port, on_ready=on_ready)


def serve_app(
    build: Callable[[], FastAPI],
    store: Path,
    host: str,
    port: int,
    *,
    on_ready: Callable[[str], None],
    anywhere: bool = False,
    address: str = "",
    ends_in: float = 3,
) -> None:
    """Serves an application with Gradio until Ctrl-C, which is its orderly end.

    It listens on a loopback address or, with `anywhere`, which needs accounts, on any; port 0 takes any free port.
    `address` is the public URL, whose path becomes the root path. At the end, running requests get `ends_in` seconds.
    `on_ready` is called with the address of the page when it can be opened. Raises HostError if others could reach the
    host, PortTakenError if the port cannot be bound.
    """
    with listen(host, port, anywhere=anywhere) as listener, served_folder(store) as served:
        # Gradio's default is one folder for all users of the machine.
        os.environ["GRADIO_TEMP_DIR"] = str(served)
        root = urlsplit(address).path.rstrip("/")
        shown = address or f"http://{in_url(host)}:{listener.getsockname()[1]}"

        async def run() -> None:
            # Built inside a running event loop: without one Gradio makes event loops and leaves them open.
            server = quiet_server(build(), lambda: on_ready(shown), ends_in=ends_in, root_path=root)
            await server.serve(sockets=[listener])

        # Ctrl-C is how serving ends.
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(run())
