"""What a change says to the other services: the whole present state."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.bureaus.tables import Bureau, Employee
from services.identity.persons.tables import User
from shared.bus import outbox
from shared.database.access import keep_access
from shared.events.identity import BureauRegistered, EmployeeAdded, EmployeeChanged, EmployeeDeactivated


def publish_bureau(session: AsyncSession, bureau: Bureau) -> None:
    names = ("name", "organisation_number", "email", "language", "street", "postal_code", "city", "country")
    outbox.add(
        session,
        BureauRegistered.model_validate(
            {
                "bureau_id": bureau.id,
                "sequence": bureau.version,
                **{name: getattr(bureau, name) for name in names},
            }
        ),
    )


async def publish_employee(
    session: AsyncSession,
    kind: type[EmployeeAdded] | type[EmployeeChanged] | type[EmployeeDeactivated],
    employee: Employee,
    user: User,
    **more: Any,
) -> None:
    """And let the change take hold of tokens that are out already."""
    names = ("bureau_id", "user_id", "name", "email", "account_role", "maintenance", "customers")
    event = kind.model_validate(
        {
            "sequence": employee.version,
            "employee_id": employee.id,
            "language": user.language,
            **{name: getattr(employee, name) for name in names},
            **more,
        }
    )
    outbox.add(session, event)
    await keep_access(session, [event])
