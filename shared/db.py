"""The engine, the transaction (the only place that commits) and the tenant walls' settings."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Depends, Request
from sqlalchemy import event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.ext import asyncio as sqlalchemy_asyncio
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from shared import idempotency, outbox
from shared.access import effective_hat
from shared.errors import InvalidToken, ServiceError
from shared.faults import kill_point
from shared.idempotency import Claim
from shared.tokens import EmployeeHat, MemberHat, Principal, TokenKeys

# One round trip: the walls (row-level security reads these), what the caller may do now, and the claim.
_WALLS = (
    "select set_config('arende.bureau', :bureau, true), set_config('arende.account', :account, true),"
    " set_config('arende.email', :email, true), set_config('arende.user', :person, true),"
    " (select to_jsonb(a) from access a where a.user_id = :user and a.hat_id = :hat)"
)
_ENTER = text(f"{_WALLS}, true")
_ENTER_CLAIMING = text(f"with claimed as ({idempotency.CLAIM}) {_WALLS}, exists (select from claimed)")
_TENANT = text("select set_config('arende.bureau', :bureau, true)")


STATEMENT_SECONDS = 10


@dataclass(frozen=True)
class Cause:
    """Who or what made a change; stands in the envelope of the events it publishes."""

    actor_id: UUID | None = None
    correlation_id: UUID | None = None
    causation_id: UUID | None = None


class Database:
    """One role's connections to one service's database."""

    def __init__(self, url: str, *, name: str, pool: int = 6) -> None:
        # By its module: telemetry may have put a traced one in its place.
        self.engine: AsyncEngine = sqlalchemy_asyncio.create_async_engine(
            url,
            pool_size=pool,
            max_overflow=2,
            pool_timeout=5,
            pool_pre_ping=False,
            json_deserializer=orjson.loads,
            connect_args={
                "timeout": 5,
                "command_timeout": STATEMENT_SECONDS,
                "server_settings": {"application_name": name, "timezone": "UTC", "jit": "off"},
            },
        )
        event.listen(self.engine.sync_engine, "handle_error", _silence_is_a_lost_server)
        self.sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self.committed: list[Callable[[], None]] = []

    @asynccontextmanager
    async def transaction(
        self, *, bureau_id: UUID | None = None, of_request: bool = False
    ) -> AsyncIterator[AsyncSession]:
        """Commits at the end, or rolls back on any exception but, of a request, a refusal that keeps its
        writes: there is somebody who is told."""
        async with self.sessions() as session:
            try:
                if bureau_id is not None:
                    await set_tenant(session, bureau_id)
                yield session
            except ServiceError as refusal:
                if of_request and refusal.keeps_writes:
                    await self._commit(session)
                raise
            await self._commit(session)

    async def _commit(self, session: AsyncSession) -> None:
        published = await outbox.write(session)
        await session.commit()
        kill_point("after-commit")
        if published:
            for told in self.committed:
                told()

    async def close(self) -> None:
        await self.engine.dispose()


def _silence_is_a_lost_server(context: ExceptionContext) -> None:
    """A statement without an answer: the pool's other connections lead to the same server that is gone
    without a word, so none of them is used again."""
    if isinstance(context.original_exception, TimeoutError):
        context.is_disconnect = True


async def set_tenant(session: AsyncSession, bureau_id: UUID | None) -> None:
    """Open the wall to one bureau's rows until the transaction ends; None closes it."""
    if session.info.get("bureau_id") != bureau_id:
        await session.execute(_TENANT, {"bureau": str(bureau_id or "")})
        session.info["bureau_id"] = bureau_id


async def enter(session: AsyncSession, principal: Principal, claim: Claim | None) -> tuple[Principal, bool]:
    """Set the walls for this caller; answers the principal with what it may do now, not at log-in, and
    whether the key, if there is one, is this request's own."""
    hat = principal.hat
    bureau_id = hat.bureau_id if isinstance(hat, EmployeeHat) else None
    account_id = hat.account_id if isinstance(hat, MemberHat) else None
    caller = {
        "bureau": str(bureau_id or ""),
        "account": str(account_id or ""),
        "email": principal.email.lower() if principal.email_verified else "",
        "person": str(principal.sub),
        "user": principal.sub,
        "hat": hat.hat_id if hat else None,
    }
    entered = session.execute(_ENTER_CLAIMING if claim else _ENTER, caller | (vars(claim) if claim else {}))
    row: Any = (await entered).one()
    session.info["bureau_id"] = bureau_id
    session.info["cause"] = Cause(actor_id=principal.sub)
    return effective_hat(principal, row[4]), row[5]


async def set_person(session: AsyncSession, user_id: UUID) -> None:
    """Open the wall to one person's own rows (their hats), before any hat is chosen."""
    await session.execute(text("select set_config('arende.user', :user, true)"), {"user": str(user_id)})


def read_principal(request: Request) -> Principal | None:
    """Who the bearer token says is calling; None without one. Raises InvalidToken."""
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise InvalidToken
    keys: TokenKeys = request.app.state.keys
    return keys.verify(token.strip())


async def transaction(request: Request) -> AsyncIterator[AsyncSession]:
    """One request is one transaction, committed before the answer leaves."""
    principal, claimed = read_principal(request), False
    claim = await idempotency.claim_of(request, principal)
    database: Database = request.app.state.database
    async with database.transaction(of_request=True) as session:
        if principal is not None:
            principal, claimed = await enter(session, principal, claim)
        elif claim is not None:
            claimed = await idempotency.claimed(session, claim)
        if claim is not None and not claimed:
            await idempotency.require_new(session, claim)
        request.state.principal, request.state.claim = principal, claim
        request.state.session = session
        yield session


# scope="function": the exit runs before the answer leaves, so a failing commit answers 500, never 200.
Session = Annotated[AsyncSession, Depends(transaction, scope="function")]


class Wake:
    """Tells a waiting loop in the same process that there may be work; safe to call from any task."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def __call__(self) -> None:
        self._event.set()

    async def wait(self, seconds: float) -> None:
        """Returns at the wake-up or after that many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._event.wait()
        self._event.clear()
