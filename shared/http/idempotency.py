"""`Idempotency-Key` on POST: the same key and body get the stored answer, stored with the effect.

The key's row is inserted first and in the request's own transaction, so two requests with one key
run one after the other, and there is never an effect without its stored answer.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.idempotency import Claim, get_claimed, store_answer
from shared.errors import FieldError, InvalidRequest, KeyReused
from shared.http.components import ref
from shared.principals import Principal

LONGEST_KEY = 255
_KEPT_HEADERS = ("etag", "location", "content-type")


class Replay(Exception):
    """The request was answered before; `response` is that answer."""

    def __init__(self, response: Response) -> None:
        super().__init__("answered before")
        self.response = response


async def claim_of(request: Request, principal: Principal | None) -> Claim | None:
    """None without a key, and where the method takes none. Reads the body."""
    key = request.headers.get("idempotency-key")
    if key is None or request.method != "POST":
        return None
    if not key or len(key) > LONGEST_KEY or not key.isprintable():
        wrong = FieldError(field="Idempotency-Key", code="invalid", detail=f"1 to {LONGEST_KEY} characters")
        raise InvalidRequest(errors=[wrong])
    return Claim(_caller(principal), key, await _hash(request))


async def require_new(session: AsyncSession, claim: Claim) -> None:
    """For a key that was not free: raises Replay with the stored answer, or KeyReused."""
    known = await get_claimed(session, claim)
    if known.request_hash != claim.request_hash:
        raise KeyReused
    # A refusal that kept its writes left the key without an answer: the request is judged again.
    if known.status is not None:
        headers = {**known.headers, "idempotency-replayed": "true"}
        raise Replay(Response(content=known.body, status_code=known.status, headers=headers))


async def finish(request: Request, response: Response) -> None:
    """Store the answer in the same transaction. Only answers that took effect are stored."""
    claim: Claim | None = getattr(request.state, "claim", None)
    if claim is None:
        return
    kept = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    session: AsyncSession = request.state.session
    await store_answer(session, claim, status=response.status_code, headers=kept, body=bytes(response.body))


def _caller(principal: Principal | None) -> str:
    if principal is None:
        return "anonymous"
    return f"{principal.sub}/{principal.hat.hat_id if principal.hat else None}"


async def _hash(request: Request) -> bytes:
    digest = hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode())
    if request.headers.get("content-type", "").startswith(("multipart/", "text/csv")):
        # A stream is read once, by the route; its length stands for it.
        digest.update(request.headers.get("content-length", "").encode())
    else:
        digest.update(await request.body())
    return digest.digest()


class IdempotentRoute(APIRoute):
    """Stores the answer of a POST that carries a key; every router of ours uses it."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        if "POST" in (self.methods or ()):
            documented = {"parameters": [ref("parameters", "IdempotencyKey")]}
            self.openapi_extra = {**(self.openapi_extra or {}), **documented}

    def get_route_handler(self) -> Any:
        answer = super().get_route_handler()

        async def answer_and_store(request: Request) -> Response:
            response: Response = await answer(request)
            await finish(request, response)
            return response

        return answer_and_store
