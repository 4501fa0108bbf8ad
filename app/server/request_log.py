"""Request log and metrics for operators: each request has a log line, with an id that its response carries as well.

Questions and query strings are never logged above DEBUG: a request is identified by the route that served it.
"""

import logging
import re
import sys
import time
from secrets import token_hex
from typing import Final

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.server.person import person_of

REQUEST_ID: Final = "x-request-id"
_GIVEN_ID: Final = re.compile(r"[\w.-]{8,40}", re.ASCII)
_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_log: Final = structlog.stdlib.get_logger("untoc.request")


class ServerMetrics:
    """The metrics of one server, which `/metrics` returns in Prometheus' format."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        labels = ("method", "route", "status")
        self.requests = Counter("untoc_requests", "Requests answered.", labels, registry=self.registry)
        self.seconds = Histogram(
            "untoc_request_seconds",
            "Time until a request was answered.",
            ("route",),
            buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
            registry=self.registry,
        )
        self.under_way = Gauge("untoc_requests_under_way", "Requests being answered.", registry=self.registry)
        self.statements = Gauge("untoc_statements", "Statements in the store.", registry=self.registry)


class Observed:
    """ASGI middleware that gives each request an id, logs it and counts it."""

    def __init__(self, app: ASGIApp, *, figures: ServerMetrics) -> None:
        self._app = app
        self._figures = figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(REQUEST_ID, "")
        identifier = given if _GIVEN_ID.fullmatch(given) else token_hex(8)
        scope["untoc.request"] = identifier
        status, begun = 500, time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                MutableHeaders(scope=message)[REQUEST_ID] = identifier
            await send(message)

        with structlog.contextvars.bound_contextvars(request=identifier), self._figures.under_way.track_inprogress():
            try:
                await self._app(scope, receive, send_with_id)
            finally:
                seconds = time.perf_counter() - begun
                # The guard sets the person in `scope`, the routers the route; in the chat it is the kind of request.
                person, route = person_of(scope), getattr(scope.get("route"), "path", "-") or "/chat"
                method = scope["method"] if scope["method"] in _METHODS else "other"
                self._figures.requests.labels(method, route, status).inc()
                self._figures.seconds.labels(route).observe(seconds)
                who = "-" if person is None else person.name
                _log.info("answered", method=method, route=route, status=status, ms=round(seconds * 1000), person=who)


def log_as_json(level: str) -> None:
    """Configures logging as one JSON object per line on standard error, each with the id of its request."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # Lines on requests, the main content of a server's log, are written at every level but ERROR.
    logging.getLogger("untoc.request").setLevel(min(logging.INFO, root.level) if level != "ERROR" else logging.ERROR)
    # Below WARNING, these libraries log the URLs of outgoing requests, which may contain the question.
    for name in ("httpx", "httpcore", "mcp"):
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
