"""Traces (OpenTelemetry), metrics (Prometheus) and logs (JSON lines), with no personal data in any.

What records and exports spans is imported only where they are exported: it takes memory and time that
most processes can do without. Logs and events bear the ids of a trace all the same.
"""

import json
import logging
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from opentelemetry import context, propagate, trace
from prometheus_client import Counter, Gauge, Histogram

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

OUTBOX_LENGTH = Gauge("arende_outbox_length", "Events committed and not yet sent", ["service"])
OUTBOX_AGE = Gauge("arende_outbox_age_seconds", "Age of the oldest event not yet sent", ["service"])
RELAYED = Counter("arende_events_relayed_total", "Events that the transport confirmed", ["service"])
HANDLED = Counter("arende_events_handled_total", "Deliveries by outcome", ["queue", "outcome"])
CONSUMING = Gauge("arende_consuming", "1 while connected to the broker and consuming", ["service"])
CONSUMER_LAG = Histogram(
    "arende_consumer_lag_seconds",
    "From the event's time to the commit of its reaction",
    ["queue"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600),
)
DEAD_LETTERS = Gauge("arende_dead_letters", "Reactions that failed, by state", ["service", "state"])
REQUESTS = Counter(
    "arende_http_requests_total", "Answered requests", ["service", "method", "route", "status"]
)
REQUEST_SECONDS = Histogram("arende_http_request_seconds", "Time to the answer", ["service", "route"])
MAILS = Counter("arende_mails_total", "Attempts to send mails by outcome", ["outcome"])
SECURITY_EVENTS = Counter(
    "arende_security_events_total", "Entries of the security log, logged or not", ["service", "kind"]
)
BUREAUS_WAITING = Gauge("arende_bureaus_waiting", "Bureaus that wait for an operator's approval", ["waited"])
JOBS = Counter("arende_job_runs_total", "Timed jobs by outcome", ["service", "job", "outcome"])

tracer = trace.get_tracer("arende")
_SAMPLED = trace.TraceFlags(trace.TraceFlags.SAMPLED)


class JsonLines(logging.Formatter):
    """One JSON object a line, with the trace it belongs to. Exceptions by class and place, never by text:
    their words may quote a row, and so a person."""

    def format(self, record: logging.LogRecord) -> str:
        context = trace.get_current_span().get_span_context()
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if context.is_valid:
            line["trace_id"] = f"{context.trace_id:032x}"
            line["span_id"] = f"{context.span_id:016x}"
        line.update(getattr(record, "facts", {}))
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["at"] = _place(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def _place(error: BaseException | None) -> list[str]:
    places, step = [], error.__traceback__ if error else None
    while step:
        code = step.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{step.tb_lineno} {code.co_name}")
        step = step.tb_next
    return places[-8:]


def set_up_logs(level: str = "INFO") -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # The security log is kept whole, however little the others say.
    logging.getLogger("arende.security").setLevel(logging.INFO)
    # Their access lines hold paths with ids and tokens; ours count by route instead. What uvicorn says of its
    # own start and end is said by the process.
    for chatty in ("uvicorn.access", "uvicorn.error", "httpx", "aiormq", "aio_pika"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


class _Traces:
    exported = False


def set_up_traces(service: str, exporter: "SpanExporter | None") -> None:
    """Record spans and send what may be told of them to the exporter (shared/spans.py); without one, spans
    have ids and no more."""
    if exporter is None:
        return
    from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    from shared.spans import Redacted

    provider = trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = TracerProvider(resource=Resource.create({"service.name": f"arende-{service}"}))
        trace.set_tracer_provider(provider)
    provider.add_span_processor(BatchSpanProcessor(Redacted(exporter)))
    _Traces.exported = True
    # Statements without their values.
    SQLAlchemyInstrumentor().instrument(skip_dep_check=True)


def exported() -> bool:
    return _Traces.exported


def otlp(endpoint: str | None) -> "SpanExporter | None":
    """OTLP over HTTP, to `<endpoint>/v1/traces`; None without an endpoint."""
    if not endpoint:
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")


def current_traceparent() -> str | None:
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier.get("traceparent")


@contextmanager
def span(name: str, *, traceparent: str | None = None, **attributes: str | int) -> Iterator[None]:
    """A span, in the trace of `traceparent` where one is given (W3C Trace Context)."""
    parent = propagate.extract({"traceparent": traceparent}) if traceparent else context.get_current()
    if not _Traces.exported:
        with _identified(parent):
            yield
        return
    with tracer.start_as_current_span(name, context=parent, attributes=attributes):
        yield


@contextmanager
def identified(traceparent: str) -> Iterator[None]:
    """The ids of a span without the span: in the trace of `traceparent`, or of a new one where it is empty
    or wrong."""
    parent = propagate.extract({"traceparent": traceparent}) if traceparent else context.Context()
    with _identified(parent):
        yield


@contextmanager
def _identified(parent: context.Context) -> Iterator[None]:
    above = trace.get_current_span(parent).get_span_context()
    own = trace.SpanContext(
        above.trace_id if above.is_valid else _random_id(16),
        _random_id(8),
        is_remote=False,
        trace_flags=above.trace_flags if above.is_valid else _SAMPLED,
    )
    token = context.attach(trace.set_span_in_context(trace.NonRecordingSpan(own), parent))
    try:
        yield
    finally:
        context.detach(token)


def _random_id(size: int) -> int:
    # Zero is no valid id.
    return int.from_bytes(os.urandom(size), "big") or 1


@contextmanager
def relayed(traceparents: Iterable[str | None]) -> Iterator[None]:
    """A span in each of these traces while their events are on the way, where anyone looks at traces."""
    with ExitStack() as stack:
        if _Traces.exported:
            for traceparent in set(filter(None, traceparents)):
                parent = propagate.extract({"traceparent": traceparent})
                started = tracer.start_span("relay", context=parent)
                stack.callback(started.end)
        yield
