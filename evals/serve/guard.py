"""Protection against forged requests: response headers, and a token that every form carries.

Hosts and origins are checked in `app.loopback`.
"""

import secrets
from collections.abc import Callable
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from evals.errors import EvalError

# Whatever slips into the page, the browser runs only the script that comes with it, and sends nothing elsewhere.
_POLICY: Final = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
# A report is one file with its style and script in it; it needs nothing else, and can reach nothing of this page.
REPORT_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-scripts allow-downloads"
)
HEADERS: Final = {
    "content-security-policy": _POLICY,
    # With `no-referrer` browsers would send forms without their origin.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}
LARGEST_FORM: Final = 500_000
Action = Callable[[Request, FormData], Response]


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
