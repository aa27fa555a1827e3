"""`Idempotency-Key` on every write: the same key and request get the stored answer, stored with the effect.

The key's row is inserted first and in the request's own transaction, so two requests with one key
run one after the other, and there is never an effect without its stored answer.
"""

import hmac
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.idempotency import Claim, get_claimed, store_answer
from shared.errors import FieldError, InvalidRequest, KeyReused, ServiceError
from shared.http.components import ref
from shared.http.problems import add_refusals
from shared.http.route import Route
from shared.principals import Principal

LONGEST_KEY = 255
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_KEPT_HEADERS = ("etag", "location", "content-type")


class Replay(Exception):
    """The request was answered before; `response` is that answer."""

    def __init__(self, response: Response) -> None:
        super().__init__("answered before")
        self.response = response


async def claim_of(request: Request, principal: Principal | None) -> Claim | None:
    """None without a key, and where the route stores no answers. Reads the body.

    A caller's keys are their own, for each method and path. Without a caller nobody can tell one sender from
    another, so a key belongs to the whole request: a stranger who uses the same key for another request
    neither sees an answer of somebody else nor is refused.
    """
    key = request.headers.get("idempotency-key")
    if key is None or request.method not in WRITES or not isinstance(request.scope["route"], IdempotentRoute):
        return None
    if not key or len(key) > LONGEST_KEY or not key.isprintable():
        wrong = FieldError(
            "Idempotency-Key",
            "malformed",
            en=f"Give 1 to {LONGEST_KEY} printable characters.",
            sv=f"Ange 1 till {LONGEST_KEY} skrivbara tecken.",
        )
        raise InvalidRequest(errors=[wrong])
    operation = f"{request.method} {request.url.path}".encode()
    content = getattr(request.state, "body_digest", None) or await request.body()
    whole = _digest(key, operation, request.url.query.encode(), content)
    if principal is None:
        return Claim("anonymous", whole.hex(), whole)
    return Claim(_caller(principal), _digest(key, operation).hex(), whole)


def set_body_digest(request: Request, digest: bytes) -> None:
    """For a route that reads the body's stream itself, before its transaction begins: by this digest of what
    came the request is told from others with its key."""
    request.state.body_digest = digest


async def require_new(session: AsyncSession, claim: Claim) -> None:
    """For a key that was not free: raises Replay with the stored answer, or KeyReused."""
    known = await get_claimed(session, claim)
    if known.request_hash != claim.request_hash:
        raise KeyReused
    # A refusal that kept its writes left the key without an answer: the request is judged again.
    if known.status is not None:
        headers = {**known.headers, "idempotency-replayed": "true"}
        raise Replay(Response(content=known.body, status_code=known.status, headers=headers))


def finish(request: Request, response: Response) -> None:
    """Store the answer in the same transaction. Only answers that took effect are stored."""
    claim: Claim | None = getattr(request.state, "claim", None)
    if claim is None:
        return
    kept = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    session: AsyncSession = request.state.session
    store_answer(session, claim, status=response.status_code, headers=kept, body=bytes(response.body))


def _caller(principal: Principal) -> str:
    return f"{principal.sub}/{principal.hat.hat_id if principal.hat else None}"


def _digest(key: str, *parts: bytes) -> bytes:
    """The client's key is the secret of the digest and is not stored, because a body may hold a password: who
    reads the table could try passwords against a plain digest, far faster than against the stored hash."""
    message = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    return hmac.digest(key.encode(), message, "sha256")


class _KeyedRoute(Route):
    """Documents the header by the component with this name."""

    parameter: str
    refusals_of_key: tuple[type[ServiceError], ...] = ()

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        if WRITES & (self.methods or set()):
            documented = {"parameters": [ref("parameters", self.parameter)]}
            self.openapi_extra = {**(self.openapi_extra or {}), **documented}
            add_refusals(self.responses, *self.refusals_of_key)


class IdempotentRoute(_KeyedRoute):
    """Stores the answer of a write that carries a key; every router of ours uses it."""

    parameter = "IdempotencyKey"
    refusals_of_key = (KeyReused,)

    def get_route_handler(self) -> Any:
        answer = super().get_route_handler()

        async def answer_and_store(request: Request) -> Response:
            response: Response = await answer(request)
            finish(request, response)
            return response

        return answer_and_store


class UnstoredRoute(_KeyedRoute):
    """For answers that hold a token or another secret, which must not be stored: a key has no effect."""

    parameter = "IdempotencyKeyUnused"


async def replayed(request: Request, replay: Replay) -> Response:
    return replay.response


def install(app: FastAPI) -> None:
    app.add_exception_handler(Replay, replayed)  # type: ignore[arg-type] # Starlette's are untyped
