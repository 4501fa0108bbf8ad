"""The guard before all routes: checks the host, the origin, the length, the rate and the sender of each request.

Deny by default: without a sign-in, only the paths in `OPEN` are answered.
"""

import asyncio
import ipaddress
import logging
import threading
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Final
from urllib.parse import quote, urlsplit

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import AppError, ForbiddenError
from app.loopback import (
    PASSED_ON,
    BodyTooLongError,
    HeadedSend,
    bounded,
    host_name,
    is_foreign,
    is_loopback,
    read_body,
    replayed,
)
from app.server.accounts import KEY_PREFIX, Accounts
from app.server.person import LOCAL_PERSON, SCOPE_KEY, Person, reset_person, set_person
from app.server.problems import as_shown, problem
from app.server.rate_limits import Limits, ShutdownError
from app.server.user_roles import Permission
from app.settings import ServerConfig
from app.ui.words import say, word_for

logger = logging.getLogger(__name__)
COOKIE: Final = "untoc_session"
SIGN_IN: Final = "/sign-in"
# Told to whoever starts a server that others cannot reach, and to whoever tries to reach it.
NO_ADDRESS: Final = (
    "this server answers only to names of its own machine, such as 127.0.0.1, until UNTOC_SERVER__ADDRESS is set to the"
    " address that browsers open"
)
# Paths that need no sign-in: health checks and the sign-in itself.
OPEN: Final = frozenset({"/health", "/ready", SIGN_IN, "/sign-in/oidc", "/sign-in/oidc/back"})
# Health checks from this machine or its network may use any name or address, and learn only yes or no.
_ANY_HOST: Final = frozenset({"/health", "/ready"})
# Characters, at most, of the address to which a sign-in leads back.
LONGEST_ADDRESS: Final = 2000
_LARGEST_JSON: Final = 1_000_000  # bytes of any other request
# The only paths that take long requests, with their permissions; the chat checks and bounds its own uploads.
_UPLOADS: Final[Mapping[str, Permission]] = {
    "/api/v1/ingest": "edit", "/api/v1/manifest": "edit", "/api/v1/verify/file": "read",
}  # fmt: skip
_CHAT: Final = "/gradio_api/"
_CHAT_UPLOAD: Final = f"{_CHAT}upload"
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# Headers that the MCP tools read in addition.
_PASSED_ON: Final = PASSED_ON.union(b"mcp-protocol-version mcp-session-id mcp-method mcp-name last-event-id".split())


