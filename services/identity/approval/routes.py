from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Response

from services.identity.approval import commands, queries
from services.identity.approval.schemas import JudgedBureauOut
from shared.clock import utcnow
from shared.errors import NotFound, VersionConflict
from shared.events.identity import BureauStatus
from shared.http.api import create_router
from shared.http.callers import Operator
from shared.http.etags import IfMatchWhereSent, set_etag
from shared.http.pagination import Page, Paging, page
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("bureaus")

AnyBureauId = Annotated[UUID, Path(description="As the list of bureaus shows it.")]


@router.get("/v1/bureaus")
async def list_bureaus(
    operator: Operator,
    session: Session,
    paging: Paging,
    status: Annotated[
        BureauStatus | None, Query(description="`registered`: those that wait to be approved.")
    ] = None,
) -> Page[JudgedBureauOut]:
    """List the bureaus that have signed up

    For operators, with what they go by to approve a bureau. The one that signed up first comes first.
    """
    rows = await queries.list_bureaus(session, paging, status=status)
    return page(rows, paging, out=JudgedBureauOut.of_judged, key=lambda row: (row.bureau.id,))


@router.post("/v1/bureaus/{bureau_id}/approve", responses=refusals(NotFound, VersionConflict))
async def approve_bureau(
    bureau_id: AnyBureauId,
    operator: Operator,
    session: Session,
    seen: IfMatchWhereSent,
    response: Response,
) -> JudgedBureauOut:
    """Approve a bureau

    For operators. From then on it can buy, invite and send mail, under the name that it has now; a suspended
    one can do again what it could before. With `If-Match` nothing is approved that has changed since it was
    looked at. Approving again changes nothing, unless another name waits to be approved.
    """
    judged = await commands.approve_bureau(
        session, bureau_id=bureau_id, by=operator.user_id, seen=seen, at=utcnow()
    )
    set_etag(response, judged.bureau.version)
    return JudgedBureauOut.of_judged(judged)


@router.post("/v1/bureaus/{bureau_id}/suspend", responses=refusals(NotFound))
async def suspend_bureau(
    bureau_id: AnyBureauId, operator: Operator, session: Session, response: Response
) -> JudgedBureauOut:
    """Suspend a bureau

    For operators. It can neither buy, invite, write in cases nor send mail, and nobody can accept its
    invitations. Both sides can read and export what is there, and what it has used is billed. Approving it
    ends that. Suspending again changes nothing.
    """
    judged = await commands.suspend_bureau(session, bureau_id=bureau_id, by=operator.user_id, at=utcnow())
    set_etag(response, judged.bureau.version)
    return JudgedBureauOut.of_judged(judged)
