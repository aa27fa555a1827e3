"""A service's API: lifespan, limits, problem+json, metrics and health, the same in all five."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI, Request

from shared import clock, telemetry
from shared.database.engine import Database
from shared.http import idempotency, problems
from shared.http.docs import serve_docs
from shared.http.document import complete_document, documentation
from shared.http.head import HeadAsGet
from shared.http.headers import SafeHeaders
from shared.http.idempotency import IdempotentRoute
from shared.http.management import create_management
from shared.http.middleware import BodyLimit, Guarded, Measured, OwnMethods, Traced
from shared.kill_points import arm
from shared.settings import ServiceSettings, required
from shared.tokens import TokenKeys


def create_router(tag: str) -> APIRouter:
    """The router of every service: its writes take Idempotency-Key."""
    return APIRouter(tags=[tag], route_class=IdempotentRoute)


def settings_of(request: Request) -> ServiceSettings:
    """The settings that the app was created with. A service's `Configured` names its own class of them."""
    settings: ServiceSettings = request.app.state.settings
    return settings


def create_api(
    settings: ServiceSettings, *, routers: Sequence[APIRouter], tags: Mapping[str, str] | None = None
) -> FastAPI:
    """The API of one service; its management app is `app.state.management`. Raises Failure.

    `tags` say what the operations under each tag are about, in the order in which the document shows them.
    """
    database = _database(settings)
    keys = required(settings.jwks_file, "ARENDE_JWKS_FILE")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        await database.close()

    app = FastAPI(
        lifespan=lifespan,
        # Ours is below; its logs would hold what was sent.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        # A redirect would repeat the caller's `Host`.
        redirect_slashes=False,
        **documentation(f"Ärende: {settings.service}", tags or {}),
    )
    app.state.settings = settings
    app.state.database = database
    app.state.keys = TokenKeys(keys, settings.issuer, now=lambda: clock.utcnow().timestamp())
    app.state.management = create_management(database)
    # What a process of its own must be able to read before it starts; each raises Failure.
    app.state.before_start = [app.state.keys.require]
    clock.follow(settings.clock_file)
    arm(settings.kill_point)
    for router in routers:
        app.include_router(router)
    serve_docs(app)
    complete_document(app)
    problems.install(app)
    idempotency.install(app)
    _add_middleware(app, settings)
    return app


def _database(settings: ServiceSettings) -> Database:
    url, service = required(settings.database_url, "ARENDE_DATABASE_URL"), settings.service
    return Database(url, name=f"arende-{service}-api", pool=settings.database_pool, service=service)


def _add_middleware(app: FastAPI, settings: ServiceSettings) -> None:
    """The last one that is added meets a request first."""
    app.add_middleware(OwnMethods, methods=app.state.methods)
    app.add_middleware(BodyLimit, largest=settings.largest_body)
    app.add_middleware(Guarded)
    app.add_middleware(Measured, service=settings.service)
    app.add_middleware(HeadAsGet)
    app.add_middleware(SafeHeaders, https=settings.web_url.startswith("https:"))
    if telemetry.exported():
        from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor

        FastAPIInstrumentor.instrument_app(app, exclude_spans=["receive", "send"])
    else:
        app.add_middleware(Traced)
