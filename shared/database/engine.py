"""The engine and the transaction: the only place that commits."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import orjson
from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.ext import asyncio as sqlalchemy_asyncio
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from shared.database.last_writes import write_last
from shared.database.walls import set_tenant
from shared.errors import ServiceError
from shared.kill_points import kill_point
from shared.security import tell_noted

STATEMENT_SECONDS = 10


@dataclass(frozen=True)
class Cause:
    """Who or what caused a change. The events that the change publishes name it in their envelope."""

    actor_id: UUID | None = None
    correlation_id: UUID | None = None
    causation_id: UUID | None = None


class Database:
    """The connections of one role to the database of one service, by which the security log names it."""

    def __init__(self, url: str, *, name: str, pool: int = 6, service: str | None = None) -> None:
        # Looked up in its module at each call, because telemetry may have replaced it by one that is traced.
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
        event.listen(self.engine.sync_engine, "handle_error", _treat_silence_as_disconnect)
        self.sessions = async_sessionmaker(
            self.engine, expire_on_commit=False, info={"service": service or name}
        )
        self.committed: list[Callable[[], None]] = []

    @asynccontextmanager
    async def transaction(
        self, *, bureau_id: UUID | None = None, of_request: bool = False
    ) -> AsyncIterator[AsyncSession]:
        """Commits at the end and rolls back on any exception.

        In the transaction of a request, a ServiceError with `keeps_writes` commits and is then raised on, so
        that the caller is told of the refusal.
        """
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
        written = await write_last(session)
        await session.commit()
        kill_point("after-commit")
        tell_noted(session.info)
        if written:
            for notify in self.committed:
                notify()

    async def close(self) -> None:
        await self.engine.dispose()


def _treat_silence_as_disconnect(context: ExceptionContext) -> None:
    """After a statement that got no answer in time, invalidate the whole pool: its other connections lead to
    the same silent server."""
    if isinstance(context.original_exception, TimeoutError):
        context.is_disconnect = True
