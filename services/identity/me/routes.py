from services.identity.dependencies import Configured
from services.identity.me import commands, queries
from services.identity.me.schemas import MeChange, MeOut
from shared.http.api import create_router
from shared.http.callers import Person
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
