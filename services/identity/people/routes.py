from typing import Annotated

from fastapi import Path

from services.identity.attempts.errors import TooManyAttempts
from services.identity.dependencies import ClientAddress, Configured
from services.identity.people import commands
from services.identity.people.dependencies import Hashing
from services.identity.people.errors import LinkExpired
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


@router.post("/v1/users", status_code=201, responses=refusals(TooManyAttempts))
async def sign_up(passwords: Hashing, body: UserIn, session: Session, settings: Configured) -> UserOut:
    """Sign up as a person

    For anybody, without a token. A mail follows with a link by which the person verifies the address and
    chooses the password; until then the person can log in with the one given here, but sees no invitations to
    the address and has no role that others gave. The answer is the same for an address that somebody has
    signed up with, who is told by mail; the `id` is then of no use.
    """
    user = await commands.sign_up(
        session, **dict(body), passwords=passwords, limits=settings.limits, at=utcnow()
    )
    return UserOut.model_validate(user)


@router.post("/v1/users/verify", responses=refusals(LinkExpired, NotFound, TooManyAttempts))
async def verify_address(
    passwords: Hashing, body: VerificationIn, session: Session, settings: Configured
) -> UserOut:
    """Verify an e-mail address by the mailed link, and choose the password

    For whoever has the link, without a token. The password replaces the one of the sign-up, and whoever was
    logged in with that one must log in again. The link is good for 7 days, and with the same password may be
    followed again. `link_expired`: it is too old, the person has another address by now, or the address is
    verified and the password is another one: log in, or ask for a new password.
    """
    verification_id = read_link_token(settings.link_secret, "verify", body.token)
    user = await commands.verify_address(
        session,
        verification_id=verification_id,
        password=body.password,
        passwords=passwords,
        limits=settings.limits,
        at=utcnow(),
    )
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
    the person, who is told by mail that the password has changed. `link_expired`: it has been used, a newer
    password was chosen, or it is too old.
    """
    reset_id = read_link_token(settings.link_secret, "password-reset", token)
    await commands.reset_password(
        session, reset_id=reset_id, password=body.password, passwords=passwords, at=utcnow()
    )
