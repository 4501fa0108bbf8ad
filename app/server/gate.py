"""The gate before everything that the server serves: which host, from where, how much, how often, and who asks.

Deny by default: only the paths in `OPEN` are answered to nobody in particular.
"""

import asyncio
import ipaddress
import logging
import threading
from asyncio import CancelledError
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
from app.loopback import PASSED_ON, BodyTooLongError, HeadedSend, bounded, is_foreign, is_loopback, read_body, replayed
from app.server.accounts import KEY_PREFIX, Accounts
from app.server.limits import EndingError, Limits
from app.server.person import AT_THE_DESK, SCOPE_KEY, Permission, Person, reset_person, set_person
from app.server.problems import problem
from app.settings import ServerConfig

logger = logging.getLogger(__name__)
COOKIE: Final = "untoc_session"
SIGN_IN: Final = "/sign-in"
# What anybody may ask: whether the server lives, and how to sign in.
OPEN: Final = frozenset({"/health", "/ready", SIGN_IN, "/sign-in/oidc", "/sign-in/oidc/back"})
# Asked by address and by name from this machine or its network, and told nothing but yes or no.
_ANY_HOST: Final = frozenset({"/health", "/ready"})
# As much of an address as signing in leads back to.
LONGEST_ADDRESS: Final = 2000
_LARGEST_JSON: Final = 1_000_000
# The only requests that may be long, with what they need; the chat asks for it, and bounds its uploads, itself.
_UPLOADS: Final[Mapping[str, Permission]] = {
    "/api/v1/ingest": "edit", "/api/v1/manifest": "edit", "/api/v1/verify/file": "read",
}  # fmt: skip
_CHAT_UPLOAD: Final = "/gradio_api/upload"
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# What the tools read besides.
_PASSED_ON: Final = PASSED_ON.union(b"mcp-protocol-version mcp-session-id mcp-method mcp-name last-event-id".split())


