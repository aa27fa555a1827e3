"""Signing up a bureau."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.attempts.limits import Limits
from services.identity.bureaus.errors import BureauExists
from services.identity.bureaus.events import publish_bureau, publish_employee
from services.identity.bureaus.tables import Bureau, BureauFields, Employee
from services.identity.people.commands import authenticate, register_user
from services.identity.people.errors import EmailTakenBySomebody, WrongCredentials
from services.identity.people.passwords import Passwords
from services.identity.people.queries import find_user_by_email
from services.identity.people.tables import User
from shared.database.walls import set_tenant
from shared.events.identity import EmployeeAdded
from shared.ids import uuid7


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
    at: datetime,
) -> Bureau:
    """The admin becomes its first employee, with every permission.

    An admin who has signed up before proves it by the password; EmailTakenBySomebody is raised for a wrong
    one. Whether the organisation number is free is looked at first: with one that is taken, nobody may find
    out which people exist.
    """
    async with session.begin_nested() as attempt:
        await _insert_bureau(session, fields, at=at)
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
    bureau = await _insert_bureau(session, fields, at=at)
    publish_bureau(session, bureau)
    await _employ_admin(session, bureau, user, name=admin_name, at=at)
    return bureau


async def _insert_bureau(session: AsyncSession, fields: BureauFields, *, at: datetime) -> Bureau:
    bureau_id = uuid7()
    await set_tenant(session, bureau_id)
    statement = insert(Bureau).values(id=bureau_id, version=1, created_at=at, **fields)
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
