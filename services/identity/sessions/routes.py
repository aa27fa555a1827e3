from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from services.identity.attempts.errors import TooManyAttempts
from services.identity.credentials.dependencies import Sealing
from services.identity.credentials.errors import OtpRequired
from services.identity.dependencies import Agent, ClientAddress, Configured
from services.identity.keys.dependencies import Signing
from services.identity.people.dependencies import Hashing
from services.identity.people.errors import WrongCredentials
from services.identity.people.tables import LoginSession
from services.identity.sessions import commands, queries
from services.identity.sessions.errors import NoSuchHat, SessionEnded
from services.identity.sessions.schemas import RefreshIn, SessionIn, SessionOut, TokensOut
from shared.clock import utcnow
from shared.errors import NotFound
from shared.http.api import create_router
from shared.http.callers import Person
from shared.http.idempotency import UnstoredRoute
from shared.http.pagination import Page, Paging, page
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("sessions")
token_router = APIRouter(route_class=UnstoredRoute)


@token_router.post(
    "/v1/sessions",
    status_code=201,
    responses=refusals(WrongCredentials, OtpRequired, NoSuchHat, TooManyAttempts),
)
async def log_in(
    passwords: Hashing,
    body: SessionIn,
    client_address: ClientAddress,
    session: Session,
    settings: Configured,
    seal: Sealing,
    signer: Signing,
    agent: Agent,
) -> TokensOut:
    """Log in

    For anybody, without a token. `wrong_credentials` is the same for unknown addresses and wrong passwords.
    `otp_required`: the password is right; give the code of the authenticator app, or a recovery code, too.
    `too_many_attempts`: too many for this person or from this place; wait as long as `Retry-After` says.
    """
    tokens = await commands.log_in(
        session,
        email=body.email,
        password=body.password,
        otp=body.otp,
        act_as=body.act_as.key if body.act_as else None,
        client_address=client_address,
        agent=agent,
        passwords=passwords,
        seal=seal,
        signer=signer,
        settings=settings,
        at=utcnow(),
    )
    return TokensOut.model_validate(tokens)


@token_router.post("/v1/sessions/refresh", responses=refusals(SessionEnded, NoSuchHat))
async def refresh_session(
    body: RefreshIn, session: Session, settings: Configured, signer: Signing
) -> TokensOut:
    """Renew the tokens of a log-in

    For whoever has the refresh token, without an access token. Sent again within 30 seconds, as after a lost
    answer or from two tabs, it gets the same new refresh token while that one is unused. `session_ended`: it
    is unknown or too old, or it was used before, which ends the log-in because somebody has copied it.
    """
    tokens = await commands.refresh_session(
        session,
        refresh_token=body.refresh_token,
        act_as=body.act_as.key if body.act_as else None,
        signer=signer,
        settings=settings,
        at=utcnow(),
    )
    return TokensOut.model_validate(tokens)


router.include_router(token_router)


@router.delete("/v1/sessions/current", status_code=204, responses=refusals(NotFound))
async def log_out(person: Person, session: Session) -> None:
    """Log out

    For everyone who is logged in. The refresh token and all access tokens of the log-in are refused from then
    on, within a minute everywhere; this operation too refuses them when it is repeated.
    """
    await commands.log_out(session, user_id=person.user_id, session_id=person.session_id, at=utcnow())


@router.get("/v1/sessions")
async def list_sessions(person: Person, session: Session, paging: Paging) -> Page[SessionOut]:
    """List one's own log-ins

    For everyone who is logged in, newest first. Those that have ended are left out.
    """

    def out(row: LoginSession) -> SessionOut:
        return SessionOut.model_validate({**vars(row), "current": row.id == person.session_id})

    rows = await queries.list_sessions(session, person.user_id, paging, at=utcnow())
    return page(rows, paging, out=out, key=lambda row: [row.id])


@router.delete("/v1/sessions/{session_id}", status_code=204, responses=refusals(NotFound))
async def end_session(
    session_id: Annotated[UUID, Path(description="One of the caller's own log-ins.")],
    person: Person,
    session: Session,
) -> None:
    """End one of one's own log-ins

    For everyone who is logged in. Its refresh token and its access tokens, for any hat, are refused from then
    on, within a minute everywhere.
    """
    await commands.log_out(session, user_id=person.user_id, session_id=session_id, at=utcnow())
