"""Spans of answers for OpenTelemetry: a span per answer with one per step; nothing is sent unless an address is set.

Spans hold times, counts and the model's name; never questions, statements or keys.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel

from app.errors import SettingsError
from app.records import Answer

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

Export = Callable[[Answer], None]
_STEPS: Final = ("resolve", "retrieve", "compose", "verify")
_MILLION: Final = 1_000_000


class TelemetryConfig(BaseModel, frozen=True, extra="forbid"):
    """Where spans go, if anywhere."""

    endpoint: str = ""
    """Address of an OTLP collector (gRPC), such as http://127.0.0.1:4317; empty, no spans are made."""


def build_export(config: TelemetryConfig) -> "SpanExport | None":
    """Returns the exporter of spans, None without an address; raises a SettingsError if its extra is missing."""
    if not config.endpoint:
        return None
    try:
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    except ImportError as exc:
        raise SettingsError("UNTOC_TELEMETRY__ENDPOINT needs an extra: `pip install 'untoc[otel]'`") from exc
    return SpanExport(OTLPSpanExporter(endpoint=config.endpoint, insecure=config.endpoint.startswith("http://")))


class SpanExport:
    """Turns answers into spans and hands them to an exporter, in the background."""

    def __init__(self, exporter: "SpanExporter") -> None:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        self._provider = TracerProvider(resource=Resource.create({"service.name": "untoc"}))
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("untoc")

    def __call__(self, answer: Answer) -> None:
        """Makes the spans of a finished answer; those of its steps follow each other without gaps."""
        from opentelemetry.trace import set_span_in_context

        end = time.time_ns()
        at = end - int(answer.timings_ms.total * _MILLION)
        root = self._tracer.start_span("ask", start_time=at, attributes=_attributes(answer))
        for step in _STEPS:
            ends = at + int(getattr(answer.timings_ms, step) * _MILLION)
            self._tracer.start_span(step, context=set_span_in_context(root), start_time=at).end(end_time=ends)
            at = ends
        root.end(end_time=end)


def _attributes(answer: Answer) -> dict[str, str | int | float | bool]:
    usage = answer.usage or {}
    facts: dict[str, str | int | float | bool | None] = {
        "untoc.trace_id": answer.trace_id,
        "untoc.status": answer.status,
        "untoc.composer": answer.composer,
        "untoc.citations": len(answer.citations),
        "untoc.dropped_claims": len(answer.dropped_claims),
        "untoc.first_claim_ms": answer.timings_ms.first_claim,
        "gen_ai.request.model": answer.model,
        "gen_ai.usage.input_tokens": usage.get("prompt_tokens"),
        "gen_ai.usage.output_tokens": usage.get("completion_tokens"),
    }
    return {name: value for name, value in facts.items() if value is not None}
