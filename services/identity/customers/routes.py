"""The register of customers."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Path, Query, Response

from services.identity.customers import commands, queries
from services.identity.customers.errors import HasOrganisationNumber, NumberTaken
from services.identity.customers.queries import Filters, ShownCustomer
from services.identity.customers.schemas import CustomerChange, CustomerIn, CustomerOut, Kind
from shared.clock import utcnow
from shared.errors import MissingPermission, NotFound, VersionConflict, VersionMissing
from shared.http.api import create_router
from shared.http.callers import Employee
from shared.http.components import LOCATION
from shared.http.etags import IfMatch, set_etag
from shared.http.pagination import Page, Paging, page
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("customers")
CustomerId = Annotated[UUID, Path(description="One of the bureau's customers, whether active or not.")]


def filters(
    active: Annotated[bool | None, Query(description="Only active ones, or only inactive ones.")] = None,
    kind: Annotated[Kind | None, Query(description="Only companies, or only private individuals.")] = None,
    responsible: Annotated[
        UUID | None, Query(description="Only customers that this employee is responsible for.")
    ] = None,
    q: Annotated[
        str | None,
        Query(
            max_length=200,
            description="A part of the name, the number or the organisation number, in any case of letters.",
        ),
    ] = None,
    readiness: Annotated[
        Literal["ready", "not_ready"] | None,
        Query(description="Only customers that can be invited now, or only those that can't."),
    ] = None,
) -> Filters:
    return Filters(active=active, kind=kind, responsible=responsible, q=q, readiness=readiness)


Filtered = Annotated[Filters, Depends(filters)]


def _answer(response: Response, row: ShownCustomer) -> CustomerOut:
    set_etag(response, row.customer.version)
    return CustomerOut.of(row)


@router.get("/v1/customers")
async def list_customers(
    caller: Employee, session: Session, filters: Filtered, paging: Paging
) -> Page[CustomerOut]:
    """List the customers of the bureau

    For each of its employees, in the order of their numbers. Only those are shown that pass every filter.
    """
    rows = await queries.list_customers(session, caller.bureau_id, filters, paging)
    return page(rows, paging, out=CustomerOut.of, key=lambda row: (row.customer.number, row.customer.id))


@router.post(
    "/v1/customers",
    status_code=201,
    responses={201: LOCATION, **refusals(NumberTaken, HasOrganisationNumber, MissingPermission)},
)
async def register_customer(
    new: CustomerIn, caller: Employee, session: Session, response: Response
) -> CustomerOut:
    """Register a customer

    For each employee of the bureau; whoever is `limited` must be responsible or take part. An employee who is
    named must work here.
    """
    row = await commands.register_customer(session, by=caller, columns=new.columns(), at=utcnow())
    response.headers["Location"] = f"/v1/customers/{row.customer.id}"
    return _answer(response, row)


@router.get("/v1/customers/{customer_id}", responses=refusals(NotFound))
async def get_customer(
    customer_id: CustomerId, caller: Employee, session: Session, response: Response
) -> CustomerOut:
    """Look at a customer

    For each employee of the bureau.
    """
    return _answer(response, await queries.get_customer(session, caller.bureau_id, customer_id))


@router.patch(
    "/v1/customers/{customer_id}",
    responses=refusals(
        NotFound, MissingPermission, NumberTaken, HasOrganisationNumber, VersionConflict, VersionMissing
    ),
)
async def change_customer(
    customer_id: CustomerId,
    change: CustomerChange,
    caller: Employee,
    session: Session,
    seen: IfMatch,
    response: Response,
) -> CustomerOut:
    """Change a customer

    For employees who may work with it. An employee who is named must work here.
    """
    row = await commands.change_customer(
        session, customer_id=customer_id, by=caller, columns=change.columns(), seen=seen, at=utcnow()
    )
    return _answer(response, row)


@router.post("/v1/customers/{customer_id}/deactivate", responses=refusals(NotFound, MissingPermission))
async def deactivate_customer(
    customer_id: CustomerId, caller: Employee, session: Session, response: Response
) -> CustomerOut:
    """Deactivate a customer

    For employees who may work with it. It stays in the register, but is neither invited nor billed for.
    """
    row = await commands.set_active(session, customer_id=customer_id, by=caller, active=False, at=utcnow())
    return _answer(response, row)


@router.post("/v1/customers/{customer_id}/activate", responses=refusals(NotFound, MissingPermission))
async def activate_customer(
    customer_id: CustomerId, caller: Employee, session: Session, response: Response
) -> CustomerOut:
    """Activate a customer again

    For employees who may work with it. It can be invited and is billed for from then on.
    """
    row = await commands.set_active(session, customer_id=customer_id, by=caller, active=True, at=utcnow())
    return _answer(response, row)
