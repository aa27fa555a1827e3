from typing import Annotated

from fastapi import Query, Request

from services.cases.case import queries
from services.cases.case.actors import side_of
from services.cases.case.schemas import CaseFilters, CountsOut, ListedCaseOut
from shared.clock import utcnow
from shared.database.cursors import InvalidCursor, WrongCursor
from shared.http.api import create_router
from shared.http.callers import EmployeeOrMember
from shared.http.pagination import Page, page, page_request
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("cases")


@router.get("/v1/cases", responses=refusals(InvalidCursor, WrongCursor))
async def list_cases(
    request: Request, wanted: Annotated[CaseFilters, Query()], caller: EmployeeOrMember, session: Session
) -> Page[ListedCaseOut]:
    """List cases

    An employee sees the bureau's cases. A member sees those that they wrote, and, from each bureau that has
    their verified address among the customer's contacts, those that were sent to them; an administrator of
    the account also the account's others that are not private. Ordered by the newest change that the
    caller sees.
    """
    at, paging = utcnow(), page_request(request, wanted.limit, wanted.cursor)
    cases = await queries.list_cases(session, caller, wanted.filters(), paging, at=at)
    return page(
        cases,
        paging,
        out=lambda each: ListedCaseOut.listed(each, to=caller, at=at),
        key=lambda each: [each.case.updated_for(side_of(caller)), each.case.id],
    )


@router.get("/v1/cases/counts")
async def count_cases(caller: EmployeeOrMember, session: Session) -> CountsOut:
    """Count the cases that one sees

    For the same cases as the list without filters.
    """
    return CountsOut.of(await queries.count_cases(session, caller, at=utcnow()))
