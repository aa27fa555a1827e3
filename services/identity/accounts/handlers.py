from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.accounts import commands
from shared.bus.handlers import Handlers
from shared.events.cases import CaseSent
from shared.events.invitations import InvitationAccepted

handlers = Handlers("identity")


@handlers.on(InvitationAccepted, queue="open-account")
async def open_account(event: InvitationAccepted, session: AsyncSession) -> None:
    await commands.open_account(
        session,
        account_id=event.account_id,
        name=event.account_name,
        organisation_number=event.organisation_number,
        accepted_by=event.accepted_by,
        at=event.time,
    )


@handlers.on(CaseSent, queue="note-first-case", copies=True)
async def note_first_case(event: CaseSent, session: AsyncSession) -> None:
    await commands.note_first_case(session, account_id=event.account_id, at=event.time)