class Gate:
    """Lets requests through to the application as the person who sent them."""

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
        """Guards an application, and sets `headers` that a response lacks; threads of `lookups` find out who asks."""
        self._app, self._config, self._accounts, self._limits = app, config, accounts, limits
        self._lookups, self._headers = lookups, headers
        self._address = urlsplit(config.address)
        self._trusted = networks(config.trusted_proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        send = sent = HeadedSend(send, self._headers)
        headers = Headers(scope=scope)
        address = self._client(scope, headers)
        path = scope["path"].removeprefix(scope.get("root_path", "")) or "/"
        token = watch = None
        try:
            answer = self._wrong_place(scope["method"], path, headers)
            person = None
            if answer is None:
                person = await self._person(scope, headers, address)
                self._limits.count("requests", address if person is None else person.name)
                asked = path + (f"?{query.decode('latin-1')}" if (query := scope["query_string"]) else "")
                answer = self._refusal(scope["method"], path, asked, headers, person)
            if answer is None:
                passed = [(name, value) for name, value in scope["headers"] if name in _PASSED_ON]
                # In place: whatever observes the request sees who sent it, and then which route it took.
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
                        watch = asyncio.create_task(_watch(receive, person.left))
                    receive = replayed(body, receive)
            await (answer or self._app)(scope, receive, send)
        except BodyTooLongError:
            too_long = problem(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                "a request has at most 1 MB, and an upload what UNTOC_SERVER__UPLOAD_MB allows: send less at once",
            )
            await too_long(scope, receive, send)
        except AppError as error:
            # Too many, or who asks could not be found out.
            await problem(error)(scope, receive, send)
        except ClientDisconnect:
            return
        except CancelledError:
            # The server ends, and this has had its time.
            if sent.begun:
                raise
            await problem(EndingError())(scope, receive, send)
        except Exception:
            # A bug: told in the log, under the id and with the headers that every answer has.
            if sent.begun:
                raise
            logger.exception("a request could not be answered")
            unexpected = problem(
                HTTPStatus.INTERNAL_SERVER_ERROR, "this could not be done: the log tells why, by request id"
            )
            await unexpected(scope, receive, send)
        finally:
            if watch is not None:
                watch.cancel()
            if token is not None:
                reset_person(token)

    def _client(self, scope: Scope, headers: Headers) -> str:
        """Returns the address of whoever asks; what a proxy says of it counts only from those that are trusted."""
        address = str((scope.get("client") or ("",))[0])
        for said in reversed(",".join(headers.getlist("x-forwarded-for")).split(",")):
            if not self._trusts(address) or not said.strip():
                break
            address = said.strip()[:60]
        return address

    def _trusts(self, address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self._trusted)

    def _wrong_place(self, method: str, path: str, headers: Headers) -> Response | None:
        """Refuses requests under another name than ours, and those that pages of other origins send."""
        hosts = headers.getlist("host")
        host = hosts[0].lower() if len(hosts) == 1 else ""
        named = urlsplit(f"//{host}").hostname or "" if host.isascii() else ""
        ours = host == self._address.netloc.lower() if self._address.netloc else is_loopback(named)
        if not ours and not (path in _ANY_HOST and method in _SAFE):
            return problem(HTTPStatus.BAD_REQUEST, "this server has another name: use the address it was given")
        # Somebody may follow a link to a page; nothing else of ours is for pages elsewhere.
        follows = (
            method == "GET"
            and headers.get("sec-fetch-mode") == "navigate"
            and headers.get("sec-fetch-dest") == "document"
            and "origin" not in headers
        )
        own = f"{self._address.scheme or 'http'}://{host}"
        if is_foreign(method, headers, own) and not follows:
            return problem(HTTPStatus.FORBIDDEN, "another page asks for this: open the address yourself")
        return None

    async def _person(self, scope: Scope, headers: Headers, address: str) -> Person | None:
        """Returns who sent a request, by key, by a trusted proxy, or by cookie; None where nobody is known to."""
        if self._config.accounts == "none":
            found: Person | None = AT_THE_DESK
        else:
            found = await to_thread.run_sync(self._known, scope, headers, limiter=self._lookups)
        if found is None:
            return None
        request = str(scope.get("untoc.request", ""))
        return replace(found, address=address, request=request, left=threading.Event())

    def _known(self, scope: Scope, headers: Headers) -> Person | None:
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind:
            # A key that does not hold is not made good by a cookie.
            return self._accounts.of_key(given.strip()) if kind.lower() == "bearer" else None
        if self._config.accounts == "proxy":
            names = headers.getlist(self._config.proxy_header)
            peer = str((scope.get("client") or ("",))[0])
            if len(names) != 1 or not names[0].strip() or not self._trusts(peer):
                return None
            account = self._accounts.named_by(names[0].strip(), self._config.new_role)
            return None if account is None else self._accounts.of_name(account)
        cookie = HTTPConnection(scope).cookies.get(COOKIE)
        return None if not cookie else self._accounts.of_session(cookie)

    def _refusal(self, method: str, path: str, asked: str, headers: Headers, person: Person | None) -> Response | None:
        if person is None:
            if path in OPEN:
                return None
            if method == "GET" and "text/html" in headers.get("accept", "") and self._config.accounts != "proxy":
                return RedirectResponse(
                    f"{self._address.path.rstrip('/')}{SIGN_IN}?to={quote(asked[:LONGEST_ADDRESS])}", 303
                )
            advice = f"send a key as `Authorization: Bearer {KEY_PREFIX}…`, or open {SIGN_IN}"
            answer = problem(HTTPStatus.UNAUTHORIZED, f"sign in first: {advice}")
            answer.headers["www-authenticate"] = "Bearer"
            return answer
        # A browser says where a form comes from; one that does not could have been made to send it.
        told = any(name in headers for name in ("origin", "sec-fetch-site", "referer"))
        if person.by_browser and method not in _SAFE and not told:
            return problem(HTTPStatus.FORBIDDEN, "a program uses a key, not a cookie: see /api/v1/keys")
        return None


async def _watch(receive: Receive, left: threading.Event) -> None:
    """Tells when whoever sent a request, which was read already, goes away before its answer."""
    while (await receive())["type"] != "http.disconnect":
        pass
    left.set()


def networks(text: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Reads addresses and networks with commas between them; one that is none is a ValueError."""
    return [ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip()]
