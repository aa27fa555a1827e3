"""`Idempotency-Key` on POST: the same key and body get the stored answer, stored with the effect.

The key's row is inserted first and in the request's own transaction, so two requests with one key
run one after the other, and an effect without its stored answer can't be.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from sqlalchemy import bindparam, select, text, update
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


@dataclass(frozen=True)
class Claim:
    """What a request asks for by its key. The columns of the key's row."""

    caller: str
    key: str
    request_hash: bytes

    @property
    def identity(self) -> dict[str, str]:
        return {"caller": self.caller, "key": self.key}


# Inserts nothing where the key is known, after waiting for the request that holds it. `claimed` has one row
# where it was inserted.
CLAIM = (
    "insert into idempotency_keys (caller, key, request_hash) values (:caller, :key, :request_hash)"
    " on conflict do nothing returning key"
)
_CLAIM = text(CLAIM)
_STORE = (
    update(keys)
    .where(keys.c.caller == bindparam("of_caller"), keys.c.key == bindparam("of_key"))
    .values({name: bindparam(name) for name in ("status", "headers", "body")})
)


async def claim_of(request: Request, principal: Principal | None) -> Claim | None:
    """None without a key, and where the method takes none. Reads the body."""
    key = request.headers.get("idempotency-key")
    if key is None or request.method != "POST":
        return None
    if not key or len(key) > LONGEST_KEY or not key.isprintable():
        wrong = FieldError(field="Idempotency-Key", code="invalid", detail=f"1 to {LONGEST_KEY} characters")
        raise InvalidRequest(errors=[wrong])
    return Claim(_caller(principal), key, await _hash(request))


async def claimed(session: AsyncSession, claim: Claim) -> bool:
    """Whether the key is this request's own now."""
    return (await session.execute(_CLAIM, vars(claim))).first() is not None


async def require_new(session: AsyncSession, claim: Claim) -> None:
    """For a key that was not claimed: raises Replay with the stored answer, or KeyReused."""
    known: Any = (await session.execute(select(keys).filter_by(**claim.identity).with_for_update())).one()
    if known.request_hash != claim.request_hash:
        raise KeyReused
    # A refusal that kept its writes left the key without an answer: it is refused, or done, again.
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
    answer = {"status": response.status_code, "headers": kept, "body": bytes(response.body)}
    await session.execute(_STORE, {"of_caller": claim.caller, "of_key": claim.key, **answer})


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
