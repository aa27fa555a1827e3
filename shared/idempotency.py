"""`Idempotency-Key` on POST: the same key and body get the stored answer, stored with the effect.

The key's row is inserted first and in the request's own transaction, so two requests with one key
run one after the other, and an effect without its stored answer can't be.
"""

import hashlib
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.errors import FieldError, InvalidRequest, KeyReused
from shared.tables import idempotency_keys as keys
from shared.tokens import Principal

LONGEST_KEY = 255
_KEPT_HEADERS = ("etag", "location", "content-type")


class Replay(Exception):
    """The request was answered before; `response` is what it was answered."""

    def __init__(self, response: Response) -> None:
        super().__init__("answered before")
        self.response = response


async def begin(session: AsyncSession, request: Request, principal: Principal | None) -> None:
    """Claim the key, or raise Replay with the stored answer, or KeyReused."""
    key = request.headers.get("idempotency-key")
    if key is None or request.method != "POST":
        return
    if not key or len(key) > LONGEST_KEY or not key.isprintable():
        wrong = FieldError(field="Idempotency-Key", code="invalid", detail=f"1 to {LONGEST_KEY} characters")
        raise InvalidRequest(errors=[wrong])
    identity = {"caller": _caller(principal), "key": key}
    request_hash = await _hash(request)
    claimed = await session.execute(
        insert(keys)
        .values(**identity, request_hash=request_hash)
        .on_conflict_do_nothing()
        .returning(keys.c.key)
    )
    if claimed.first() is not None:
        request.state.idempotency = identity
        return
    known: Any = (await session.execute(select(keys).filter_by(**identity).with_for_update())).one()
    if known.request_hash != request_hash:
        raise KeyReused
    if known.status is None:
        # A refusal that kept its writes left the key without an answer: it is refused, or done, again.
        request.state.idempotency = identity
        return
    headers = {**known.headers, "idempotency-replayed": "true"}
    raise Replay(Response(content=known.body, status_code=known.status, headers=headers))


async def finish(request: Request, response: Response) -> None:
    """Store the answer in the same transaction. Only answers that took effect are stored."""
    identity = getattr(request.state, "idempotency", None)
    if identity is None:
        return
    kept = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    session: AsyncSession = request.state.session
    await session.execute(
        update(keys)
        .filter_by(**identity)
        .values(status=response.status_code, headers=kept, body=bytes(response.body))
    )


async def forget_old(session: AsyncSession) -> None:
    await session.execute(keys.delete().where(keys.c.created_at < text("now() - interval '48 hours'")))


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

    def get_route_handler(self) -> Any:
        answer = super().get_route_handler()

        async def answer_and_store(request: Request) -> Response:
            response: Response = await answer(request)
            await finish(request, response)
            return response

        return answer_and_store
