from services.identity.attempts.errors import TooManyAttempts
from services.identity.dependencies import ClientAddress, Configured
from services.identity.me import commands, queries
from services.identity.me.schemas import MeChange, MeOut
from services.identity.people.dependencies import Hashing
from services.identity.people.errors import WrongPassword
from services.identity.people.schemas import PasswordChange
from shared.clock import utcnow
from shared.http.api import create_router
from shared.http.callers import Person
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("me")


@router.get("/v1/me")
async def get_me(person: Person, session: Session, settings: Configured) -> MeOut:
    """Look at oneself

    For everyone who is logged in, with or without a hat.
    """
    return MeOut.of(
        await queries.get_me(session, person.user_id, hat=person.hat, operators=settings.operators)
    )


@router.patch("/v1/me")
async def change_me(body: MeChange, person: Person, session: Session, settings: Configured) -> MeOut:
    """Change one's own name or language

    For everyone who is logged in, with or without a hat.
    """
    me = await commands.change_me(
        session, user_id=person.user_id, **dict(body), hat=person.hat, operators=settings.operators
    )
    return MeOut.of(me)


@router.put("/v1/me/password", status_code=204, responses=refusals(WrongPassword, TooManyAttempts))
async def change_password(
    passwords: Hashing,
    body: PasswordChange,
    person: Person,
    client_address: ClientAddress,
    session: Session,
    settings: Configured,
) -> None:
    """Change one's own password

    For everyone who is logged in and knows the present one. All other log-ins of the person end, and so do
    links by which a password can be chosen; the person is told by mail.
    """
    await commands.change_password(
        session,
        by=person,
        **dict(body),
        client_address=client_address,
        passwords=passwords,
        limits=settings.limits,
        at=utcnow(),
    )
