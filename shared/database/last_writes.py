"""What a transaction writes at its end, in one round trip."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True)
class LastWrite:
    """A statement that changes rows, and the values of its parameters. No other last write has parameters
    with these names."""

    sql: str
    values: Mapping[str, Any]


BeforeCommit = Callable[[AsyncSession], LastWrite]


def before_commit(session: AsyncSession, write: BeforeCommit) -> None:
    """Have what `write` returns written just before this transaction commits, once however often it is asked
    for. A last write does not see what another one has changed."""
    session.info.setdefault("before_commit", {})[write] = None


async def write_last(session: AsyncSession) -> bool:
    """Returns False where there was nothing to write."""
    asked: dict[BeforeCommit, None] = session.info.pop("before_commit", {})
    writes = [write(session) for write in asked]
    if writes:
        values = {name: value for each in writes for name, value in each.values.items()}
        await session.execute(_together(tuple(each.sql for each in writes)), values)
    return bool(writes)


@cache
def _together(statements: tuple[str, ...]) -> TextClause:
    parts = (f"last_{number} as ({sql})" for number, sql in enumerate(statements))
    return text(f"with {', '.join(parts)} select")
