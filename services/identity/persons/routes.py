from fastapi import Path, Request

from services.identity.dependencies import Configured, Hashing
from services.identity.persons import commands
from services.identity.persons.errors import EmailTaken, LinkExpired, TooManyAttempts
from services.identity.persons.schemas import (
    Accepted,
    ChosenPassword,
    LinkFollowed,
    NewUser,
    ResetRequest,
    UserOut,
)
from shared.clock import utcnow
from shared.errors import NotFound
from shared.http.api import create_router
from shared.http.callers import Person
from shared.http.problems import refusals
from shared.http.session import Session
from shared.links import read_link_token

router = create_router("persons")


@router.post("/v1/users", status_code=201, responses=refusals(EmailTaken))
async def sign_up(body: NewUser, session: Session, passwords: Hashing) -> UserOut:
    user = await commands.register_user(session, **dict(body), passwords=passwords, at=utcnow())
    return UserOut.model_validate(user)


@router.post("/v1/users/verify", responses=refusals(LinkExpired, NotFound))
async def verify_address(body: LinkFollowed, session: Session, settings: Configured) -> UserOut:
    verification_id = read_link_token(settings.link_secret, "verify", body.token)
    user = await commands.verify_address(session, verification_id=verification_id, at=utcnow())
    return UserOut.model_validate(user)


@router.post("/v1/users/verify/resend", status_code=202, responses=refusals(TooManyAttempts))
async def resend_verification(person: Person, session: Session, settings: Configured) -> Accepted:
    await commands.resend_verification(session, user_id=person.user_id, limits=settings.limits, at=utcnow())
    return Accepted()


@router.post("/v1/password-resets", status_code=202, responses=refusals(TooManyAttempts))
async def request_password_reset(
    body: ResetRequest, request: Request, session: Session, settings: Configured
) -> Accepted:
    await commands.request_password_reset(
        session, email=body.email, address=client_address(request), limits=settings.limits, at=utcnow()
    )
    return Accepted()


@router.put("/v1/password-resets/{token}", status_code=204, responses=refusals(LinkExpired, NotFound))
async def reset_password(
    body: ChosenPassword,
    session: Session,
    settings: Configured,
    passwords: Hashing,
    token: str = Path(max_length=200),
) -> None:
    reset_id = read_link_token(settings.link_secret, "password-reset", token)
    await commands.reset_password(
        session, reset_id=reset_id, password=body.password, passwords=passwords, at=utcnow()
    )


def client_address(request: Request) -> str:
    return request.client.host if request.client else "unknown"
