"""What leaves of a span: names, times, and the attributes of a short list. All else may quote a request.

The instrumentations write whole addresses, with the tokens and queries in them, the client's address, and the
words of exceptions, which repeat parameters of statements.
"""

from collections.abc import Sequence
from typing import Any

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Link, SpanContext, SpanKind, Status

# `http.route` is the template of the route, `db.statement` has placeholders for its values. `events` and
# `kind` are ours; the others have an older and a newer name.
KEPT = frozenset(
    {
        "http.method",
        "http.request.method",
        "http.route",
        "http.status_code",
        "http.response.status_code",
        "db.system",
        "db.system.name",
        "db.name",
        "db.namespace",
        "db.statement",
        "db.query.text",
        "error.type",
        "exception.type",
        "events",
        "kind",
    }
)


class Redacted(SpanExporter):
    """Hands the exporter what may be told of each span."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._exporter.export([_redacted(span) for span in spans])

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        return self._exporter.force_flush(timeout_millis)


def _redacted(span: ReadableSpan) -> ReadableSpan:
    attributes = _kept(span.attributes)
    return ReadableSpan(
        _name(span, attributes),
        context=_ids(span.context),
        parent=_ids(span.parent),
        resource=span.resource,
        attributes=attributes,
        events=[Event("event", _kept(each.attributes), each.timestamp) for each in span.events],
        links=[Link(ids) for each in span.links if (ids := _ids(each.context))],
        kind=span.kind,
        # Without the description, which is an exception's words.
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _kept(attributes: Any) -> dict[str, Any]:
    return {name: value for name, value in (attributes or {}).items() if name in KEPT}


def _name(span: ReadableSpan, attributes: dict[str, Any]) -> str:
    """Of a request: its method and the template of its route, never its path."""
    if span.kind is not SpanKind.SERVER:
        return span.name
    method = attributes.get("http.request.method", attributes.get("http.method", "HTTP"))
    return f"{method} {attributes.get('http.route', 'unmatched')}"


def _ids(context: SpanContext | None) -> SpanContext | None:
    """Without `tracestate`, in which a client may write what it likes."""
    if context is None:
        return None
    return SpanContext(context.trace_id, context.span_id, context.is_remote, context.trace_flags)
