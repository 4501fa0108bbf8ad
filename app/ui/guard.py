"""The guard before Gradio: an ASGI allow-list of the requests that the page needs, checked; all others are refused."""

import asyncio
import hmac
import json
import re
import secrets
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, Literal, NoReturn
from weakref import WeakValueDictionary

import gradio as gr
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from app.loopback import BodyTooLongError, read_body
from app.ui.passed_requests import passed_on
from app.ui.uploads import store_upload
from app.ui.words import say, word_for

_API: Final = "/gradio_api"
_LARGEST_JSON: Final = 1_000_000  # bytes of a request without files
_DEEPEST: Final = 40  # nesting of lists and objects in a request
_ASSET: Final = re.compile(r"/(assets|static)(/[\w@+-][\w@+.-]*)+", re.ASCII)
_IDENTIFIER: Final = re.compile(r"[\w-]{1,64}", re.ASCII)
# Events and files that are remembered with their session, the newest.
_MOST_GRANTS: Final = 20_000
_Kind = Literal["queue", "event", "file"]


def _refuse(status: HTTPStatus, why: str | None = None) -> NoReturn:
    raise HTTPException(status, why)


async def _everything(_: Request, __: str) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Visitors:
    """Who opens the page, and what they may do there; by default they are one person, who may do everything."""

    owner: Callable[[Request], str] = lambda _: ""
    """The sign-in that a request belongs to; sessions, events and files of one are of no use to another."""
    may: Callable[[Request, str], Awaitable[bool]] = _everything
    """Whether the sender of a request may use an event, given by its `event_name`, or `page` or `upload`."""
    name: Callable[[Request], str] = lambda _: ""
    """The person who sent a request, the same in all sign-ins, which share one limit of uploads; if empty, each session
    has its own limit."""


def event_name(function: Callable[..., Any] | None) -> str:
    """Returns the name of an event: the last part of its module and its function, such as `ask_tab.judge`."""
    return "cancel" if function is None else f"{function.__module__.rpartition('.')[2]}.{function.__name__}"


class _Grants:
    """Remembers which queues, events and files belong to which session."""

    def __init__(self) -> None:
        self._granted: dict[tuple[str, _Kind, str], None] = {}

    def grant(self, session: str, kind: _Kind, name: str) -> None:
        """Gives a session access to a queue, an event or a file."""
        self._granted.pop((session, kind, name), None)
        self._granted[session, kind, name] = None
        if len(self._granted) > _MOST_GRANTS:
            del self._granted[next(iter(self._granted))]

    def holds(self, session: str, kind: _Kind, name: str) -> bool:
        """Returns whether a session has access."""
        return (session, kind, name) in self._granted

    def learn(self, session: str, chunk: bytes) -> None:
        """Grants a session the events and the files that a response to it names."""
        todo = list(_messages(chunk))
        for message in todo:
            if isinstance(message, dict) and isinstance(message.get("event_id"), str):
                self.grant(session, "event", message["event_id"])
        while todo:
            value = todo.pop()
            if isinstance(value, dict):
                if _is_file(value) and isinstance(value.get("path"), str):
                    self.grant(session, "file", value["path"])
                todo += value.values()
            elif isinstance(value, list):
                todo += value


