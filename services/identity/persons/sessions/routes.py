from collections.abc import Callable, Coroutine
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from fastapi.routing import APIRoute

from services.identity.dependencies import Configured, Hashing, Signing
from services.identity.persons.errors import TooManyAttempts, WrongCredentials
from services.identity.persons.routes import client_address
from services.identity.persons.sessions import commands, queries
from services.identity.persons.sessions.errors import NoSuchHat, SessionEnded
from services.identity.persons.sessions.schemas import Credentials, LoggedIn, Refresh, SessionOut
from services.identity.persons.sessions.tables import LoginSession
from shared.clock import utcnow
from shared.errors import NotFound
from shared.http.callers import Person
from shared.http.pagination import Page, Paging, page
from shared.http.problems import refusals
from shared.http.session import Session


class UnstoredRoute(APIRoute):
    """Ignores Idempotency-Key: an answer with tokens in it is not stored, and a log-in may be repeated."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def answer_only(request: Request) -> Response:
            kept = [pair for pair in request.scope["headers"] if pair[0].lower() != b"idempotency-key"]
            return await answer(Request({**request.scope, "headers": kept}, request.receive))

        return answer_only


router = APIRouter(tags=["sessions"], route_class=UnstoredRoute)


@router.post(
    "/v1/sessions", status_code=201, responses=refusals(WrongCredentials, NoSuchHat, TooManyAttempts)
)
async def log_in(
    body: Credentials,
    request: Request,
    session: Session,
    settings: Configured,
    passwords: Hashing,
    signer: Signing,
    user_agent: Annotated[str | None, Header()] = None,
) -> LoggedIn:
    return await commands.log_in(
        session,
        email=body.email,
        password=body.password,
        act_as=body.act_as,
        address=client_address(request),
        agent=user_agent and user_agent[:200],
        passwords=passwords,
        signer=signer,
        settings=settings,
        at=utcnow(),
    )


@router.post("/v1/sessions/refresh", responses=refusals(SessionEnded, NoSuchHat))
async def refresh(body: Refresh, session: Session, settings: Configured, signer: Signing) -> LoggedIn:
    return await commands.refresh(
        session,
        refresh_token=body.refresh_token,
        act_as=body.act_as,
        signer=signer,
        settings=settings,
        at=utcnow(),
    )


@router.get("/v1/sessions")
async def list_sessions(person: Person, session: Session, paging: Paging) -> Page[SessionOut]:
    def out(row: LoginSession) -> SessionOut:
        return SessionOut.model_validate({**vars(row), "current": row.id == person.session_id})

    rows = await queries.own_sessions(session, person.user_id, paging, at=utcnow())
    return page(rows, paging, out=out, key=lambda row: [row.id])


@router.delete("/v1/sessions/current", status_code=204, responses=refusals(NotFound))
async def log_out(person: Person, session: Session) -> None:
    await commands.log_out(session, user_id=person.user_id, session_id=person.session_id, at=utcnow())


@router.delete("/v1/sessions/{session_id}", status_code=204, responses=refusals(NotFound))
async def end_session(session_id: UUID, person: Person, session: Session) -> None:
    await commands.log_out(session, user_id=person.user_id, session_id=session_id, at=utcnow())
