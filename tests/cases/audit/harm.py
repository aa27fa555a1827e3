"""What somebody with all rights in the database does behind the product's back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.audit.queries import Scope
from services.cases.audit.verification import verify
from shared.database.engine import Database
from tests.factories.service import Service


@asynccontextmanager
async def as_owner(owner_url: str, bureau_id: UUID) -> AsyncIterator[AsyncSession]:
    """A transaction of the role that owns the tables."""
    owner = Database(owner_url, name="owner", pool=1)
    async with owner.transaction(bureau_id=bureau_id) as session:
        yield session
    await owner.close()


async def harm(owner_url: str, bureau_id: UUID, sql: str, **values: object) -> None:
    async with as_owner(owner_url, bureau_id) as session:
        assert (await session.execute(text(sql), values)).rowcount > 0  # type: ignore[attr-defined] # of the cursor


async def found_in(service: Service, case_id: str, *, page: int = 500) -> list[str]:
    """What is wrong with the case."""
    checked, faults = await verify(service.database, Scope(case_id=UUID(case_id)), page=page)
    assert checked == 1
    return [each.what for each in faults]
