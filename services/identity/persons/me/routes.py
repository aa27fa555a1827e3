from services.identity.dependencies import Configured
from services.identity.persons.me import commands
from services.identity.persons.me.queries import describe_me
from services.identity.persons.me.schemas import MeOut, MyChange
from services.identity.persons.queries import get_user
from shared.http.api import create_router
from shared.http.callers import Person
from shared.http.session import Session

router = create_router("me")


@router.get("/v1/me")
async def read_me(person: Person, session: Session, settings: Configured) -> MeOut:
    user = await get_user(session, person.user_id)
    return await describe_me(session, user, hat=person.hat, operators=settings.operators)


@router.patch("/v1/me")
async def change_me(body: MyChange, person: Person, session: Session, settings: Configured) -> MeOut:
    user = await commands.change_me(session, user_id=person.user_id, change=body)
    return await describe_me(session, user, hat=person.hat, operators=settings.operators)
