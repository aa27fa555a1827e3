from typing import Annotated
from uuid import UUID

from fastapi import Header, Response

from services.identity.customers.contacts import commands, queries
from services.identity.customers.contacts.schemas import (
    ContactNew,
    ContactOut,
    ContactPatch,
    MainContactChoice,
)
from services.identity.customers.schemas import CustomerOut
from shared.clock import utcnow
from shared.errors import MissingPermission, NotFound, VersionConflict, VersionMissing
from shared.http.api import create_router
from shared.http.callers import Employee
from shared.http.etags import IfMatch, set_etag
from shared.http.pagination import Page, Paging
from shared.http.problems import refusals
from shared.http.session import Session
from shared.versions import SeenVersion

router = create_router("contacts")


@router.get("/v1/customers/{customer_id}/contacts", responses=refusals(NotFound))
async def list_contacts(
    customer_id: UUID, caller: Employee, session: Session, paging: Paging
) -> Page[ContactOut]:
    return await queries.list_contacts(session, caller.bureau_id, customer_id, paging)


@router.post(
    "/v1/customers/{customer_id}/contacts",
    status_code=201,
    responses=refusals(NotFound, MissingPermission),
)
async def add_contact(
    customer_id: UUID, new: ContactNew, caller: Employee, session: Session, response: Response
) -> ContactOut:
    contact = await commands.add_contact(session, customer_id, by=caller, new=new, at=utcnow())
    response.headers["Location"] = f"/v1/contacts/{contact.id}"
    set_etag(response, contact.version)
    return contact


@router.get("/v1/contacts/{contact_id}", responses=refusals(NotFound))
async def get_contact(contact_id: UUID, caller: Employee, session: Session, response: Response) -> ContactOut:
    contact = await queries.contact_out(session, caller.bureau_id, contact_id)
    set_etag(response, contact.version)
    return contact


@router.patch(
    "/v1/contacts/{contact_id}",
    responses=refusals(NotFound, MissingPermission, VersionConflict, VersionMissing),
)
async def change_contact(
    contact_id: UUID,
    change: ContactPatch,
    caller: Employee,
    session: Session,
    seen: IfMatch,
    response: Response,
) -> ContactOut:
    contact = await commands.change_contact(
        session, contact_id, by=caller, change=change, seen_version=seen, at=utcnow()
    )
    set_etag(response, contact.version)
    return contact


@router.delete("/v1/contacts/{contact_id}", status_code=204, responses=refusals(NotFound, MissingPermission))
async def remove_contact(contact_id: UUID, caller: Employee, session: Session) -> None:
    await commands.remove_contact(session, contact_id, by=caller, at=utcnow())


@router.put(
    "/v1/customers/{customer_id}/main-contact",
    responses=refusals(NotFound, MissingPermission, VersionConflict),
)
async def choose_main_contact(
    customer_id: UUID,
    choice: MainContactChoice,
    caller: Employee,
    session: Session,
    response: Response,
    if_match: Annotated[str | None, Header()] = None,
) -> CustomerOut:
    row = await commands.choose_main_contact(
        session,
        customer_id,
        by=caller,
        contact_id=choice.contact_id,
        seen_version=None if if_match is None else SeenVersion(if_match),
        at=utcnow(),
    )
    set_etag(response, row[0].version)
    return CustomerOut.of(row)
