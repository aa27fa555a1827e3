"""`/livez`, `/readyz` and `/metrics`, which APIs and workers serve on a port of their own."""

from collections.abc import Callable

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from shared.database.engine import Database


def create_management(database: Database, *, healthy: Callable[[], bool] = lambda: True) -> Starlette:
    """The management app of one process; without FastAPI, so that a worker need not load it.

    Once its `state.leaving` is set, `/readyz` says no, so that nobody sends further requests.
    """

    async def live(request: Request) -> Response:
        return PlainTextResponse("ok" if healthy() else "stuck", status_code=200 if healthy() else 503)

    async def ready(request: Request) -> Response:
        if request.app.state.leaving:
            return PlainTextResponse("leaving", status_code=503)
        # Only our own database: whether the broker is up never decides whether a request succeeds.
        try:
            async with database.transaction() as session:
                await session.execute(text("select 1"))
        except Exception:
            return PlainTextResponse("database unreachable", status_code=503)
        return PlainTextResponse("ok")

    async def metrics(request: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    app = Starlette(routes=[Route("/livez", live), Route("/readyz", ready), Route("/metrics", metrics)])
    # A redirect would repeat the caller's `Host`.
    app.router.redirect_slashes = False
    app.state.leaving = False
    return app
