"""Loopback serving: binds to an address of this machine alone, and refuses requests from other origins and hosts.

A page elsewhere that posts to `127.0.0.1` is refused by its `Origin`, and DNS rebinding by its `Host`.
"""

import asyncio
import ipaddress
import logging
import math
import os
import re
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import AppError, SettingsError

if TYPE_CHECKING:
    import uvicorn
    from starlette.applications import Starlette

logger = logging.getLogger(__name__)

_BACKLOG: Final = 128
_HOST: Final = re.compile(r"([a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]+)?", re.IGNORECASE | re.ASCII)
_LONGEST_NUMBER: Final = 12
# Allow-list of the request headers that reach an application. Without `Forwarded`, `X-Forwarded-Host` and
# `X-Gradio-Server` it cannot trust forged ones; without `Origin` a CORS middleware grants nothing.
PASSED_ON: Final = frozenset(
    b"host content-type content-length accept accept-language user-agent cookie range if-none-match"
    b" if-modified-since".split()
)


class HostError(SettingsError):
    """The host to serve on is not this machine's own."""


class PortTakenError(AppError):
    """The address to serve on cannot be bound."""


class BodyTooLongError(Exception):
    """The body of a request exceeds its limit."""


def is_loopback(host: str) -> bool:
    """Returns whether a host is this machine's own, such as `127.0.0.2`, `::1` or `localhost`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def require_loopback(host: str) -> None:
    """Raises a HostError unless a host can be reached from this machine alone."""
    if not is_loopback(host):
        raise HostError(
            f"{host!r} is not an address of this machine alone: without accounts one person is served on it, at"
            " 127.0.0.1 or ::1; for others a server with accounts is needed, see docs/operations.md"
        )


def listen(host: str, port: int, *, anywhere: bool = False) -> socket.socket:
    """Returns a socket that listens on a loopback address, or `anywhere` if accounts guard what is served.

    Port 0 takes a free one. Raises a HostError if others could reach it, a PortTakenError if it cannot be bound.
    """
    if not anywhere:
        require_loopback(host)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sets TCP_NODELAY only on sockets with an explicit protocol. Without it a body that is sent after its
    # headers waits 40 ms until they are acknowledged.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        # A hosts file can give `localhost` any address.
        if not anywhere:
            require_loopback(listener.getsockname()[0])
        listener.listen(_BACKLOG)
    except (OSError, OverflowError) as exc:
        listener.close()
        reason = getattr(exc, "strerror", None) or str(exc)
        advice = "choose another with --port (0 takes any free one) or --host"
        raise PortTakenError(f"cannot serve on {host!r}, port {port}: {reason}; {advice}") from exc
    except HostError:
        listener.close()
        raise
    return listener


def quiet_server(
    app: "Starlette", on_ready: Callable[[], None], *, ends_in: float = 3, root_path: str = ""
) -> "uvicorn.Server":
    """Returns a server that logs no requests and trusts no proxy headers; the caller passes it its sockets.

    Once it answers, `on_ready` is called. At shutdown, requests under way get `ends_in` seconds, and the app's
    `state.on_end`, if any, is awaited meanwhile. The `root_path` is the path prefix that a proxy strips.
    """
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if not self.should_exit:
                on_ready()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            on_end = getattr(app.state, "on_end", None)
            end_task = asyncio.create_task(on_end() if on_end else asyncio.sleep(0))
            end_task.add_done_callback(_log_failure)
            try:
                await super().shutdown(sockets)
            finally:
                end_task.cancel()

    return Server(
        uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False, proxy_headers=False,
            timeout_graceful_shutdown=math.ceil(ends_in), root_path=root_path, log_config=None,
        )
    )  # fmt: skip


def _log_failure(ending: "asyncio.Task[None]") -> None:
    """Logs the failure of the task that runs at shutdown, since nothing awaits that task."""
    if not ending.cancelled() and (error := ending.exception()) is not None:
        logger.error("what ends the server failed", exc_info=error)


def in_url(host: str) -> str:
    """Returns a host as URLs write it: an IPv6 address in brackets, and every address of this machine as its own."""
    # Browsers cannot open 0.0.0.0 or ::, which a server binds to in order to listen on all addresses.
    with suppress(ValueError):
        if (address := ipaddress.ip_address(host)).is_unspecified:
            host = "127.0.0.1" if address.version == 4 else "::1"
    return f"[{host}]" if ":" in host else host


class HeadedSend:
    """Sends a response, adds headers that it lacks and removes those of CORS; `begun` tells if it has started."""

    def __init__(self, send: Send, headers: Mapping[str, str]) -> None:
        self._send, self._headers, self.begun = send, headers, False

    async def __call__(self, message: Message) -> None:
        """Sends a part of the response."""
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(scope=message)
            for name in [name for name in headers if name.startswith("access-control-")]:
                del headers[name]
            for name, value in self._headers.items():
                headers.setdefault(name, value)
        await self._send(message)


class LoopbackGuard:
    """Refuses requests from pages of other origins and under other host names; responses grant no CORS access.

    A page whose own host name resolves to this machine (DNS rebinding) sends that name as `Host`. A page of another
    origin, such as another port of this machine, sends its `Origin`, or the browser sends `Sec-Fetch-Site` for it.
    Programs other than browsers send neither `Origin` nor `Sec-Fetch-Site` and are answered.
    """

    def __init__(self, app: ASGIApp, *, headers: Mapping[str, str]) -> None:
        """Guards an application; adds `headers` that a response lacks."""
        self._app, self._headers = app, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        headers = Headers(scope=scope)
        answer: ASGIApp = _refusal(scope["method"], headers) or self._app
        passed = [(name, value) for name, value in scope["headers"] if name in PASSED_ON]
        await answer({**scope, "headers": passed}, receive, HeadedSend(send, self._headers))


def host_name(headers: Headers) -> str:
    """Returns the name in the `Host` of a request, without brackets or port; empty if there is none that is valid."""
    hosts = headers.getlist("host")
    name = _HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
    return "" if name is None else name[1].strip("[]")


def _refusal(method: str, headers: Headers) -> Response | None:
    if not is_loopback(host_name(headers)):
        return PlainTextResponse("Refused: this is not the name of this machine.", status_code=400)
    if is_foreign(method, headers, f"http://{headers['host'].lower()}"):
        return PlainTextResponse("Refused: another page asks for this. Type the address yourself.", status_code=403)
    return None


def is_foreign(method: str, headers: Headers, own: str) -> bool:
    """Returns whether a page of another origin than `own` (in lower case) sent a request."""
    origins, site = headers.getlist("origin"), headers.get("sec-fetch-site")
    foreign = any(origin.lower() != own for origin in origins)
    if site is not None:
        # `none` means that the user typed the address, which never submits a form.
        foreign |= site != "same-origin" and not (site == "none" and method in ("GET", "HEAD"))
    elif not origins and "referer" in headers:
        # A browser that does not send `Sec-Fetch-Site`: the `Referer` decides.
        foreign |= not headers["referer"].lower().startswith(f"{own}/")
    return foreign


def bounded(headers: Headers, receive: Receive, limit: int) -> Receive:
    """Returns `receive` with a limit in bytes; a body of a longer declared or real length is a BodyTooLongError."""
    length, taken = headers.get("content-length", "0"), 0
    if not length.isdecimal() or len(length) > _LONGEST_NUMBER or int(length) > limit:
        raise BodyTooLongError

    async def part() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise BodyTooLongError
        return message

    return part


async def read_body(headers: Headers, receive: Receive, limit: int) -> bytes:
    """Reads the whole body of a request; raises as `bounded` does, and `ClientDisconnect` if it ends early."""
    return await Request({"type": "http"}, bounded(headers, receive, limit)).body()


def replayed(body: bytes, receive: Receive) -> Receive:
    """Returns a `Receive` that gives a body that was read already, and then the messages after it."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return messages.pop() if messages else await receive()

    return again
