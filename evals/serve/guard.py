"""What keeps other pages and other machines out: headers, hosts, origins, and a token that every form carries."""

import ipaddress
import os
import secrets
import socket
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from evals.errors import EvalError

# Whatever slips into the page, the browser runs only the script that comes with it, and sends nothing elsewhere.
_POLICY: Final = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
# A report is one file with its style and script in it; it needs nothing else, and can reach nothing of this page.
REPORT_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-scripts allow-downloads"
)
_HEADERS: Final = {
    "content-security-policy": _POLICY,
    # With `no-referrer` browsers would send forms without their origin.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}
_LARGEST_FORM: Final = 500_000
_BACKLOG: Final = 128
Action = Callable[[Request, FormData], Response]


class Guard:
    """Adds headers to every response, and refuses forms that another page sends."""

    def __init__(self, app: ASGIApp) -> None:
        """Guards an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = _refusal(Headers(scope=scope)) if scope["method"] not in ("GET", "HEAD") else None
        await (refusal or self._app)(scope, receive, send_with_headers)


def _refusal(headers: Headers) -> Response | None:
    length = headers.get("content-length", "")
    if not length.isdecimal():
        return PlainTextResponse("How long is the form?", status_code=411)
    if int(length) > _LARGEST_FORM:
        return PlainTextResponse("The form is too long.", status_code=413)
    origin = headers.get("origin")
    same = origin is None or urlsplit(origin).netloc.lower() == headers.get("host", "").lower() != ""
    if not same or headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return PlainTextResponse("Refused: the form comes from another page.", status_code=403)
    return None


class Token:
    """A secret of this process that its own forms carry, so that nobody else can make one."""

    def __init__(self) -> None:
        """Makes it up."""
        self.value = secrets.token_urlsafe(32)

    def check(self, form: FormData) -> None:
        """Checks that a form carries it.

        Raises:
            EvalError: It does not.
        """
        given = form.get("token")
        if not isinstance(given, str) or not secrets.compare_digest(given.encode(), self.value.encode()):
            raise ForgedError("not done: the page was made before the program was started anew; load it again")


class ForgedError(EvalError):
    """A form is not one of this process."""


def posting(path: str, action: Action, token: Token) -> Route:
    """Returns a route for a form, which is checked before anything is done."""

    async def endpoint(request: Request) -> Response:
        async with request.form(max_files=0) as form:
            token.check(form)
            return await run_in_threadpool(action, request, form)

    return Route(path, endpoint, methods=["POST"])


def listen(host: str, port: int) -> socket.socket:
    """Returns a socket that listens on an address; port 0 takes any free one.

    Raises:
        EvalError: The address cannot be had.
    """
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
        raise EvalError(f"cannot serve on {host!r}, port {port}: {reason}; {advice}") from exc
    return listener


def is_loopback(host: str) -> bool:
    """Returns whether an address is this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def in_url(host: str) -> str:
    """Returns an address as it stands in a URL."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"[{shown}]" if ":" in shown else shown
