"""The reactions that keep copies; `track-customer` and `track-contact` are in upkeep, since they change
invitations too."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.invitations.copies import commands
from shared.bus.handlers import Handlers
from shared.events.billing import CaseManagementEvent
from shared.events.identity import AccountCreated, BureauEvent, MemberEvent

handlers = Handlers("invitations", retired={"track-member-role": "track-member"})


@handlers.on_batch(BureauEvent, queue="track-bureau")
async def track_bureau(events: Sequence[BureauEvent], session: AsyncSession) -> None:
    await commands.keep_bureaus(session, events=events)


@handlers.on_batch(CaseManagementEvent, queue="track-feature")
async def track_feature(events: Sequence[CaseManagementEvent], session: AsyncSession) -> None:
    await commands.keep_features(session, events=events)


@handlers.on_batch(AccountCreated, queue="track-account")
async def track_account(events: Sequence[AccountCreated], session: AsyncSession) -> None:
    await commands.keep_accounts(session, events=events)


@handlers.on_batch(MemberEvent, queue="track-member")
async def track_member(events: Sequence[MemberEvent], session: AsyncSession) -> None:
    await commands.keep_members(session, events=events)
