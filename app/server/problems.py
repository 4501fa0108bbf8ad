"""Errors as problem details: `application/problem+json` whose `detail` is one line: what, where and what next.

Source: RFC 9457, Problem Details for HTTP APIs.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, JSONResponse, Response

from app.errors import SHOWN_ERRORS, AppError, DuplicateError, ForbiddenError, NotFoundError, UnkeptError
from app.server.person import current_person
from app.server.rate_limits import BusyError, DisconnectedError, TooManyError
from app.ui.templates import render, store_words
from app.ui.words import language, say, word_for, worded, words_of
from ingest.errors import IngestError
from ingest.language.detection import direction_of
from vectorstore.errors import StoreError

logger = logging.getLogger(__name__)
MEDIA_TYPE: Final = "application/problem+json"
# Paths that programs and scripts ask for, whatever they accept.
_PROGRAMS: Final = ("/api/", "/mcp", "/gradio_api/")
# Reference to the schema of `Problem` in the OpenAPI document.
PROBLEM: Final = "#/components/schemas/Problem"
# The first class that matches counts, so subclasses stand before their bases.
_STATUS: Final[Mapping[type[Exception], HTTPStatus]] = {
    BusyError: HTTPStatus.SERVICE_UNAVAILABLE,
    TooManyError: HTTPStatus.TOO_MANY_REQUESTS,
    # The client has disconnected, so this status appears only in the log.
    DisconnectedError: HTTPStatus.REQUEST_TIMEOUT,
    UnkeptError: HTTPStatus.SERVICE_UNAVAILABLE,
    ForbiddenError: HTTPStatus.FORBIDDEN,
    NotFoundError: HTTPStatus.NOT_FOUND,
    DuplicateError: HTTPStatus.CONFLICT,
    StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
    AppError: HTTPStatus.UNPROCESSABLE_ENTITY,
    IngestError: HTTPStatus.UNPROCESSABLE_ENTITY,
}


class Problem(BaseModel):
    """An error, in the form of RFC 9457."""

    type: str = "about:blank"
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["no statement '685815eed2f2fa70' in the store: `untoc list` shows their ids"])
    seconds: int | None = Field(
        default=None, examples=[60], description="After how many seconds to try again, where that helps."
    )


def problem(what: Exception | HTTPStatus, detail: str = "") -> JSONResponse:
    """Returns the response for an exception, or for an HTTP status with a detail."""
    body = problem_body(what, detail)
    headers = {"retry-after": str(body["seconds"])} if "seconds" in body else None
    return JSONResponse(body, body["status"], headers, media_type=MEDIA_TYPE)


def problem_body(what: Exception | HTTPStatus, detail: str = "") -> dict[str, Any]:
    """Returns the `Problem` for an exception, or for an HTTP status with a detail, as JSON."""
    if isinstance(what, Exception):
        detail = message_of(what)
        found = (status for kind, status in _STATUS.items() if isinstance(what, kind))
        status = next(found, HTTPStatus.INTERNAL_SERVER_ERROR)
    else:
        status = what
    seconds = what.seconds if isinstance(what, TooManyError) else None
    body = Problem(title=status.phrase, status=status, detail=" ".join(detail.split()), seconds=seconds)
    return body.model_dump(exclude_none=True)


def message_of(error: Exception) -> str:
    """Returns the message of an error; of the store's, which names machines and paths, only to who may `operate`."""
    if (key := store_words(error)) is None:
        return str(error)
    with suppress(ForbiddenError):
        if "operate" in current_person().may:
            return str(error)
    logger.warning("%s", error)
    return words_of("en")[key]


def small_page(template: str, status: int, **shown: Any) -> HTMLResponse:  # noqa: ANN401 - variables of the template
    """Returns a page, narrow unless it has a width, in the language of the words in use."""
    given = {"width": "22rem", "lang": language(), "direction": direction_of(language())}
    return HTMLResponse(render(template, **given | shown), status)


def as_shown(request: HTTPConnection, answer: Response) -> Response:
    """Returns a problem as a page in the reader's language where a browser opens a page, and anything else as it is."""
    root = request.scope.get("root_path", "")
    path = request.scope["path"].removeprefix(root)
    for_program = path.startswith(_PROGRAMS) or "text/html" not in request.headers.get("accept", "")
    if for_program or answer.media_type != MEDIA_TYPE:
        return answer
    word_for(request)
    told, status = json.loads(bytes(answer.body)), answer.status_code
    many, seconds = status == HTTPStatus.TOO_MANY_REQUESTS, told.get("seconds")
    message = say("too-many", seconds=seconds) if many and seconds else worded(told["detail"])
    page = small_page("server_problem", status, title=str(status), message=message, back=_way_back(request, status))
    kept = ("retry-after", "www-authenticate")
    page.headers.update({name: answer.headers[name] for name in kept if name in answer.headers})
    return page


def _way_back(request: HTTPConnection, status: int) -> tuple[str, str] | None:
    """Returns the address to go on at and its name; None where no other page of the same address helps."""
    scope, root = request.scope, request.scope.get("root_path", "")
    path = scope["path"].removeprefix(root)
    if status == HTTPStatus.BAD_REQUEST:
        return None
    if status == HTTPStatus.TOO_MANY_REQUESTS and scope["method"] == "GET":
        # One slash alone: an address that begins with two leads to another host.
        query = scope["query_string"].decode("latin-1")
        return f"{root}/{quote(path.lstrip('/'))}{'?' if query else ''}{query}", say("try-again")
    # Where a proxy or nobody is to sign in, and whoever is signed in already, finds the chat at the root.
    return (f"{root}/sign-in", say("sign-in")) if path.startswith("/sign-in") else (f"{root}/", "untoc")


def first_fault(errors: Sequence[Any]) -> str:
    """Returns the first error of a validation by pydantic, with its place, on one line."""
    return f"{'.'.join(map(str, errors[0]['loc']))}: {errors[0]['msg']}"


def handle_problems(app: FastAPI) -> None:
    """Makes an application answer errors as problem details."""

    async def known(request: Request, error: Exception) -> Response:
        return as_shown(request, problem(error))

    for kind in SHOWN_ERRORS:
        app.add_exception_handler(kind, known)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        detail = f"{first_fault(error.errors())}; see /api/v1/docs"
        return as_shown(request, problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail))

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        status = HTTPStatus(error.status_code)
        detail = str(error.detail)
        answer = problem(status, f"{detail}: see /api/v1/docs" if detail == status.phrase else detail)
        answer.headers.update(error.headers or {})
        return as_shown(request, answer)
