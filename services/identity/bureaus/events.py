"""The events of a bureau and of its employees. Each one carries the whole present state."""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.bureaus.tables import Bureau, Employee
from services.identity.people.tables import User
from shared.bus import outbox
from shared.database.access import keep_access
from shared.events.identity import (
    BureauRegistered,
    EmployeeAdded,
    EmployeeChanged,
    EmployeeDeactivated,
    EmployeeEvent,
)

E = TypeVar("E", bound=EmployeeEvent)


def publish_bureau(session: AsyncSession, bureau: Bureau) -> None:
    outbox.add(session, bureau_event(bureau))


def bureau_event(bureau: Bureau) -> BureauRegistered:
    names = ("name", "organisation_number", "email", "language", "street", "postal_code", "city", "country")
    facts = {name: getattr(bureau, name) for name in names}
    event = {"bureau_id": bureau.id, "sequence": bureau.version, **facts}
    return BureauRegistered.model_validate(event)


async def publish_employee(
    session: AsyncSession,
    kind: type[EmployeeAdded] | type[EmployeeChanged] | type[EmployeeDeactivated],
    employee: Employee,
    user: User,
    **more: UUID | None,
) -> None:
    """Also makes the change hold for access tokens that the person already has."""
    event = employee_event(kind, employee, user, **more)
    outbox.add(session, event)
    await keep_access(session, [event])


def employee_event(kind: type[E], employee: Employee, user: User, **more: Any) -> E:
    names = ("bureau_id", "user_id", "name", "email", "account_role", "maintenance", "customers")
    return kind.model_validate(
        {
            "sequence": employee.version,
            "employee_id": employee.id,
            "language": user.language,
            **{name: getattr(employee, name) for name in names},
            **more,
        }
    )
