from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.invitations.copies import commands
from services.invitations.upkeep.commands import replace_outdated
from shared.bus.handlers import Handlers
from shared.clock import utcnow
from shared.events.billing import CaseManagementActivated, CaseManagementCancelled, CaseManagementEnded
from shared.events.identity import (
    AccountCreated,
    BureauRegistered,
    CustomerChanged,
    CustomerDeactivated,
    CustomerEvent,
    CustomerReactivated,
    CustomerRegistered,
    MemberAdded,
    MemberEvent,
    MemberRemoved,
    MemberRoleChanged,
)

handlers = Handlers("invitations")


@handlers.on_batch(
    CustomerRegistered, CustomerChanged, CustomerDeactivated, CustomerReactivated, queue="track-customer"
)
async def track_customer(events: Sequence[CustomerEvent], session: AsyncSession) -> None:
    await commands.keep_customers(session, events)
    await replace_outdated(
        session,
        bureau_ids={event.tenant for event in events},
        customer_ids={event.customer_id for event in events},
        at=utcnow(),
    )


@handlers.on_batch(BureauRegistered, queue="track-bureau")
async def track_bureau(events: Sequence[BureauRegistered], session: AsyncSession) -> None:
    await commands.keep_bureaus(session, events)


@handlers.on_batch(
    CaseManagementActivated, CaseManagementCancelled, CaseManagementEnded, queue="track-feature"
)
async def track_feature(events: Sequence[commands.FeatureEvent], session: AsyncSession) -> None:
    await commands.keep_features(session, events)


@handlers.on_batch(AccountCreated, queue="track-account")
async def track_account(events: Sequence[AccountCreated], session: AsyncSession) -> None:
    await commands.keep_accounts(session, events)


@handlers.on_batch(MemberAdded, MemberRoleChanged, MemberRemoved, queue="track-member-role")
async def track_member_role(events: Sequence[MemberEvent], session: AsyncSession) -> None:
    await commands.keep_roles(session, events)