class RequestGuard:
    """ASGI middleware that authenticates requests, and passes those that it allows on to the application."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        config: ServerConfig,
        accounts: Accounts,
        limits: Limits,
        lookups: CapacityLimiter,
        headers: Mapping[str, str],
    ) -> None:
        """Guards an application, and adds `headers` that a response lacks; threads of `lookups` look up accounts."""
        self._app, self._config, self._accounts, self._limits = app, config, accounts, limits
        self._lookups, self._headers = lookups, headers
        self._address = urlsplit(config.address)
        self._trusted = networks(config.trusted_proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request; an error becomes a problem, unless the response has begun."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        send = sent = HeadedSend(send, self._headers)
        try:
            await self._serve(scope, receive, send)
            return
        except BodyTooLongError:
            told: Response = problem(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                "a request has at most 1 MB, and an upload what UNTOC_SERVER__UPLOAD_MB allows: send less at once",
            )
        except AppError as error:
            # A rate limit or a missing permission, or the account could not be looked up.
            told = as_shown(HTTPConnection(scope), problem(error))
        except ClientDisconnect:
            return
        except asyncio.CancelledError:
            # The server shuts down, and the time for this request is over.
            if sent.begun:
                raise
            told = problem(ShutdownError())
        except Exception:
            # A bug, which is logged; the response has the request id and the headers of any other.
            if sent.begun:
                raise
            logger.exception("a request could not be answered")
            told = problem(HTTPStatus.INTERNAL_SERVER_ERROR, "this could not be done: the log tells why, by request id")
        await told(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses a request, or passes it on in the name of the person who sent it."""
        headers = Headers(scope=scope)
        address = self._client(scope, headers)
        path = scope["path"].removeprefix(scope.get("root_path", "")) or "/"
        token = watch = None
        try:
            answer = self._wrong_place(scope["method"], path, headers)
            # Neither what is refused already nor a health check is looked up in the accounts.
            is_check = path in _ANY_HOST
            person = None if answer is not None or is_check else await self._person(scope, headers, address)
            # Health checks count apart, if they cost anything: whatever else comes from the address of a balancer may
            # not make a healthy server look ill.
            if path != "/health" or scope["method"] not in _SAFE:
                self._limits.count(
                    "requests", *([path] if is_check else []), address if person is None else person.name
                )
            if answer is None:
                target = path + (f"?{query.decode('latin-1')}" if (query := scope["query_string"]) else "")
                answer = self._refusal(scope["method"], path, target, headers, person)
            if answer is None:
                passed = [(name, value) for name, value in scope["headers"] if name in _PASSED_ON]
                # Changed in place, so that the middleware outside (`Observed`) sees the person, and later the route.
                scope.update({"headers": passed, "client": (address, 0), SCOPE_KEY: person})
                scope["scheme"] = self._address.scheme or "http"
                token = None if person is None else set_person(person)
                multipart = headers.get("content-type", "").lower().startswith("multipart/form-data")
                if multipart and path in _UPLOADS:
                    if person is None or _UPLOADS[path] not in person.may:
                        raise ForbiddenError(f"this needs the permission {_UPLOADS[path]!r}: use another key")
                    receive = bounded(headers, receive, self._config.upload_mb * 1_000_000)
                elif not (multipart and path == _CHAT_UPLOAD):
                    body = await read_body(headers, receive, _LARGEST_JSON)
                    if person is not None:
                        watch = asyncio.create_task(_watch(receive, person.disconnected))
                    receive = replayed(body, receive)
            await (self._app if answer is None else as_shown(HTTPConnection(scope), answer))(scope, receive, send)
        finally:
            if watch is not None:
                watch.cancel()
            if token is not None:
                reset_person(token)

    def _client(self, scope: Scope, headers: Headers) -> str:
        """Returns the address of the client; `X-Forwarded-For` is believed only from trusted proxies."""
        address = str((scope.get("client") or ("",))[0])
        for forwarded in reversed(",".join(headers.getlist("x-forwarded-for")).split(",")):
            if not self._trusts(address) or not forwarded.strip():
                break
            address = forwarded.strip()[:60]
        return address

    def _trusts(self, address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self._trusted)

    def _wrong_place(self, method: str, path: str, headers: Headers) -> Response | None:
        """Returns a refusal of a request to another host, or from a page of another origin; None for any other."""
        hosts = headers.getlist("host")
        host = hosts[0].lower() if len(hosts) == 1 else ""
        is_ours = host == self._address.netloc.lower() if self._address.netloc else is_loopback(host_name(headers))
        if not is_ours and not (path in _ANY_HOST and method in _SAFE):
            own = "this server has another name: use the address it was given"
            return problem(HTTPStatus.BAD_REQUEST, own if self._address.netloc else NO_ADDRESS)
        # Pages of other origins may link to a page here; every other request from them is refused.
        is_navigation = (
            method == "GET"
            and headers.get("sec-fetch-mode") == "navigate"
            and headers.get("sec-fetch-dest") == "document"
            and "origin" not in headers
        )
        origin = f"{self._address.scheme or 'http'}://{host}"
        if is_foreign(method, headers, origin) and not is_navigation:
            return problem(HTTPStatus.FORBIDDEN, "another page asks for this: open the address yourself")
        return None

    async def _person(self, scope: Scope, headers: Headers, address: str) -> Person | None:
        """Returns the person who sent a request, by API key, trusted proxy or session cookie; None if there is none."""
        if self._config.accounts == "none":
            found: Person | None = LOCAL_PERSON
        else:
            found = await to_thread.run_sync(self._known, scope, headers, limiter=self._lookups)
        if found is None:
            return None
        request = str(scope.get("untoc.request", ""))
        return replace(found, address=address, request=request, disconnected=threading.Event())

    def _known(self, scope: Scope, headers: Headers) -> Person | None:
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            # With an invalid key the request is nobody's, even if a valid cookie comes with it.
            return self._accounts.of_key(given.strip())
        if self._config.accounts == "proxy":
            # Any other scheme, such as Basic or Negotiate, is what the proxy itself asks browsers for.
            header = self._config.proxy_header.lower().encode()
            names = [_text(value).strip() for name, value in headers.raw if name == header]
            peer = str((scope.get("client") or ("",))[0])
            if len(names) != 1 or not names[0] or not self._trusts(peer):
                return None
            account = self._accounts.named_by(names[0], self._config.new_role)
            return None if account is None else self._accounts.of_name(account)
        if kind:
            return None
        cookie = HTTPConnection(scope).cookies.get(COOKIE)
        return None if not cookie else self._accounts.of_session(cookie)

    def _refusal(self, method: str, path: str, target: str, headers: Headers, person: Person | None) -> Response | None:
        if person is None:
            if path in OPEN:
                return None
            opens_page = method == "GET" and "text/html" in headers.get("accept", "")
            if opens_page and self._config.accounts == "proxy":
                nobody = "the proxy names nobody who has an account here: ask an admin for one"
                return problem(HTTPStatus.UNAUTHORIZED, nobody)
            if opens_page:
                return RedirectResponse(
                    f"{self._address.path.rstrip('/')}{SIGN_IN}?to={quote(target[:LONGEST_ADDRESS])}", 303
                )
            if path.startswith(_CHAT) and _names_page(headers) and "authorization" not in headers:
                # The chat shows it to a person, whose session has ended.
                word_for(HTTPConnection({"type": "http", "headers": headers.raw}))
                return problem(HTTPStatus.UNAUTHORIZED, say("signed-out"))
            advice = f"send a key as `Authorization: Bearer {KEY_PREFIX}…`, or open {SIGN_IN}"
            answer = problem(HTTPStatus.UNAUTHORIZED, f"sign in first: {advice}")
            answer.headers["www-authenticate"] = "Bearer"
            return answer
        # Against CSRF: a browser names the page that sends a form; a request that names none may be forged.
        if person.by_browser and method not in _SAFE and not _names_page(headers):
            return problem(HTTPStatus.FORBIDDEN, "a program uses a key, not a cookie: see /api/v1/keys")
        return None


def _names_page(headers: Headers) -> bool:
    """Returns whether a request says which page sends it, as browsers do."""
    return any(name in headers for name in ("origin", "sec-fetch-site", "referer"))


def _text(value: bytes) -> str:
    """Returns the value of a header, which HTTP leaves without an encoding: proxies send UTF-8, a few Latin-1."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


async def _watch(receive: Receive, disconnected: threading.Event) -> None:
    """Sets `disconnected` when the client disconnects before its answer; the request itself has been read already."""
    while (await receive())["type"] != "http.disconnect":
        pass
    disconnected.set()


def networks(text: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Returns the networks in a text of addresses and networks with commas; a ValueError if one is not valid."""
    return [ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip()]
