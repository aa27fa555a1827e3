from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from services.identity.attempts.errors import TooManyAttempts
from services.identity.bureaus import commands, queries
from services.identity.bureaus.errors import BureauExists
from services.identity.bureaus.schemas import BureauChange, BureauIn, BureauOut
from services.identity.dependencies import ClientAddress, Configured
from services.identity.people.dependencies import Hashing
from services.identity.people.errors import EmailTaken
from shared.clock import utcnow
from shared.errors import MissingPermission, NotFound, VersionConflict, VersionMissing
from shared.http.api import create_router
from shared.http.callers import Employee
from shared.http.etags import IfMatch, set_etag
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("bureaus")

OwnBureauId = Annotated[UUID, Path(description="The bureau that the caller acts for; no other is found.")]


@router.post("/v1/bureaus", status_code=201, responses=refusals(BureauExists, EmailTaken, TooManyAttempts))
async def sign_up_bureau(
    passwords: Hashing,
    body: BureauIn,
    client_address: ClientAddress,
    session: Session,
    settings: Configured,
    response: Response,
) -> BureauOut:
    """Sign up a bureau

    For anybody, without a token. The admin becomes the first employee, with every permission; a new person is
    mailed a link that verifies the address. The bureau is `registered`: until the operator of the service has
    approved it, it can prepare everything, but neither buy, invite nor add employees. `email_taken`: the
    person exists, and the password is not theirs. `bureau_exists`: ask an administrator of that bureau to add
    you.
    """
    bureau = await commands.register_bureau(
        session,
        fields=body.fields(),
        admin_name=body.admin.name,
        admin_email=body.admin.email,
        admin_password=body.admin.password,
        client_address=client_address,
        passwords=passwords,
        limits=settings.limits,
        approve=settings.approves_bureaus,
        at=utcnow(),
    )
    set_etag(response, bureau.version)
    return BureauOut.of(bureau)


@router.get("/v1/bureaus/{bureau_id}", responses=refusals(NotFound))
async def get_bureau(
    bureau_id: OwnBureauId, caller: Employee, session: Session, response: Response
) -> BureauOut:
    """Look at the own bureau

    For each of its employees.
    """
    bureau = await queries.get_bureau(session, bureau_id, seen_from=caller.bureau_id)
    set_etag(response, bureau.version)
    return BureauOut.of(bureau)


@router.patch(
    "/v1/bureaus/{bureau_id}",
    responses=refusals(NotFound, MissingPermission, VersionConflict, VersionMissing),
)
async def change_bureau(
    bureau_id: OwnBureauId,
    change: BureauChange,
    caller: Employee,
    session: Session,
    settings: Configured,
    seen: IfMatch,
    response: Response,
) -> BureauOut:
    """Change the own bureau

    For employees with `maintenance: full`. Mails and customers go on showing the name that was approved
    before, until the operator of the service has approved another one.
    """
    bureau = await commands.change_bureau(
        session,
        bureau_id=bureau_id,
        by=caller,
        changes=change.columns(),
        seen=seen,
        approve=settings.approves_bureaus,
        at=utcnow(),
    )
    set_etag(response, bureau.version)
    return BureauOut.of(bureau)
