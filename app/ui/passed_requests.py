"""Requests that the guard passes on to Gradio, with what it checked in place of what was sent."""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.loopback import replayed


def passed_on(
    app: ASGIApp,
    request: Request,
    *,
    path: str | None = None,
    query: Mapping[str, str] | None = None,
    body: dict[str, Any] | None = None,
    learn: Callable[[bytes], None] | None = None,
    cookie: str | None = None,
) -> ASGIApp:
    """Returns an application that passes a request on to `app`; of an error response only the status is sent.

    Its query is replaced, by default by none, and its path and body if they are given. `learn` gets each part of the
    response, to which `cookie` is added.
    """
    router_keys = ("endpoint", "path_params", "router", "route")
    inner = {name: value for name, value in request.scope.items() if name not in router_keys}
    inner["query_string"] = urlencode(query or {}).encode()
    if path is not None:
        path = inner.get("root_path", "") + path
        inner |= {"path": path, "raw_path": path.encode()}
    receive_inner = request.receive
    if body is not None:
        content = json.dumps(body, allow_nan=False).encode()
        headers = MutableHeaders(raw=list(inner["headers"]))
        headers.update({"content-type": "application/json", "content-length": str(len(content))})
        inner["headers"] = headers.raw
        receive_inner = replayed(content, receive_inner)

    async def passed(scope: Scope, receive: Receive, send: Send) -> None:
        failed = False

        async def checked(message: Message) -> None:
            nonlocal failed
            if message["type"] == "http.response.start":
                failed = message["status"] >= HTTPStatus.BAD_REQUEST
                if failed:
                    await _failure(message["status"])(scope, receive, send)
                elif cookie is not None:
                    MutableHeaders(scope=message).append("set-cookie", cookie)
            elif learn is not None and not failed:
                learn(message.get("body", b""))
            if not failed:
                await send(message)

        await app(inner, receive_inner, checked)

    return passed


def _failure(status: int) -> Response:
    words = {
        HTTPStatus.SERVICE_UNAVAILABLE: "too much is under way: try again in a moment",
        HTTPStatus.INTERNAL_SERVER_ERROR: "this could not be done",
    }
    return JSONResponse({"detail": words.get(HTTPStatus(status), HTTPStatus(status).phrase), "error": None}, status)
