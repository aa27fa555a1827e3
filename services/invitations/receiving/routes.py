from typing import Annotated
from uuid import UUID

from fastapi import Path

from services.invitations.dependencies import Configured
from services.invitations.receiving import commands, queries
from services.invitations.receiving.errors import (
    CLOSED,
    EmailNotVerified,
    NotAdministrator,
    NotMainContact,
)
from services.invitations.receiving.schemas import AcceptIn, DeclineIn, LinkOut, ReceivedOut
from shared.clock import utcnow
from shared.errors import NotFound
from shared.http.api import create_router
from shared.http.callers import Person
from shared.http.pagination import Page, Paging, page
from shared.http.problems import refusals
from shared.http.session import Session
from shared.links import read_link_token

router = create_router("invitations")


@router.get("/v1/invitations/received")
async def list_received(person: Person, session: Session, paging: Paging) -> Page[ReceivedOut]:
    at = utcnow()
    return page(
        await queries.received(session, paging, by=person),
        paging,
        out=lambda received: ReceivedOut.of(received, at=at),
        key=lambda received: (received[0].sent_at.isoformat(), received[0].id),
    )


@router.get("/v1/invitations/by-token/{token}", responses=refusals(NotFound))
async def read_by_link(
    token: Annotated[str, Path(max_length=200)], session: Session, settings: Configured
) -> LinkOut:
    invitation_id = read_link_token(settings.link_secret, "invitation", token)
    return LinkOut.of(await queries.by_link(session, invitation_id), at=utcnow())


@router.post(
    "/v1/invitations/{invitation_id}/accept",
    responses=refusals(NotFound, EmailNotVerified, NotMainContact, NotAdministrator, *CLOSED.values()),
)
async def accept_invitation(
    invitation_id: UUID,
    person: Person,
    session: Session,
    settings: Configured,
    body: AcceptIn | None = None,
) -> ReceivedOut:
    at, link = utcnow(), body.link(settings.link_secret) if body else None
    return ReceivedOut.of(await commands.accept(session, invitation_id, by=person, link=link, at=at), at=at)


@router.post(
    "/v1/invitations/{invitation_id}/decline",
    responses=refusals(NotFound, EmailNotVerified, NotMainContact, *CLOSED.values()),
)
async def decline_invitation(
    invitation_id: UUID,
    person: Person,
    session: Session,
    settings: Configured,
    body: DeclineIn | None = None,
) -> ReceivedOut:
    at, body = utcnow(), body or DeclineIn()
    declined = await commands.decline(
        session, invitation_id, reason=body.reason, by=person, link=body.link(settings.link_secret), at=at
    )
    return ReceivedOut.of(declined, at=at)
