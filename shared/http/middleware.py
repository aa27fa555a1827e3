"""What every request passes through before its route: limits, metrics and the ids of its trace."""

import contextlib
import time
from functools import cache

from fastapi import Request
from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import telemetry
from shared.errors import TooLarge
from shared.http import problems


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
            requests, seconds = _measures(self.service, scope["method"], route, status)
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


class BodyLimit:
    """Refuses a JSON body over the limit while it comes in; streamed uploads have limits of their own."""

    def __init__(self, app: ASGIApp, *, largest: int) -> None:
        self.app = app
        self.largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if b"%00" in scope.get("raw_path", b"") or b"%00" in scope["query_string"]:
            unstorable = problems.problem(400, "malformed_url", "The address holds a NUL character.")
            return await unstorable(scope, receive, send)
        if header_of(scope, b"content-type").startswith((b"multipart/", b"text/csv")):
            return await self.app(scope, receive, send)
        if int(header_of(scope, b"content-length") or b"0") > self.largest:
            return await self._refuse(scope, receive, send)
        return await self._counted(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = await problems.refusal(Request(scope), TooLarge(limit=self.largest))
        await refused(scope, receive, send)

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What the app makes of the cut-off body is swallowed; the refusal is the answer."""
        received = 0

        async def count() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.largest:
                raise TooLarge(limit=self.largest)
            return message

        async def watch(message: Message) -> None:
            if received <= self.largest:
                await send(message)

        with contextlib.suppress(TooLarge):
            await self.app(scope, count, watch)
        if received > self.largest:
            await self._refuse(scope, receive, send)
