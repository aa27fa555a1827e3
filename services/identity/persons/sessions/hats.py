"""What a person may act as: employee of bureaus, member of accounts, operator."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.accounts import queries as accounts
from services.identity.bureaus import queries as bureaus
from services.identity.persons.sessions.errors import NoSuchHat
from services.identity.persons.tables import User
from shared.database.walls import set_person
from shared.tokens import EmployeeHat, MemberHat, OperatorHat


class NamedEmployeeHat(EmployeeHat):
    bureau_name: str


class NamedMemberHat(MemberHat):
    account_name: str


NamedHat = Annotated[NamedEmployeeHat | NamedMemberHat | OperatorHat, Field(discriminator="kind")]


async def hats_of(session: AsyncSession, user: User, *, operators: frozenset[str]) -> list[NamedHat]:
    await set_person(session, user.id)
    hats: list[NamedHat] = [
        NamedEmployeeHat.model_validate(
            {
                "bureau_id": employee.bureau_id,
                "bureau_name": bureau_name,
                "employee_id": employee.id,
                "account_role": employee.account_role,
                "maintenance": employee.maintenance,
                "customers": employee.customers,
            }
        )
        for employee, bureau_name in await bureaus.employments(session, user.id)
    ]
    hats += [
        NamedMemberHat.model_validate(
            {"account_id": account.id, "account_name": account.name, "role": membership.role}
        )
        for membership, account in await accounts.memberships(session, user.id)
    ]
    if user.email_verified and user.email in operators:
        hats.append(OperatorHat())
    return hats


def find_hat(hats: Sequence[NamedHat], kind: str | None, hat_id: UUID | None) -> NamedHat | None:
    return next((hat for hat in hats if hat.kind == kind and hat.hat_id == hat_id), None)


def choose_hat(hats: Sequence[NamedHat], kind: str, hat_id: UUID | None) -> NamedHat:
    hat = find_hat(hats, kind, hat_id)
    if hat is None:
        raise NoSuchHat
    return hat


def claim(hat: NamedHat | None) -> dict[str, Any] | None:
    """The hat as it stands in a token: without names."""
    return hat.model_dump(mode="json", exclude={"bureau_name", "account_name"}) if hat else None
