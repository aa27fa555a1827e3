from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.invitations.upkeep import commands
from shared.bus.handlers import Handlers
from shared.clock import utcnow
from shared.events.identity import ContactChanged, ContactEvent, CustomerEvent, MainContactChanged
from shared.events.notifications import MailBounced, MailFailed, MailSent

handlers = Handlers("invitations")

# The kinds of mails that carry an invitation's link.
CARRYING = ("invitation", "invitation_reminder")
STATES = {MailSent: "sent", MailFailed: "failed", MailBounced: "bounced"}


@handlers.on_batch(CustomerEvent, queue="track-customer")
async def track_customer(events: Sequence[CustomerEvent], session: AsyncSession) -> None:
    await commands.track_customers(session, events=events, at=utcnow())


@handlers.on_batch(ContactEvent, queue="track-contact")
async def track_contact(events: Sequence[ContactEvent], session: AsyncSession) -> None:
    await commands.track_contacts(session, events=events)


@handlers.on(MainContactChanged, ContactChanged, queue="replace-invitation")
async def replace_invitation(event: MainContactChanged | ContactChanged, session: AsyncSession) -> None:
    # If the copy of the customer is older than this event, `track-customer` replaces it on its arrival.
    await commands.replace_invitation(
        session, bureau_id=event.tenant, customer_id=event.customer_id, at=utcnow()
    )


@handlers.on(MailSent, MailFailed, MailBounced, queue="note-mail")
async def note_mail(event: MailSent | MailFailed | MailBounced, session: AsyncSession) -> None:
    # Other mails are about an invitation too, such as those to an account's administrators.
    if event.about != "invitation" or event.about_id is None or event.kind not in CARRYING:
        return
    await commands.note_mail(
        session,
        invitation_id=event.about_id,
        bureau_id=event.tenant,
        mail_id=event.mail_id,
        state=STATES[type(event)],
    )
