from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from services.identity.contacts import commands, queries
from services.identity.contacts.queries import ContactRow
from services.identity.contacts.schemas import (
    ContactChange,
    ContactIn,
    ContactOut,
    CustomerAccountOut,
    MainContactIn,
)
from services.identity.customers.schemas import CustomerOut
from shared.clock import utcnow
from shared.errors import MissingPermission, NotFound, VersionConflict, VersionMissing
from shared.http.api import create_router
from shared.http.callers import Employee
from shared.http.components import LOCATION
from shared.http.etags import IfMatch, IfMatchWhereSent, set_etag
from shared.http.pagination import Page, Paging, page
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("contacts")
CustomerId = Annotated[UUID, Path(description="One of the bureau's customers, whether active or not.")]
MemberId = Annotated[UUID, Path(description="The `user_id` of a case's participant, or of a member.")]
ContactId = Annotated[UUID, Path(description="A contact of one of the bureau's customers.")]


def _answer(response: Response, row: ContactRow) -> ContactOut:
    set_etag(response, row.contact.version)
    return ContactOut.of(row)


@router.get("/v1/customers/{customer_id}/contacts", responses=refusals(NotFound))
async def list_contacts(
    customer_id: CustomerId, caller: Employee, session: Session, paging: Paging
) -> Page[ContactOut]:
    """List the contacts of a customer

    For each employee of the bureau, in the order of their names.
    """
    rows = await queries.list_contacts(session, caller.bureau_id, customer_id, paging)
    return page(rows, paging, out=ContactOut.of, key=lambda row: (row.contact.name, row.contact.id))


@router.post(
    "/v1/customers/{customer_id}/contacts",
    status_code=201,
    responses={201: LOCATION, **refusals(NotFound, MissingPermission)},
)
async def add_contact(
    customer_id: CustomerId, new: ContactIn, caller: Employee, session: Session, response: Response
) -> ContactOut:
    """Add a contact to a customer

    For employees who may work with the customer. Its first contact becomes its main contact.
    """
    row = await commands.add_contact(session, customer_id=customer_id, by=caller, **dict(new), at=utcnow())
    response.headers["Location"] = f"/v1/contacts/{row.contact.id}"
    return _answer(response, row)


@router.put(
    "/v1/customers/{customer_id}/contacts/members/{user_id}",
    responses=refusals(NotFound, MissingPermission),
)
async def add_member_as_contact(
    customer_id: CustomerId, user_id: MemberId, caller: Employee, session: Session, response: Response
) -> ContactOut:
    """Add a member of the account to a customer's contacts

    For employees who may work with the customer. The contact gets the member's name, address and language; a
    contact with that address stays as it is. `not_found` for who is no member of the account that the
    customer collaborates by, and without an open collaboration.
    """
    row = await commands.add_member(session, customer_id=customer_id, user_id=user_id, by=caller, at=utcnow())
    return _answer(response, row)


@router.get("/v1/contacts/{contact_id}", responses=refusals(NotFound))
async def get_contact(
    contact_id: ContactId, caller: Employee, session: Session, response: Response
) -> ContactOut:
    """Look at a contact

    For each employee of the bureau.
    """
    return _answer(response, await queries.get_contact_row(session, caller.bureau_id, contact_id))


@router.patch(
    "/v1/contacts/{contact_id}",
    responses=refusals(NotFound, MissingPermission, VersionConflict, VersionMissing),
)
async def change_contact(
    contact_id: ContactId,
    change: ContactChange,
    caller: Employee,
    session: Session,
    seen: IfMatch,
    response: Response,
) -> ContactOut:
    """Change a contact

    For employees who may work with the customer. A main contact's new address may make the customer ready to
    be invited, or no longer so.
    """
    row = await commands.change_contact(
        session, contact_id=contact_id, by=caller, columns=change.columns(), seen=seen, at=utcnow()
    )
    return _answer(response, row)


@router.delete("/v1/contacts/{contact_id}", status_code=204, responses=refusals(NotFound, MissingPermission))
async def remove_contact(contact_id: ContactId, caller: Employee, session: Session) -> None:
    """Remove a contact

    For employees who may work with the customer. If it is the main contact, the customer has none from then
    on.
    """
    await commands.remove_contact(session, contact_id=contact_id, by=caller, at=utcnow())


@router.put(
    "/v1/customers/{customer_id}/main-contact",
    responses=refusals(NotFound, MissingPermission, VersionConflict),
)
async def choose_main_contact(
    customer_id: CustomerId,
    choice: MainContactIn,
    caller: Employee,
    session: Session,
    seen: IfMatchWhereSent,
    response: Response,
) -> CustomerOut:
    """Choose the main contact of a customer

    For employees who may work with the customer. Invitations go to this contact.
    """
    row = await commands.choose_main_contact(
        session,
        customer_id=customer_id,
        by=caller,
        contact_id=choice.contact_id,
        seen=seen,
        at=utcnow(),
    )
    set_etag(response, row.customer.version)
    return CustomerOut.of(row)


@router.get("/v1/customers/{customer_id}/account", responses=refusals(NotFound))
async def get_customer_account(
    customer_id: CustomerId, caller: Employee, session: Session
) -> CustomerAccountOut:
    """Look at who administers a customer's account

    For each employee of the bureau. An administrator sees the bureau's cases only while among the customer's
    contacts. `not_found` until a collaboration is open, and again after its end.
    """
    found = await queries.get_customer_account(session, caller.bureau_id, customer_id)
    return CustomerAccountOut.of(found)
