"""A service's API: lifespan, limits, problem+json, metrics and health, the same in all five."""

import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest
from sqlalchemy import text
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import clock, problems, telemetry
from shared.db import Database
from shared.docs import document_problems, serve_docs
from shared.errors import TooLarge
from shared.faults import arm
from shared.idempotency import IdempotentRoute
from shared.settings import ServiceSettings
from shared.tokens import TokenKeys


def create_router(tag: str) -> APIRouter:
    """The router of every service: its POSTs take Idempotency-Key."""
    return APIRouter(tags=[tag], route_class=IdempotentRoute)


def create_api(settings: ServiceSettings, *, routers: Sequence[APIRouter]) -> FastAPI:
    """The API of one service; its management app is `app.state.management`."""
    database = Database(
        settings.database_url, name=f"arende-{settings.service}-api", pool=settings.database_pool
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        await database.close()

    app = FastAPI(
        title=f"Ärende: {settings.service}",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        # Ours is below; its logs would hold what was sent.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.settings = settings
    app.state.database = database
    app.state.keys = TokenKeys(settings.jwks_file, settings.issuer, now=lambda: clock.utcnow().timestamp())
    app.state.management = create_management(database)
    clock.follow(settings.clock_file)
    arm(settings.kill_point)
    for router in routers:
        app.include_router(router)
    serve_docs(app)
    document_problems(app)
    problems.install(app)
    app.add_middleware(BodyLimit, largest=settings.largest_body)
    app.add_middleware(Measured, service=settings.service)
    if telemetry.exported():
        FastAPIInstrumentor.instrument_app(app, exclude_spans=["receive", "send"])
    else:
        app.add_middleware(Traced)
    return app


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


def create_management(database: Database, *, healthy: Any = lambda: True) -> FastAPI:
    """`/livez`, `/readyz`, `/metrics`, served on a port of their own."""
    management = FastAPI(openapi_url=None)

    @management.get("/livez")
    async def live() -> Response:
        return PlainTextResponse("ok" if healthy() else "stuck", status_code=200 if healthy() else 503)

    @management.get("/readyz")
    async def ready() -> Response:
        # Only our own database: whether the broker is up never decides whether a request succeeds.
        try:
            async with database.transaction() as session:
                await session.execute(text("select 1"))
        except Exception:
            return PlainTextResponse("database unreachable", status_code=503)
        return PlainTextResponse("ok")

    @management.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return management
