"""What every request passes through before its route: limits, metrics and the ids of its trace."""

import contextlib
import logging
import time
from dataclasses import dataclass
from functools import cache

from fastapi import Request
from prometheus_client import Counter, Histogram
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import telemetry
from shared.errors import (
    IncompleteBody,
    InternalError,
    MalformedAddress,
    ServiceError,
    TooLarge,
    Unavailable,
)
from shared.http import problems
from shared.http.methods import Methods
from shared.outages import is_down

log = logging.getLogger("arende.api")

# Those of RFC 9110 and RFC 5789.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE"})
_BODY = "arende.body"


class Traced:
    """Where nobody keeps spans: the ids of a trace, for logs and events."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        with telemetry.identified(header_of(scope, b"traceparent").decode("latin-1")):
            return await self.app(scope, receive, send)


class Measured:
    """Counts and times each answer by route template; ids and persons stay out of the labels."""

    def __init__(self, app: ASGIApp, *, service: str) -> None:
        self.app = app
        self.service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        began, status = time.perf_counter(), 500

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watch)
        finally:
            route = getattr(scope.get("route"), "path", "unmatched")
            # A label from outside would make a new series of each word that somebody sends.
            method = scope["method"] if scope["method"] in METHODS else "other"
            requests, seconds = _measures(self.service, method, route, status)
            requests.inc()
            seconds.observe(time.perf_counter() - began)


@cache
def _measures(service: str, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return (
        telemetry.REQUESTS.labels(service, method, route, status),
        telemetry.REQUEST_SECONDS.labels(service, route),
    )


def header_of(scope: Scope, name: bytes) -> bytes:
    """The first of that name (lower case); empty where there is none."""
    for each, value in scope["headers"]:
        if each == name:
            return bytes(value)
    return b""


class Guarded:
    """Answers what nothing else has answered: 503 while our database is down, 500 for a bug. Each is one
    line in the log; an outage is expected, so its line has no traceback."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception as error:
            if scope["type"] != "http" or started:
                raise
            answer = await problems.refusal(Request(scope), _refusal_of(error, scope))
            await answer(scope, receive, send)


def _refusal_of(error: Exception, scope: Scope) -> ServiceError:
    facts = {"route": getattr(scope.get("route"), "path", "unmatched")}
    if isinstance(error, ClientDisconnect):
        return IncompleteBody()  # Nobody reads it; the request is counted as the client's fault.
    if is_down(error):
        facts["error"] = type(error).__name__
        log.warning("our database can't be used", extra={"facts": facts})
        return Unavailable()
    log.error("request failed", exc_info=error, extra={"facts": facts})
    return InternalError()


@dataclass
class _Body:
    """How much of a request's body has come, and how much may come (None: the route counts itself)."""

    largest: int | None
    declared: int
    received: int = 0
    refused: bool = False

    def require_small(self) -> None:
        if self.largest is not None and max(self.declared, self.received) > self.largest:
            self.refused = True
            raise TooLarge(limit=self.largest)


class BodyLimit:
    """Refuses a body over the limit as soon as somebody reads it.

    FastAPI's `max_body_size` would answer a declared length over the limit as plain text, before any
    handler of ours, and takes its limit from the decorator of a route, where there are no settings yet.
    """

    def __init__(self, app: ASGIApp, *, largest: int) -> None:
        self.app = app
        self.largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if b"%00" in scope.get("raw_path", b"") or b"%00" in scope["query_string"]:
            unstorable = await problems.refusal(Request(scope), MalformedAddress())
            return await unstorable(scope, receive, send)
        return await self._counted(scope, receive, send)

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = _Body(self.largest, declared=_length(scope))
        scope[_BODY] = body

        async def count() -> Message:
            body.require_small()
            message = await receive()
            body.received += len(message.get("body", b""))
            body.require_small()
            return message

        async def watch(message: Message) -> None:
            if not body.refused:
                await send(message)

        # What the app makes of the cut-off body is swallowed; the refusal is the answer.
        with contextlib.suppress(TooLarge):
            await self.app(scope, count, watch)
        if body.refused:
            refused = await problems.refusal(Request(scope), TooLarge(limit=self.largest))
            await refused(scope, receive, send)


def _length(scope: Scope) -> int:
    """Zero where it is not told; then only what comes is counted."""
    told = header_of(scope, b"content-length")
    return int(told) if told.isdigit() and len(told) < 20 else 0


def lift_body_limit(request: Request) -> None:
    """For a route that streams the body and counts what comes by a limit of its own."""
    request.scope[_BODY].largest = None


class OwnMethods:
    """405 for a literal path whose last word the router would take for an id of another one."""

    def __init__(self, app: ASGIApp, *, methods: Methods) -> None:
        self.app = app
        self.methods = methods

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self.app
        if scope["type"] == "http" and self.methods.lacks(scope["path"], scope["method"]):
            app = await problems.refusal(Request(scope), self.methods.refusal(scope["path"]))
        await app(scope, receive, send)
