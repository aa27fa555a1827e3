"""All services on one port: each path goes to its owner; one document and some pages are added."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import httpx
from fastapi import APIRouter, FastAPI
from starlette.requests import ClientDisconnect, Request
from starlette.responses import StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from arende.openapi import combined_openapi
from shared.http import problems
from shared.http.docs import serve_docs
from shared.http.headers import SafeHeaders
from shared.surface import owner_of

# The pages hold their scripts and styles; a mail is shown in a frame of its own page.
PAGES = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer", "host"}


class Front:
    """Dispatches by the first segment of the path. What no service owns goes to the local pages."""

    def __init__(self, owners: Mapping[str, ASGIApp], local: ASGIApp) -> None:
        self.owners = owners
        self.local = local

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        owner = owner_of(scope["path"]) if scope["type"] == "http" else None
        await (self.owners[owner] if owner else self.local)(scope, receive, send)


def local_app(apis: Mapping[str, FastAPI], pages: Sequence[APIRouter]) -> FastAPI:
    """`/docs` and `/openapi.json` of all services together, and the given pages."""
    app = FastAPI(
        title="Ärende",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        # A redirect would repeat the caller's `Host`.
        redirect_slashes=False,
    )

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = combined_openapi(apis)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way to replace the document
    serve_docs(app)
    for router in pages:
        app.include_router(router)
    problems.install(app)
    app.add_middleware(SafeHeaders, https=False, policy=PAGES)
    return app


class Proxy:
    """Passes a request on to another process, streaming both ways."""

    def __init__(self, base_url: str) -> None:
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
        self.client = httpx.AsyncClient(base_url=base_url, timeout=60, limits=limits, trust_env=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            answer = await self._pass_on(request)
        except (httpx.TransportError, ClientDisconnect):
            gone = problems.problem(
                503, "unavailable", "Try again in a moment.", headers={"Retry-After": "2"}
            )
            await gone(scope, receive, send)
            return
        response = StreamingResponse(_closing(answer), status_code=answer.status_code)
        response.raw_headers = [
            (name.lower(), value) for name, value in answer.headers.raw if _end_to_end(name.decode("latin-1"))
        ]
        await response(scope, receive, send)

    async def _pass_on(self, request: Request) -> httpx.Response:
        headers = [(name, value) for name, value in request.headers.items() if _end_to_end(name)]
        if request.client:
            headers.append(("x-forwarded-for", request.client.host))
        url = httpx.URL(path=request.url.path, query=request.url.query.encode("latin-1"))
        has_body = "content-length" in request.headers or "transfer-encoding" in request.headers
        content = request.stream() if has_body else None
        passed = self.client.build_request(request.method, url, headers=headers, content=content)
        return await self.client.send(passed, stream=True)


def _end_to_end(name: str) -> bool:
    return name.lower() not in _HOP_BY_HOP


async def _closing(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for chunk in answer.aiter_raw():
            yield chunk
    finally:
        await answer.aclose()
