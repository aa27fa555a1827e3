"""Accounts open when an invitation is accepted; their administrators manage the members."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.accounts import queries
from services.identity.accounts.errors import AccountOfOthers, LastAccountAdministrator, MemberExists
from services.identity.accounts.events import publish_administrator, publish_member
from services.identity.accounts.queries import Member
from services.identity.accounts.tables import Account, Membership
from services.identity.copies.queries import find_open_collaboration
from services.identity.people.commands import invite_user
from services.identity.people.queries import get_user
from services.identity.people.tables import User
from shared import security
from shared.bus import outbox
from shared.callers import CallerMember
from shared.events.identity import AccountCreated, Language, MemberAdded, MemberRemoved, MemberRoleChanged
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
    """The person who accepted becomes its administrator.

    Does nothing where there is such an account already and the person is a member of it.
    """
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
    first = Membership.begin(
        account_id=account_id, user_id=user.id, name=user.name, role="administrator", at=at
    )
    first.joined_at = at
    session.add(first)
    await publish_member(session, MemberAdded, first, user)


async def add_member(
    session: AsyncSession,
    *,
    by: CallerMember,
    email: str,
    role: str,
    name: str | None,
    language: Language,
    at: datetime,
) -> Member:
    """A person whose address is not verified yet is mailed who added them, and a link by which to choose a
    password.

    `language` is used for a person who is new here. `name` is shown until the person has come.
    """
    account = await queries.lock_account(session, by.account_id)
    name = name or email.split("@")[0]
    user, reset_id = await invite_user(session, name=name, email=email, language=language, at=at)
    known = await queries.find_membership(session, account.id, user.id)
    if known is not None and known.removed_at is None:
        raise MemberExists
    if known is None:
        known = Membership.begin(account_id=account.id, user_id=user.id, name=name, role=role, at=at)
        session.add(known)
    else:
        known.come_back(name=name, role=role, at=at)
    welcome = {"password_reset_id": reset_id, "account_name": account.name, "added_by_name": by.name}
    await publish_member(session, MemberAdded, known, user, **welcome)
    security.note(session, "role_changed", person=user.id, account=account.id, role=role)
    if known.is_administrator:
        await publish_administrator(session, known, user, at=at)
    return Member(known, user)


async def change_role(
    session: AsyncSession, *, account_id: UUID, user_id: UUID, role: str, seen: SeenVersion, at: datetime
) -> Member:
    await queries.lock_account(session, account_id)
    member = await queries.get_member(session, account_id, user_id)
    seen.require(member.membership.version)
    was_administrator = member.membership.is_administrator
    if not member.membership.set_role(role, at=at):
        return member
    if was_administrator:
        await _require_another_administrator(session, member.membership)
    await publish_member(session, MemberRoleChanged, *member)
    security.note(session, "role_changed", person=user_id, account=account_id, role=role)
    await publish_administrator(session, *member, at=at)
    return member


async def remove_member(session: AsyncSession, *, account_id: UUID, user_id: UUID, at: datetime) -> None:
    await queries.lock_account(session, account_id)
    membership, user = await queries.get_member(session, account_id, user_id)
    was_administrator = membership.is_administrator
    if was_administrator:
        await _require_another_administrator(session, membership)
    membership.remove(at=at)
    await publish_member(session, MemberRemoved, membership, user)
    security.note(session, "role_changed", person=user_id, account=account_id, role="none")
    if was_administrator:
        await publish_administrator(session, membership, user, at=at)


async def join_account(session: AsyncSession, *, account_id: UUID, user: User, at: datetime) -> None:
    """The person acts for the account for the first time, and is shown by their own name from now on."""
    await queries.lock_account(session, account_id)
    membership, _ = await queries.get_member(session, account_id, user.id)
    if membership.joined_at is None:
        membership.join(at=at)
        await publish_member(session, MemberRoleChanged, membership, user)


async def rename_memberships(session: AsyncSession, *, user: User) -> None:
    """Gives the person's present name and language to every account for which they have acted."""
    for membership, _ in await queries.list_memberships(session, user.id):
        if membership.joined_at is None:
            continue
        membership.version += 1
        await publish_member(session, MemberRoleChanged, membership, user)


async def rename_account(
    session: AsyncSession, *, bureau_id: UUID, customer_id: UUID, was: str, name: str
) -> None:
    """The account of a renamed customer follows, if it bore the customer's earlier name: an account that is
    the customer of several bureaus may be called by the name that another of them has for it."""
    if was == name:
        return
    collaboration = await find_open_collaboration(session, bureau_id, customer_id)
    if collaboration is not None:
        same = Account.id == collaboration.account_id, Account.name == was
        await session.execute(update(Account).where(*same).values(name=name))


async def note_first_case(session: AsyncSession, *, account_id: UUID, at: datetime) -> None:
    """From the first case on, the menu of the account's members shows cases."""
    account = await queries.get_account(session, account_id)
    if account.first_case_at is None:
        missing = Account.id == account_id, Account.first_case_at.is_(None)
        await session.execute(update(Account).where(*missing).values(first_case_at=at))


async def _require_member(
    session: AsyncSession, account_id: UUID, organisation_number: str | None, user: User
) -> None:
    """Raises AccountOfOthers, lest a collaboration open with an account that the person can't use."""
    of_organisation = organisation_number and await queries.find_account_by_organisation_number(
        session, organisation_number
    )
    existing_id = of_organisation.id if of_organisation else account_id
    known = await queries.find_membership(session, existing_id, user.id)
    if known is None or known.removed_at is not None:
        raise AccountOfOthers


async def _require_another_administrator(session: AsyncSession, membership: Membership) -> None:
    if not await queries.has_other_administrator(session, membership.account_id, membership.user_id):
        raise LastAccountAdministrator
