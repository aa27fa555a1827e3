from services.invitations.dependencies import Configured
from services.invitations.invitation.schemas import InvitationId
from services.invitations.receiving import commands, queries
from services.invitations.receiving.errors import (
    CLOSED,
    BureauWithoutFeature,
    CustomerInactive,
    NotAdministrator,
    NotMainContact,
)
from services.invitations.receiving.schemas import AcceptIn, DeclineIn, LinkOut, LinkToken, ReceivedOut
from shared.approval import BureauStopped, EmailNotVerified
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
async def list_received_invitations(person: Person, session: Session, paging: Paging) -> Page[ReceivedOut]:
    """List the invitations to one's own address

    For anyone logged in, with or without a hat; the latest sent first. Empty until the address is verified.
    """
    at = utcnow()
    return page(
        await queries.list_received(session, paging, by=person),
        paging,
        out=lambda received: ReceivedOut.of(received, at=at),
        key=lambda received: (received.invitation.sent_at.isoformat(), received.invitation.id),
    )


@router.get("/v1/invitations/by-token/{token}", responses=refusals(NotFound))
async def get_invitation_by_token(token: LinkToken, session: Session, settings: Configured) -> LinkOut:
    """Look at the invitation behind a link

    For anyone who holds the link, also without logging in: enough to know what to log in for.
    """
    invitation_id = read_link_token(settings.link_secret, "invitation", token)
    return LinkOut.of(await queries.get_by_link(session, invitation_id), at=utcnow())


@router.post(
    "/v1/invitations/{invitation_id}/accept",
    responses=refusals(
        NotFound,
        EmailNotVerified,
        NotMainContact,
        NotAdministrator,
        BureauStopped,
        BureauWithoutFeature,
        CustomerInactive,
        *CLOSED.values(),
    ),
)
async def accept_invitation(
    invitation_id: InvitationId,
    person: Person,
    session: Session,
    settings: Configured,
    body: AcceptIn | None = None,
) -> ReceivedOut:
    """Accept an invitation

    For the invited person, logged in with the invited, verified address, under any hat or none. Opens the
    collaboration, and the company's account where it has none, with this person as its administrator. Where
    the company has an account that the person does not administer, it is refused with `not_administrator`,
    and the account's administrators are told by mail. Accepting again changes nothing.
    """
    at, link = utcnow(), body.link(settings.link_secret) if body else None
    accepted = await commands.accept_invitation(
        session, invitation_id=invitation_id, by=person, link=link, at=at
    )
    return ReceivedOut.of(accepted, at=at)


@router.post(
    "/v1/invitations/{invitation_id}/decline",
    responses=refusals(NotFound, EmailNotVerified, NotMainContact, *CLOSED.values()),
)
async def decline_invitation(
    invitation_id: InvitationId,
    person: Person,
    session: Session,
    settings: Configured,
    body: DeclineIn | None = None,
) -> ReceivedOut:
    """Decline an invitation

    For the invited person, logged in with the invited, verified address, under any hat or none. The bureau
    can then invite the customer again. Declining again changes nothing.
    """
    at, body = utcnow(), body or DeclineIn()
    declined = await commands.decline_invitation(
        session,
        invitation_id=invitation_id,
        reason=body.reason,
        by=person,
        link=body.link(settings.link_secret),
        at=at,
    )
    return ReceivedOut.of(declined, at=at)
