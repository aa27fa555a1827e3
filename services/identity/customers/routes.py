"""The register: customers; beside it their contacts, imports and the checklist."""

from uuid import UUID

from fastapi import Response

from services.identity.customers import commands, queries
from services.identity.customers.checklist.routes import router as checklist
from services.identity.customers.contacts.routes import router as contacts
from services.identity.customers.errors import NumberTaken
from services.identity.customers.imports.routes import router as imports
from services.identity.customers.queries import CustomerRow, Filtering
from services.identity.customers.schemas import CustomerNew, CustomerOut, CustomerPatch
from shared.clock import utcnow
from shared.errors import MissingPermission, NotFound, VersionConflict, VersionMissing
from shared.http.api import create_router
from shared.http.callers import Employee
from shared.http.etags import IfMatch, set_etag
from shared.http.pagination import Page, Paging
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("customers")
router.include_router(imports)
router.include_router(contacts)
router.include_router(checklist)


def _answer(response: Response, row: CustomerRow) -> CustomerOut:
    set_etag(response, row[0].version)
    return CustomerOut.of(row)


@router.get("/v1/customers")
async def list_customers(
    caller: Employee, session: Session, chosen: Filtering, paging: Paging
) -> Page[CustomerOut]:
    return await queries.list_customers(session, caller.bureau_id, chosen, paging)


@router.post("/v1/customers", status_code=201, responses=refusals(NumberTaken, MissingPermission, NotFound))
async def register_customer(
    new: CustomerNew, caller: Employee, session: Session, response: Response
) -> CustomerOut:
    row = await commands.register_customer(session, by=caller, new=new, at=utcnow())
    response.headers["Location"] = f"/v1/customers/{row[0].id}"
    return _answer(response, row)


@router.get("/v1/customers/{customer_id}", responses=refusals(NotFound))
async def get_customer(
    customer_id: UUID, caller: Employee, session: Session, response: Response
) -> CustomerOut:
    return _answer(response, await queries.get_customer(session, caller.bureau_id, customer_id))


@router.patch(
    "/v1/customers/{customer_id}",
    responses=refusals(NotFound, MissingPermission, NumberTaken, VersionConflict, VersionMissing),
)
async def change_customer(
    customer_id: UUID,
    change: CustomerPatch,
    caller: Employee,
    session: Session,
    seen: IfMatch,
    response: Response,
) -> CustomerOut:
    row = await commands.change_customer(
        session, customer_id, by=caller, change=change, seen_version=seen, at=utcnow()
    )
    return _answer(response, row)


@router.post("/v1/customers/{customer_id}/deactivate", responses=refusals(NotFound, MissingPermission))
async def deactivate_customer(
    customer_id: UUID, caller: Employee, session: Session, response: Response
) -> CustomerOut:
    row = await commands.set_active(session, customer_id, by=caller, active=False, at=utcnow())
    return _answer(response, row)


@router.post("/v1/customers/{customer_id}/activate", responses=refusals(NotFound, MissingPermission))
async def activate_customer(
    customer_id: UUID, caller: Employee, session: Session, response: Response
) -> CustomerOut:
    row = await commands.set_active(session, customer_id, by=caller, active=True, at=utcnow())
    return _answer(response, row)
