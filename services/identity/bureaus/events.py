"""The events of a bureau and of its employees. Each one carries the whole present state."""

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.bureaus.tables import Bureau, Employee
from services.identity.people.tables import User
from shared.bus import outbox
from shared.database.access import keep_access
from shared.events.identity import (
    BureauApproved,
    BureauEvent,
    BureauRegistered,
    BureauStatus,
    BureauSuspended,
    EmployeeAdded,
    EmployeeChanged,
    EmployeeDeactivated,
    EmployeeEvent,
)

E = TypeVar("E", bound=EmployeeEvent)
# The event that tells each status to copies that are filled again.
STATES: Mapping[BureauStatus, type[BureauEvent]] = {
    "registered": BureauRegistered,
    "approved": BureauApproved,
    "suspended": BureauSuspended,
}
_FACTS = ("name", "organisation_number", "email", "language", "street", "postal_code", "city", "country")


def publish_bureau(
    session: AsyncSession, kind: type[BureauEvent], bureau: Bureau, *, by: UUID | None = None
) -> None:
    outbox.add(session, bureau_event(kind, bureau, actor_id=by))


def bureau_event(kind: type[BureauEvent], bureau: Bureau, **more: Any) -> BureauEvent:
    facts = {name: getattr(bureau, name) for name in (*_FACTS, "status", "approved_name")}
    return kind.model_validate({"bureau_id": bureau.id, "sequence": bureau.version, **facts, **more})


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
