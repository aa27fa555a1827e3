"""Keeping the copies: apply newer, ignore older. They span bureaus, so they run in the worker's role."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.copies.tables import Bureau, Customer, Employee, Member
from services.notifications.tables import Row
from shared.events.identity import (
    BureauRegistered,
    CustomerEvent,
    EmployeeDeactivated,
    EmployeeEvent,
    MemberEvent,
    MemberRemoved,
)


async def keep_bureaus(session: AsyncSession, events: Sequence[BureauRegistered]) -> None:
    rows = {
        (event.tenant,): {
            "bureau_id": event.tenant,
            "name": event.name,
            "email": event.email,
            "language": event.language,
            "sequence": event.sequence,
        }
        for event in _oldest_first(events)
    }
    await _keep(session, Bureau, rows)


async def keep_customers(session: AsyncSession, events: Sequence[CustomerEvent]) -> None:
    rows = {
        (event.tenant, event.customer_id): {
            "bureau_id": event.tenant,
            "customer_id": event.customer_id,
            "name": event.name,
            "sequence": event.sequence,
        }
        for event in _oldest_first(events)
    }
    await _keep(session, Customer, rows)


async def keep_employees(session: AsyncSession, events: Sequence[EmployeeEvent]) -> None:
    rows = {
        (event.tenant, event.user_id): {
            "bureau_id": event.tenant,
            "user_id": event.user_id,
            "employee_id": event.employee_id,
            "name": event.name,
            "email": event.email,
            "language": event.language,
            "active": not isinstance(event, EmployeeDeactivated),
            "sequence": event.sequence,
        }
        for event in _oldest_first(events)
    }
    await _keep(session, Employee, rows)


async def keep_members(session: AsyncSession, events: Sequence[MemberEvent]) -> None:
    rows = {
        (event.account_id, event.user_id): {
            "account_id": event.account_id,
            "user_id": event.user_id,
            "name": event.name,
            "email": event.email,
            "language": event.language,
            "role": event.role,
            "active": not isinstance(event, MemberRemoved),
            "sequence": event.sequence,
        }
        for event in _oldest_first(events)
    }
    await _keep(session, Member, rows)


def _oldest_first(events: Sequence[Any]) -> list[Any]:
    return sorted(events, key=lambda event: event.sequence)


async def _keep(session: AsyncSession, kind: type[Row], rows: Mapping[Any, dict[str, Any]]) -> None:
    # Sorted, so that two workers with the same rows wait for each other instead of deadlocking.
    table = kind.__table__
    statement = insert(kind).values([rows[key] for key in sorted(rows)])
    fresh = statement.excluded
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=list(table.primary_key),
            set_={column.name: fresh[column.name] for column in table.c if not column.primary_key},
            where=fresh.sequence > table.c.sequence,
        )
    )
