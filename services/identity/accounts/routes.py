from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response

from services.identity.accounts import commands, queries
from services.identity.accounts.errors import LastAccountAdministrator, MemberExists
from services.identity.accounts.schemas import AccountOut, MemberOut, NewMember, RoleChange, member_out
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


async def own_account(account_id: UUID, member: Member) -> CallerMember:
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
async def read_account(member: OwnAccount, session: Session) -> AccountOut:
    return AccountOut.model_validate(await queries.get_account(session, member.account_id))


@router.get("/v1/accounts/{account_id}/members", responses=refusals(NotFound))
async def list_members(member: OwnAccount, session: Session, paging: Paging) -> Page[MemberOut]:
    rows = await queries.list_members(session, member.account_id, paging)
    return page(rows, paging, out=member_out, key=lambda row: [row[1].name, row[1].id])


@router.post(
    "/v1/accounts/{account_id}/members",
    status_code=201,
    responses=refusals(NotFound, MissingPermission, MemberExists),
)
async def add_member(
    body: NewMember, member: ManagedAccount, session: Session, response: Response
) -> MemberOut:
    row = await commands.add_member(session, account_id=member.account_id, new=body, at=utcnow())
    set_etag(response, row[0].version)
    return member_out(row)


@router.get("/v1/accounts/{account_id}/members/{user_id}", responses=refusals(NotFound))
async def read_member(user_id: UUID, member: OwnAccount, session: Session, response: Response) -> MemberOut:
    row = await queries.get_member(session, member.account_id, user_id)
    set_etag(response, row[0].version)
    return member_out(row)


@router.patch(
    "/v1/accounts/{account_id}/members/{user_id}",
    responses=refusals(
        NotFound, MissingPermission, LastAccountAdministrator, VersionConflict, VersionMissing
    ),
)
async def change_role(
    user_id: UUID,
    body: RoleChange,
    seen: IfMatch,
    member: ManagedAccount,
    session: Session,
    response: Response,
) -> MemberOut:
    row = await commands.change_role(
        session, account_id=member.account_id, user_id=user_id, role=body.role, seen=seen
    )
    set_etag(response, row[0].version)
    return member_out(row)


@router.delete(
    "/v1/accounts/{account_id}/members/{user_id}",
    status_code=204,
    responses=refusals(NotFound, MissingPermission, LastAccountAdministrator),
)
async def remove_member(user_id: UUID, member: ManagedAccount, session: Session) -> None:
    await commands.remove_member(session, account_id=member.account_id, user_id=user_id, at=utcnow())
