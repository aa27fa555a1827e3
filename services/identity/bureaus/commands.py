"""Signing up a bureau, and changing what it says of itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.attempts.limits import Limits
from services.identity.bureaus.errors import BureauExists
from services.identity.bureaus.events import publish_bureau, publish_employee
from services.identity.bureaus.queries import lock_bureau
from services.identity.bureaus.tables import Bureau, BureauFields, Employee
from services.identity.people.commands import authenticate, register_user
from services.identity.people.errors import EmailTakenBySomebody, WrongCredentials
from services.identity.people.passwords import Passwords
from services.identity.people.queries import find_user_by_email
from services.identity.people.tables import User
from shared.callers import CallerEmployee
from shared.database.walls import set_tenant
from shared.errors import NotFound
from shared.events.identity import BureauChanged, BureauRegistered, EmployeeAdded
from shared.ids import uuid7
from shared.versions import SeenVersion


async def register_bureau(
    session: AsyncSession,
    *,
    fields: BureauFields,
    admin_name: str,
    admin_email: str,
    admin_password: str,
    client_address: str,
    passwords: Passwords,
    limits: Limits,
    approve: bool,
    at: datetime,
) -> Bureau:
    """The admin becomes its first employee, with every permission. `approve`: no operator is asked.

    An admin who has signed up before proves it by the password; EmailTakenBySomebody is raised for a wrong
    one. Whether the organisation number is free is looked at first: with one that is taken, nobody may find
    out which people exist.
    """
    async with session.begin_nested() as attempt:
        await _insert_bureau(session, fields, approve=approve, at=at)
        await attempt.rollback()
    login = {"email": admin_email, "password": admin_password}
    if await find_user_by_email(session, admin_email) is None:
        named = {"name": admin_name, "bureau_name": fields["name"]}
        user = await register_user(
            session, **login, **named, language=fields["language"], passwords=passwords, at=at
        )
    else:
        try:
            user = await authenticate(
                session, **login, client_address=client_address, passwords=passwords, limits=limits, at=at
            )
        except WrongCredentials as wrong:
            raise EmailTakenBySomebody().note(**wrong.noted) from None
    bureau = await _insert_bureau(session, fields, approve=approve, at=at)
    publish_bureau(session, BureauRegistered, bureau)
    await _employ_admin(session, bureau, user, name=admin_name, at=at)
    return bureau


async def change_bureau(
    session: AsyncSession,
    *,
    bureau_id: UUID,
    by: CallerEmployee,
    changes: Mapping[str, str],
    seen: SeenVersion,
    approve: bool,
    at: datetime,
) -> Bureau:
    """`changes`: new values by the names of the columns. Others see another name once an operator has
    approved it; `approve`: at once."""
    by.require_maintenance()
    if bureau_id != by.bureau_id:
        raise NotFound("bureau")
    bureau = await lock_bureau(session, bureau_id)
    seen.require(bureau.version)
    if not bureau.change(**changes):
        return bureau
    if approve and bureau.status == "approved":
        bureau.approve(by=None, at=at)
    publish_bureau(session, BureauChanged, bureau, by=by.user_id)
    return bureau


async def _insert_bureau(
    session: AsyncSession, fields: BureauFields, *, approve: bool, at: datetime
) -> Bureau:
    bureau_id = uuid7()
    await set_tenant(session, bureau_id)
    values: dict[str, Any] = {"id": bureau_id, "version": 1, "created_at": at, **fields}
    if approve:
        values |= {"status": "approved", "approved_name": fields["name"], "decided_at": at}
    statement = insert(Bureau).values(values)
    # The walls hide other bureaus' rows: only the unique key shows that a number is taken.
    bureau: Bureau | None = await session.scalar(statement.on_conflict_do_nothing().returning(Bureau))
    if bureau is None:
        raise BureauExists
    return bureau


async def _employ_admin(
    session: AsyncSession, bureau: Bureau, user: User, *, name: str, at: datetime
) -> None:
    admin = Employee(
        id=uuid7(),
        bureau_id=bureau.id,
        user_id=user.id,
        name=name,
        email=user.email,
        account_role="administrator",
        maintenance="full",
        customers="full",
        active=True,
        version=1,
        created_at=at,
        joined_at=at,
    )
    session.add(admin)
    await publish_employee(session, EmployeeAdded, admin, user)
