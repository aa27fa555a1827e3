"""Every write of a service, done twice: what its clients may repeat after a lost answer.

`WRITES` of a test module names each operation of the service, how to do it, and what the same request gets
the second time without a key.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

import httpx
from fastapi import FastAPI
from sqlalchemy import literal_column, select, table, text

from shared.ids import uuid7
from tests.factories.callers import Caller
from tests.factories.service import Service

CHANGING = ("post", "put", "patch", "delete")
# The keys are what the tests are about, and attempts are counted however they end. The worker may not read
# which migrations there were.
NOT_COMPARED = ("idempotency_keys", "login_attempts", "alembic_version")
NEW, UNSTORED = "new", "unstored"
_TABLES = text("select tablename from pg_tables where schemaname = 'public' and tablename <> all(:others)")
_DIGEST: Any = literal_column("md5(coalesce(string_agg(t::text, '|' order by t::text), ''))")


@dataclass(frozen=True)
class Write:
    """A request that changes something, at a moment when it can."""

    by: Caller
    method: str
    path: str
    body: Any = None
    version: int | Literal["*"] | None = None
    more: Mapping[str, Any] = field(default_factory=dict)

    async def send(self, **headers: str) -> httpx.Response:
        body = {} if self.body is None else {"json": self.body}
        return await self.by.sending(**headers).call(
            self.method, self.path, version=self.version, **body, **self.more
        )


# What the second request gets: a status of success or the code of a refusal, and either way it changes
# nothing; NEW where each request makes something more; UNSTORED where it does so with a key too.
Second = int | str
Writes = Mapping[str, tuple[Callable[..., Awaitable[Write]], Second]]


def operations_of(app: FastAPI) -> set[str]:
    """The names of all operations that change something."""
    paths = app.openapi()["paths"].values()
    return {methods[each]["operationId"] for methods in paths for each in CHANGING if each in methods}


async def repeat_without_key(service: Service, bureau_id: UUID, write: Write, second: Second) -> None:
    first = await write.send()
    assert first.is_success, first.text
    before = await contents(service, bureau_id)
    again = await write.send()
    if isinstance(second, int):
        assert again.status_code == second, again.text
        assert again.headers.get("etag") == first.headers.get("etag")
    else:
        assert (again.is_success, again.json()["code"]) == (False, second)
    assert await contents(service, bureau_id) == before


async def repeat_with_key(service: Service, bureau_id: UUID, write: Write) -> None:
    key = str(uuid7())
    first = await write.send(idempotency_key=key)
    assert first.is_success, first.text
    before = await contents(service, bureau_id)
    again = await write.send(idempotency_key=key)
    assert again.headers.get("idempotency-replayed") == "true"
    assert _seen(again) == _seen(first)
    assert await contents(service, bureau_id) == before


def _seen(answer: httpx.Response) -> tuple[Any, ...]:
    kept = [answer.headers.get(name) for name in ("etag", "location", "content-type")]
    return answer.status_code, kept, answer.content


async def contents(service: Service, bureau_id: UUID) -> dict[str, str | None]:
    """A digest of each table's rows, as far as the worker sees them inside the bureau."""
    async with service.database.transaction(bureau_id=bureau_id) as session:
        tables = (await session.scalars(_TABLES, {"others": list(NOT_COMPARED)})).all()
        return {
            each: await session.scalar(select(_DIGEST).select_from(table(each).alias("t"))) for each in tables
        }
