"""Accounts open when an invitation is accepted; their administrators manage the members."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.accounts import queries
from services.identity.accounts.errors import AccountOfOthers, LastAccountAdministrator, MemberExists
from services.identity.accounts.publishing import publish_member
from services.identity.accounts.schemas import NewMember
from services.identity.accounts.tables import Account, Membership
from services.identity.persons import commands as persons
from services.identity.persons.queries import get_user
from services.identity.persons.tables import User
from shared.bus import outbox
from shared.events.identity import AccountCreated, MemberAdded, MemberRemoved, MemberRoleChanged
from shared.versions import SeenVersion


async def open_account(
    session: AsyncSession,
    *,
    account_id: UUID,
    name: str,
    organisation_number: str | None,
    accepted_by: UUID,
    at: datetime,
) -> None:
    """Nothing where there is one already and the person is a member of it."""
    user = await get_user(session, accepted_by)
    values = {"id": account_id, "name": name, "organisation_number": organisation_number, "created_at": at}
    opened = await session.scalar(
        insert(Account).values(**values).on_conflict_do_nothing().returning(Account.id)
    )
    if opened is None:
        await _require_member(session, account_id, organisation_number, user)
        return
    outbox.add(
        session, AccountCreated(account_id=account_id, name=name, organisation_number=organisation_number)
    )
    await _add(session, account_id, user, role="administrator", at=at)


async def add_member(
    session: AsyncSession, *, account_id: UUID, new: NewMember, at: datetime
) -> tuple[Membership, User]:
    """Whoever has not shown that the address is theirs gets a link to choose a password."""
    await queries.lock_account(session, account_id)
    user, reset_id = await persons.invite_user(
        session, name=new.name or new.email.split("@")[0], email=new.email, language=new.language, at=at
    )
    known = await queries.membership(session, account_id, user.id)
    if known is not None and known.removed_at is None:
        raise MemberExists
    if reset_id is not None:
        persons.mail_reset(session, user, reset_id)
    if known is None:
        return await _add(session, account_id, user, role=new.role, at=at), user
    known.come_back(role=new.role, at=at)
    await publish_member(session, MemberAdded, known, user)
    return known, user


async def change_role(
    session: AsyncSession, *, account_id: UUID, user_id: UUID, role: str, seen: SeenVersion
) -> tuple[Membership, User]:
    await queries.lock_account(session, account_id)
    member, user = await queries.get_member(session, account_id, user_id)
    seen.require(member.version)
    was_administrator = member.is_administrator
    if not member.set_role(role):
        return member, user
    if was_administrator:
        await _require_another_administrator(session, member)
    await publish_member(session, MemberRoleChanged, member, user)
    return member, user


async def remove_member(session: AsyncSession, *, account_id: UUID, user_id: UUID, at: datetime) -> None:
    await queries.lock_account(session, account_id)
    member, user = await queries.get_member(session, account_id, user_id)
    if member.is_administrator:
        await _require_another_administrator(session, member)
    member.remove(at=at)
    await publish_member(session, MemberRemoved, member, user)


async def rename_memberships(session: AsyncSession, user: User) -> None:
    """A person's own name and language, in every account where they are a member."""
    for member, _ in await queries.memberships(session, user.id):
        member.version += 1
        await publish_member(session, MemberRoleChanged, member, user)


async def note_first_case(session: AsyncSession, *, account_id: UUID, at: datetime) -> None:
    """From now on its members' menu shows the cases."""
    account = await queries.get_account(session, account_id)
    if account.first_case_at is None:
        missing = Account.id == account_id, Account.first_case_at.is_(None)
        await session.execute(update(Account).where(*missing).values(first_case_at=at))


async def _add(session: AsyncSession, account_id: UUID, user: User, *, role: str, at: datetime) -> Membership:
    member = Membership(account_id=account_id, user_id=user.id, role=role, version=1, added_at=at)
    session.add(member)
    await publish_member(session, MemberAdded, member, user)
    return member


async def _require_member(
    session: AsyncSession, account_id: UUID, organisation_number: str | None, user: User
) -> None:
    """A collaboration with an account that its customer can't reach must not pass in silence."""
    of_organisation = organisation_number and await queries.account_of_organisation(
        session, organisation_number
    )
    known = await queries.membership(session, of_organisation.id if of_organisation else account_id, user.id)
    if known is None or known.removed_at is not None:
        raise AccountOfOthers


async def _require_another_administrator(session: AsyncSession, member: Membership) -> None:
    if not await queries.has_other_administrator(session, member.account_id, member.user_id):
        raise LastAccountAdministrator
