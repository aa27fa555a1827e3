from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.accounts.queries import get_account
from services.identity.people.queries import get_user
from services.identity.people.tables import User
from services.identity.sessions.hats import HatKey, NamedHat, find_hat
from services.identity.sessions.queries import list_hats
from shared.principals import EmployeeHat, Hat, MemberHat, OperatorHat


@dataclass(frozen=True)
class Me:
    """`hat` is what this token acts as, with today's permissions; `menu` is what a client shows for it."""

    user: User
    hat: NamedHat | None
    hats: list[NamedHat]
    menu: list[str]


async def get_me(session: AsyncSession, user_id: UUID, *, hat: Hat | None, operators: frozenset[str]) -> Me:
    user = await get_user(session, user_id)
    hats = await list_hats(session, user, operators=operators)
    named = find_hat(hats, HatKey(hat.kind, hat.hat_id)) if hat else None
    return Me(user, named, hats, await _list_menu(session, named))


async def _list_menu(session: AsyncSession, hat: NamedHat | None) -> list[str]:
    if isinstance(hat, EmployeeHat):
        return _employee_menu(hat)
    if isinstance(hat, MemberHat):
        account = await get_account(session, hat.account_id)
        cases = ["bureau_cases"] if account.first_case_at else []
        return [*cases, "invitations", *(["members"] if hat.role == "administrator" else [])]
    return ["billing_runs", "prices"] if isinstance(hat, OperatorHat) else []


def _employee_menu(hat: EmployeeHat) -> list[str]:
    menu = ["cases", "customers", "invitations", "templates"]
    keeper, administrator = hat.maintenance == "full", hat.account_role == "administrator"
    if keeper:
        menu += ["employees", "checklist", "settings"]
    if keeper and administrator:
        menu.append("subscription")
    if keeper or administrator:
        menu.append("invoices")
    return menu
