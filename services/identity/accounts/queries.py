from collections.abc import Collection, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.accounts.tables import Account, Membership
from services.identity.people.tables import User
from shared.addresses import normalised
from shared.database.keyset import PageRequest, keyset
from shared.errors import NotFound

# As `Membership.shown_name`.
_SHOWN_NAME: Any = case(
    (Membership.joined_at.is_not(None), User.name), else_=func.coalesce(Membership.name, User.email)
)


class Member(NamedTuple):
    membership: Membership
    user: User

    @property
    def shown_name(self) -> str:
        return self.membership.shown_name(self.user)


async def get_account(session: AsyncSession, account_id: UUID) -> Account:
    return _found(await session.get(Account, account_id))


async def lock_account(session: AsyncSession, account_id: UUID) -> Account:
    """Makes changes of its members run one after the other, so that an administrator always remains."""
    return _found(await session.get(Account, account_id, with_for_update=True, populate_existing=True))


async def find_account_by_organisation_number(
    session: AsyncSession, organisation_number: str
) -> Account | None:
    """`organisation_number`: ten digits."""
    return await session.scalar(select(Account).where(Account.organisation_number == organisation_number))


async def list_roles_by_email(
    session: AsyncSession, account_id: UUID, emails: Collection[str]
) -> dict[str, str]:
    """The role of each member who logs in with one of these addresses, by the normalised address."""
    statement = select(User.email, Membership.role).join(User, User.id == Membership.user_id)
    statement = statement.where(
        Membership.account_id == account_id,
        Membership.removed_at.is_(None),
        User.email.in_({normalised(each) for each in emails}),
    )
    return {row.email: row.role for row in await session.execute(statement)}


async def list_members(session: AsyncSession, account_id: UUID, paging: PageRequest) -> list[Member]:
    statement: Any = select(Membership, User).join(User, User.id == Membership.user_id)
    statement = statement.where(Membership.account_id == account_id, Membership.removed_at.is_(None))
    rows = await session.execute(keyset(statement, paging, _SHOWN_NAME, User.id))
    return [Member(*row) for row in rows]


async def list_administrators(session: AsyncSession, account_id: UUID) -> list[Member]:
    """Those of now, the longest serving first."""
    statement = select(Membership, User).join(User, User.id == Membership.user_id)
    statement = statement.where(
        Membership.account_id == account_id,
        Membership.role == "administrator",
        Membership.removed_at.is_(None),
    )
    rows = await session.execute(statement.order_by(Membership.administrator_since, User.id))
    return [Member(*row) for row in rows]


async def get_member(session: AsyncSession, account_id: UUID, user_id: UUID) -> Member:
    statement = select(Membership, User).join(User, User.id == Membership.user_id)
    statement = statement.where(
        Membership.account_id == account_id, User.id == user_id, Membership.removed_at.is_(None)
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise NotFound("member")
    return Member(*row)


async def find_membership(session: AsyncSession, account_id: UUID, user_id: UUID) -> Membership | None:
    """Finds a membership that has ended too."""
    return await session.get(Membership, (account_id, user_id))


async def has_other_administrator(session: AsyncSession, account_id: UUID, user_id: UUID) -> bool:
    statement = select(Membership.user_id).where(
        Membership.account_id == account_id,
        Membership.user_id != user_id,
        Membership.role == "administrator",
        Membership.removed_at.is_(None),
    )
    return await session.scalar(statement.limit(1)) is not None


async def list_memberships(session: AsyncSession, user_id: UUID) -> Sequence[tuple[Membership, Account]]:
    """Those that have not ended, with their accounts."""
    statement = select(Membership, Account).join(Account, Account.id == Membership.account_id)
    statement = statement.where(Membership.user_id == user_id, Membership.removed_at.is_(None))
    rows = await session.execute(statement.order_by(Account.name, Account.id))
    return [(membership, account) for membership, account in rows]


def _found(account: Account | None) -> Account:
    if account is None:
        raise NotFound("account")
    return account