class ChatGuard:
    """Lets through only the requests that the page and the three public endpoints need.

    A browser is identified by a signed cookie. Session hashes, which Gradio's script makes up, are replaced by HMACs of
    them and the cookie's session, so that knowing another's is of no use; events and files are served only to the
    session that they were made for, and files are accepted only from the session's own uploads.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        interface: gr.Blocks,
        folder: Path,
        pages: Collection[str] = (),
        visitors: Visitors | None = None,
        largest_file: int,
    ) -> None:
        """Guards Gradio's application, which keeps uploads in `folder`: `uploads/<person>/<session>/…`.

        `pages` are paths of other pages, such as `/runs/{name}`, served to sessions that have opened the main page.
        An uploaded file has `largest_file` bytes at most.
        """
        self._app = app
        self._uploads = folder.absolute() / "uploads"
        self._secret = secrets.token_bytes(32)
        self._grants = _Grants()
        # The uploads of one person run one after the other, and wait for nobody else's.
        self._locks = WeakValueDictionary[Path, asyncio.Lock]()
        self._visitors = visitors or Visitors()
        self._largest_file = largest_file
        functions = interface.fns.values()
        self._functions = {function._id: event_name(function.fn) for function in functions}
        self._public = {f.api_name: event_name(f.fn) for f in functions if f.api_visibility == "public"}
        self._server_functions = {
            (identifier, function.__name__): event_name(function)
            for identifier, block in interface.blocks.items()
            for function in getattr(block, "server_fns", ())
        }
        self._router = Router(
            [
                Route("/", self._page),
                Route("/config", self._page),
                *(Route(path, self._other_page) for path in pages),
                *(Route(path, self._plain) for path in ("/health", "/theme.css", "/favicon.ico", f"{_API}/info")),
                # A page that lost its connection asks whether the server is still the same.
                Route(f"{_API}/app_id", self._plain),
                Route("/assets/{path:path}", self._asset),
                Route("/static/{path:path}", self._asset),
                Route(f"{_API}/file={{path:path}}", self._file),
                Route(f"{_API}/heartbeat/{{session_hash}}", self._heartbeat),
                Route(f"{_API}/queue/data", self._events),
                Route(f"{_API}/queue/join", self._predict, methods=["POST"]),
                Route(f"{_API}/run/predict", self._predict, methods=["POST"]),
                Route(f"{_API}/call/{{name}}", self._call, methods=["POST"]),
                Route(f"{_API}/call/{{name}}/{{event_id}}", self._result),
                Route(f"{_API}/cancel", self._cancel, methods=["POST"]),
                Route(f"{_API}/reset", self._cancel, methods=["POST"]),
                # The script of the page asks with a slash at the end.
                Route(f"{_API}/component_server/", self._server_function, methods=["POST"]),
                Route(f"{_API}/upload", self._upload, methods=["POST"]),
                Route(f"{_API}/upload_progress", self._upload_progress),
            ],
            redirect_slashes=False,
            default=_refusal(HTTPException(HTTPStatus.NOT_FOUND)),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request, whose language is set for whatever makes its page."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        word_for(Request(scope))
        try:
            await self._router(scope, receive, send)
        except HTTPException as refused:
            await _refusal(refused)(scope, receive, send)
        except ClientDisconnect:
            return

    async def _page(self, request: Request) -> ASGIApp:
        await self._require(request, "page")
        made = None if self._known(request) else _cookie(request, self._signed(secrets.token_hex(16), request))
        return passed_on(self._app, request, cookie=made)

    async def _other_page(self, request: Request) -> ASGIApp:
        self._session(request)
        await self._require(request, "page")
        return passed_on(self._app, request, query=dict(request.query_params))

    async def _plain(self, request: Request) -> ASGIApp:
        return passed_on(self._app, request)

    async def _asset(self, request: Request) -> ASGIApp:
        if not _ASSET.fullmatch(_path_of(request)):
            _refuse(HTTPStatus.NOT_FOUND)
        return passed_on(self._app, request)

    async def _file(self, request: Request) -> ASGIApp:
        session, path = self._session(request), request.path_params["path"]
        if not (self._grants.holds(session, "file", path) or self._own(self._folder(request), path)):
            _refuse(HTTPStatus.NOT_FOUND)
        return passed_on(self._app, request)

    async def _heartbeat(self, request: Request) -> ASGIApp:
        bound = self._bound(self._session(request), request.path_params["session_hash"])
        return passed_on(self._app, request, path=f"{_API}/heartbeat/{bound}")

    async def _events(self, request: Request) -> ASGIApp:
        session = self._session(request)
        bound = self._bound(session, request.query_params.get("session_hash"))
        if not self._grants.holds(session, "queue", bound):
            _refuse(HTTPStatus.NOT_FOUND)
        return passed_on(self._app, request, query={"session_hash": bound}, learn=partial(self._grants.learn, session))

    async def _predict(self, request: Request) -> ASGIApp:
        session, body = self._session(request), await _body_of(request)
        if type(body.get("fn_index")) is not int or body["fn_index"] not in self._functions:
            _refuse(HTTPStatus.NOT_FOUND)
        await self._require(request, self._functions[body["fn_index"]])
        bound = self._bound(session, body.get("session_hash"))
        self._grants.grant(session, "queue", bound)
        kept = {
            "data": self._cleaned(body.get("data"), self._folder(request)),
            "event_data": self._cleaned(body.get("event_data")),
            "fn_index": body["fn_index"],
            "trigger_id": body["trigger_id"] if type(body.get("trigger_id")) is int else None,
            "session_hash": bound,
        }
        return passed_on(self._app, request, body=kept, learn=partial(self._grants.learn, session))

    async def _call(self, request: Request) -> ASGIApp:
        if request.path_params["name"] not in self._public:
            _refuse(HTTPStatus.NOT_FOUND)
        await self._require(request, self._public[request.path_params["name"]])
        body = await _body_of(request)
        # Programs have no cookie: the id of their event, which cannot be guessed, gives access to its result.
        learn = partial(self._grants.learn, self._known(request) or self._visitors.owner(request))
        return passed_on(self._app, request, body={"data": self._cleaned(body.get("data"))}, learn=learn)

    async def _result(self, request: Request) -> ASGIApp:
        name, event = request.path_params["name"], request.path_params["event_id"]
        session = self._known(request) or self._visitors.owner(request)
        if name not in self._public or not self._grants.holds(session, "event", event):
            _refuse(HTTPStatus.NOT_FOUND)
        return passed_on(self._app, request)

    async def _cancel(self, request: Request) -> ASGIApp:
        session, body = self._session(request), await _body_of(request)
        event, function = body.get("event_id"), body.get("fn_index")
        if not isinstance(event, str) or not self._grants.holds(session, "event", event):
            _refuse(HTTPStatus.NOT_FOUND)
        kept: dict[str, Any] = {"event_id": event}
        if _path_of(request) == f"{_API}/cancel":
            bound = self._bound(session, body.get("session_hash"))
            kept |= {"session_hash": bound, "fn_index": function if type(function) is int else -1}
        return passed_on(self._app, request, body=kept)

    async def _server_function(self, request: Request) -> ASGIApp:
        session, body = self._session(request), await _body_of(request)
        component, name = body.get("component_id"), body.get("fn_name")
        if type(component) is not int or not isinstance(name, str) or (component, name) not in self._server_functions:
            _refuse(HTTPStatus.NOT_FOUND)
        await self._require(request, self._server_functions[component, name])
        kept = {
            "data": self._cleaned(body.get("data")),
            "component_id": component,
            "fn_name": name,
            "session_hash": self._bound(session, body.get("session_hash")),
        }
        return passed_on(self._app, request, body=kept)

    async def _upload_progress(self, request: Request) -> ASGIApp:
        # An upload from this machine is over before its progress could be read.
        self._session(request)
        return Response('data: {"msg": "done"}\n\n', media_type="text/event-stream")

    async def _upload(self, request: Request) -> ASGIApp:
        folder = self._folder(request)
        await self._require(request, "upload")
        if _media_type(request) != "multipart/form-data":
            _refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        async with self._locks.setdefault(folder.parent, asyncio.Lock()):
            return JSONResponse(await store_upload(request, self._uploads, folder, self._largest_file))

    def _known(self, request: Request) -> str | None:
        """Returns the session of the request's cookie, None unless this process signed it."""
        given = request.cookies.get(_cookie_name(request), "")
        session = given.partition(".")[0]
        return session if secrets.compare_digest(given.encode(), self._signed(session, request).encode()) else None

    def _session(self, request: Request) -> str:
        return self._known(request) or _refuse(HTTPStatus.FORBIDDEN, say("refused-page"))

    async def _require(self, request: Request, event: str) -> None:
        if not await self._visitors.may(request, event):
            _refuse(HTTPStatus.FORBIDDEN, say("refused-role"))

    def _signed(self, session: str, request: Request) -> str:
        # The sign-in is signed too: a session is of no use to the next person who signs in in that browser.
        return f"{session}.{self._keyed('cookie', session, self._visitors.owner(request))}"

    def _keyed(self, *parts: str) -> str:
        return hmac.digest(self._secret, "\0".join(parts).encode(errors="surrogatepass"), "sha256").hex()

    def _bound(self, session: str, given: object) -> str:
        """Returns a hash in place of one that a browser made up, which no other browser can obtain (HMAC)."""
        if not isinstance(given, str) or not _IDENTIFIER.fullmatch(given):
            _refuse(HTTPStatus.BAD_REQUEST)
        return self._keyed("hash", session, given)

    def _folder(self, request: Request) -> Path:
        """Returns the folder for uploads of a request's session, in that of its person."""
        session = self._session(request)
        person = self._visitors.name(request) or session
        return self._uploads / self._keyed("person", person)[:32] / self._keyed("folder", session)[:32]

    def _own(self, folder: Path, path: str) -> str | None:
        """Returns the path of an upload in a session's folder; None for any other."""
        # A path elsewhere is refused before any file access, which on some systems contacts other machines.
        if "\0" in path or ".." in Path(path).parts or not Path(path).is_relative_to(folder):
            return None
        try:
            found = Path(path).resolve(strict=True)
        except (OSError, RuntimeError):
            return None
        return str(Path(path)) if found.is_relative_to(folder.resolve()) and found.is_file() else None

    def _cleaned(self, value: Any, folder: Path | None = None, depth: int = 0) -> Any:  # noqa: ANN401 - any JSON value
        """Returns a value with every file reduced to its checked path and name; one outside `folder` is refused."""
        if depth > _DEEPEST:
            _refuse(HTTPStatus.BAD_REQUEST)
        if isinstance(value, list):
            return [self._cleaned(item, folder, depth + 1) for item in value]
        if not isinstance(value, dict):
            return value
        if not value.keys() & {"path", "url", "is_stream"} and not _is_file(value):
            return {key: self._cleaned(item, folder, depth + 1) for key, item in value.items()}
        path, name = value.get("path"), value.get("orig_name")
        own = self._own(folder, path) if folder is not None and isinstance(path, str) else None
        if own is None:
            _refuse(HTTPStatus.FORBIDDEN, say("refused-session"))
        # The URL is left out, so that no file is fetched.
        kept = {"path": own, "meta": {"_type": "gradio.FileData"}}
        return kept | ({"orig_name": name} if isinstance(name, str) else {})


