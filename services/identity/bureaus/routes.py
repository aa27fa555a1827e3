from typing import Annotated
from uuid import UUID

from fastapi import Path

from services.identity.attempts.errors import TooManyAttempts
from services.identity.bureaus import commands, queries
from services.identity.bureaus.errors import BureauExists
from services.identity.bureaus.schemas import BureauIn, BureauOut
from services.identity.dependencies import ClientAddress, Configured
from services.identity.people.dependencies import Hashing
from services.identity.people.errors import EmailTaken
from shared.clock import utcnow
from shared.errors import NotFound
from shared.http.api import create_router
from shared.http.callers import Employee
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("bureaus")


@router.post("/v1/bureaus", status_code=201, responses=refusals(BureauExists, EmailTaken, TooManyAttempts))
async def sign_up_bureau(
    passwords: Hashing,
    body: BureauIn,
    client_address: ClientAddress,
    session: Session,
    settings: Configured,
) -> BureauOut:
    """Sign up a bureau

    For anybody, without a token. The admin becomes the first employee, with every permission; a new person is
    mailed a link that verifies the address. `email_taken`: the person exists, and the password is not theirs.
    `bureau_exists`: ask an administrator of that bureau to add you.
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
        at=utcnow(),
    )
    return BureauOut.of(bureau)


@router.get("/v1/bureaus/{bureau_id}", responses=refusals(NotFound))
async def get_bureau(
    bureau_id: Annotated[UUID, Path(description="The bureau that the caller acts for; no other is found.")],
    caller: Employee,
    session: Session,
) -> BureauOut:
    """Look at the own bureau

    For each of its employees.
    """
    return BureauOut.of(await queries.get_bureau(session, bureau_id, seen_from=caller.bureau_id))
