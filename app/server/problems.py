"""Errors as problem details: `application/problem+json` whose `detail` is one line: what, where and what next.

Source: RFC 9457, Problem Details for HTTP APIs.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from app.errors import SHOWN_ERRORS, AppError, DuplicateError, ForbiddenError, NotFoundError, UnkeptError
from app.server.rate_limits import BusyError, LeftError, TooManyError
from ingest.errors import IngestError
from vectorstore.errors import StoreError

MEDIA_TYPE: Final = "application/problem+json"
# Reference to the schema of `Problem` in the OpenAPI document.
PROBLEM: Final = "#/components/schemas/Problem"
# The first class that matches counts, so subclasses stand before their bases.
_STATUS: Final[Mapping[type[Exception], HTTPStatus]] = {
    BusyError: HTTPStatus.SERVICE_UNAVAILABLE,
    TooManyError: HTTPStatus.TOO_MANY_REQUESTS,
    # The client has disconnected, so this status appears only in the log.
    LeftError: HTTPStatus.REQUEST_TIMEOUT,
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
        detail = str(what)
        status = next((status for kind, status in _STATUS.items() if isinstance(what, kind)), None)
    else:
        status = what
    status = status or HTTPStatus.INTERNAL_SERVER_ERROR
    seconds = what.seconds if isinstance(what, TooManyError) else None
    body = Problem(title=status.phrase, status=status, detail=" ".join(detail.split()), seconds=seconds)
    return body.model_dump(exclude_none=True)


def first_fault(errors: Sequence[Any]) -> str:
    """Returns the first error of a validation by pydantic, with its place, on one line."""
    return f"{'.'.join(map(str, errors[0]['loc']))}: {errors[0]['msg']}"


def handle_problems(app: FastAPI) -> None:
    """Makes an application answer errors as problem details."""

    async def known(_: Request, error: Exception) -> JSONResponse:
        return problem(error)

    for kind in SHOWN_ERRORS:
        app.add_exception_handler(kind, known)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"{first_fault(error.errors())}; see /api/v1/docs")

    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> JSONResponse:
        status = HTTPStatus(error.status_code)
        detail = str(error.detail)
        answer = problem(status, f"{detail}: see /api/v1/docs" if detail == status.phrase else detail)
        answer.headers.update(error.headers or {})
        return answer
