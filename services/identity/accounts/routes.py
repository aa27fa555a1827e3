from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Response

from services.identity.accounts import commands, queries
from services.identity.accounts.errors import LastAccountAdministrator, MemberExists
from services.identity.accounts.schemas import AccountOut, MemberChange, MemberIn, MemberOut
from shared.callers import CallerMember
from shared.clock import utcnow
from shared.errors import MissingPermission, NotFound, VersionConflict, VersionMissing
from shared.http.api import create_router
from shared.http.callers import Member
from shared.http.etags import IfMatch, set_etag
from shared.http.pagination import Page, Paging, page
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("accounts")
AccountId = Annotated[UUID, Path(description="The account that the caller acts for; no other is found.")]
UserId = Annotated[UUID, Path(description="A present member of the account, by `user_id`.")]


async def own_account(account_id: AccountId, member: Member) -> CallerMember:
    if account_id != member.account_id:
        raise NotFound("account")
    return member


OwnAccount = Annotated[CallerMember, Depends(own_account)]


async def managed_account(member: OwnAccount) -> CallerMember:
    if member.role != "administrator":
        raise MissingPermission(required="administrator")
    return member


ManagedAccount = Annotated[CallerMember, Depends(managed_account)]


@router.get("/v1/accounts/{account_id}", responses=refusals(NotFound))
async def get_account(member: OwnAccount, session: Session) -> AccountOut:
    """Look at the own account

    For each of its members.
    """
    return AccountOut.model_validate(await queries.get_account(session, member.account_id))


@router.get("/v1/accounts/{account_id}/members", responses=refusals(NotFound))
async def list_members(member: OwnAccount, session: Session, paging: Paging) -> Page[MemberOut]:
    """List the members of the own account

    For each of them, in the order of their names. Those who were removed are left out.
    """
    rows = await queries.list_members(session, member.account_id, paging)
    return page(rows, paging, out=MemberOut.of, key=lambda row: [row.shown_name, row.user.id])


@router.post(
    "/v1/accounts/{account_id}/members",
    status_code=201,
    responses=refusals(NotFound, MissingPermission, MemberExists),
)
async def add_member(
    body: MemberIn, member: ManagedAccount, session: Session, response: Response
) -> MemberOut:
    """Add a member to the own account

    For its administrators. A person who has not proven the address yet is mailed who added them, and a link
    by which to choose a password, good for 14 days, and can't act for the account before. Whether the person
    was known is not told: the answer shows the name that was sent, until the person acts for the account. The
    bureaus that exchange cases with the account are told
    of a new administrator.
    """
    row = await commands.add_member(session, by=member, **dict(body), at=utcnow())
    set_etag(response, row.membership.version)
    return MemberOut.of(row)


@router.get("/v1/accounts/{account_id}/members/{user_id}", responses=refusals(NotFound))
async def get_member(user_id: UserId, member: OwnAccount, session: Session, response: Response) -> MemberOut:
    """Look at a member of the own account

    For each of its members.
    """
    row = await queries.get_member(session, member.account_id, user_id)
    set_etag(response, row.membership.version)
    return MemberOut.of(row)


@router.patch(
    "/v1/accounts/{account_id}/members/{user_id}",
    responses=refusals(
        NotFound, MissingPermission, LastAccountAdministrator, VersionConflict, VersionMissing
    ),
)
async def change_member(
    user_id: UserId,
    body: MemberChange,
    seen: IfMatch,
    member: ManagedAccount,
    session: Session,
    response: Response,
) -> MemberOut:
    """Change the role of a member

    For administrators of the account. It holds at once, also for tokens that the person has. The bureaus that
    exchange cases with the account are told.
    `last_administrator`: make somebody else an administrator first.
    """
    row = await commands.change_role(
        session, account_id=member.account_id, user_id=user_id, role=body.role, seen=seen, at=utcnow()
    )
    set_etag(response, row.membership.version)
    return MemberOut.of(row)


@router.delete(
    "/v1/accounts/{account_id}/members/{user_id}",
    status_code=204,
    responses=refusals(NotFound, MissingPermission, LastAccountAdministrator),
)
async def remove_member(user_id: UserId, member: ManagedAccount, session: Session) -> None:
    """Remove a member from the own account

    For its administrators, who may also remove themselves. The person can't act for the account from then on.
    `last_administrator`: make somebody else an administrator first.
    """
    await commands.remove_member(session, account_id=member.account_id, user_id=user_id, at=utcnow())