def _refusal(refused: HTTPException) -> Response:
    return JSONResponse({"detail": refused.detail}, refused.status_code)


async def _body_of(request: Request) -> dict[str, Any]:
    # CSRF: browsers let a page of another site send a form without asking, but not JSON.
    if _media_type(request) != "application/json":
        _refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    try:
        found = json.loads(await read_body(request.headers, request.receive, _LARGEST_JSON))
    except BodyTooLongError:
        _refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except (ValueError, RecursionError):
        _refuse(HTTPStatus.BAD_REQUEST)
    return found if isinstance(found, dict) else _refuse(HTTPStatus.BAD_REQUEST)


def _path_of(request: Request) -> str:
    return str(request.scope["path"]).removeprefix(request.scope.get("root_path", ""))


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _cookie_name(request: Request) -> str:
    # The port is part of the name, since browsers send cookies to every port of a host.
    return f"untoc_{request.scope['server'][1]}"


def _cookie(request: Request, value: str) -> str:
    secure = "; Secure" if request.url.scheme == "https" else ""
    return f"{_cookie_name(request)}={value}; Path=/; HttpOnly; SameSite=Strict{secure}"


def _messages(chunk: bytes) -> Iterator[Any]:
    """Yields the JSON values of a response, or of its server-sent events."""
    for line in chunk.splitlines():
        try:
            yield json.loads(line.removeprefix(b"data:"))
        except ValueError:
            continue


def _is_file(value: Mapping[str, Any]) -> bool:
    """Returns whether a JSON object declares itself as a file of Gradio."""
    meta = value.get("meta")
    return isinstance(meta, dict) and "_type" in meta
