from typing import Annotated

from fastapi import Path

from services.identity.attempts.errors import TooManyAttempts
from services.identity.dependencies import ClientAddress, Configured
from services.identity.people import commands
from services.identity.people.dependencies import Hashing
from services.identity.people.errors import EmailTaken, LinkExpired
from services.identity.people.schemas import (
    AcceptedOut,
    PasswordIn,
    PasswordResetIn,
    UserIn,
    UserOut,
    VerificationIn,
)
from shared.clock import utcnow
from shared.errors import NotFound
from shared.http.api import create_router
from shared.http.callers import Person
from shared.http.problems import refusals
from shared.http.session import Session
from shared.links import read_link_token

router = create_router("people")


@router.post("/v1/users", status_code=201, responses=refusals(EmailTaken))
async def sign_up(passwords: Hashing, body: UserIn, session: Session) -> UserOut:
    """Sign up as a person

    For anybody, without a token. A mail with a link that verifies the address follows; until then the person
    can log in, but sees no invitations to the address. `email_taken`: log in, or ask for a new password.
    """
    user = await commands.register_user(session, **dict(body), passwords=passwords, at=utcnow())
    return UserOut.model_validate(user)


@router.post("/v1/users/verify", responses=refusals(LinkExpired, NotFound))
async def verify_address(body: VerificationIn, session: Session, settings: Configured) -> UserOut:
    """Verify an e-mail address by the mailed link

    For whoever has the link, without a token. It is good for 7 days and may be followed again.
    `link_expired`: it is too old, or the person has another address by now.
    """
    verification_id = read_link_token(settings.link_secret, "verify", body.token)
    user = await commands.verify_address(session, verification_id=verification_id, at=utcnow())
    return UserOut.model_validate(user)


@router.post("/v1/users/verify/resend", status_code=202, responses=refusals(TooManyAttempts))
async def resend_verification(person: Person, session: Session, settings: Configured) -> AcceptedOut:
    """Mail the verifying link again

    To the caller's own address; nothing is sent where it is verified already. `too_many_attempts`: a few such
    mails in a quarter of an hour are enough.
    """
    await commands.resend_verification(session, user_id=person.user_id, limits=settings.limits, at=utcnow())
    return AcceptedOut()


@router.post("/v1/password-resets", status_code=202, responses=refusals(TooManyAttempts))
async def request_password_reset(
    body: PasswordResetIn, client_address: ClientAddress, session: Session, settings: Configured
) -> AcceptedOut:
    """Ask for a new password

    For anybody, without a token. A mail with a link that is good for 24 hours goes to the address if somebody
    has signed up with it; the answer is the same if not.
    """
    await commands.request_password_reset(
        session, email=body.email, client_address=client_address, limits=settings.limits, at=utcnow()
    )
    return AcceptedOut()


@router.put("/v1/password-resets/{token}", status_code=204, responses=refusals(LinkExpired, NotFound))
async def reset_password(
    passwords: Hashing,
    body: PasswordIn,
    session: Session,
    settings: Configured,
    token: Annotated[str, Path(max_length=200, description="The last part of the link in the mail.")],
) -> None:
    """Choose a new password by the mailed link

    For whoever has the link, without a token. It works once, verifies the address, and ends all log-ins of
    the person. `link_expired`: it has been used, a newer password was chosen, or it is too old.
    """
    reset_id = read_link_token(settings.link_secret, "password-reset", token)
    await commands.reset_password(
        session, reset_id=reset_id, password=body.password, passwords=passwords, at=utcnow()
    )
