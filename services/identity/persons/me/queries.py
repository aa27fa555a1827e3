from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.accounts.queries import get_account
from services.identity.persons.me.schemas import MeOut
from services.identity.persons.sessions.hats import NamedHat, find_hat, hats_of
from services.identity.persons.tables import User
from shared.tokens import EmployeeHat, Hat, MemberHat, OperatorHat


async def describe_me(
    session: AsyncSession, user: User, *, hat: Hat | None, operators: frozenset[str]
) -> MeOut:
    hats = await hats_of(session, user, operators=operators)
    named = find_hat(hats, hat.kind, hat.hat_id) if hat else None
    not_permissions = {"kind", "bureau_id", "bureau_name", "employee_id", "account_id", "account_name"}
    return MeOut.model_validate(
        {
            **vars(user),
            "email_verified": user.email_verified,
            "hat": named,
            "hats": hats,
            "permissions": named.model_dump(exclude=not_permissions) if named else {},
            "menu": await _menu(session, named),
        }
    )


async def _menu(session: AsyncSession, hat: NamedHat | None) -> list[str]:
    if isinstance(hat, EmployeeHat):
        return _employee_menu(hat)
    if isinstance(hat, MemberHat):
        account = await get_account(session, hat.account_id)
        cases = ["bureau_cases"] if account.first_case_at else []
        return [*cases, "invitations", *(["members"] if hat.role == "administrator" else [])]
    return ["billing_runs", "prices", "invoices"] if isinstance(hat, OperatorHat) else []


def _employee_menu(hat: EmployeeHat) -> list[str]:
    menu = ["cases", "customers", "invitations", "templates", "reports"]
    if hat.maintenance == "full":
        menu += ["employees", "checklist", "settings"]
    if hat.maintenance == "full" and hat.account_role == "administrator":
        menu += ["subscription", "invoices"]
    return menu
