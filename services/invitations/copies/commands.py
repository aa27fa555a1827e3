"""Keeping the copies: newer is applied, older is ignored. They span bureaus, so only the worker may."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.invitations.copies.tables import Account, Bureau, Contact, Customer, Feature, Member
from shared.addresses import normalised
from shared.database.copies import keep_newer
from shared.events.billing import CaseManagementCancelled, CaseManagementEvent
from shared.events.identity import (
    AccountCreated,
    BureauEvent,
    ContactEvent,
    CustomerEvent,
    MemberEvent,
)


async def keep_customers(session: AsyncSession, *, events: Sequence[CustomerEvent]) -> None:
    await keep_newer(session, Customer, map(_customer, events))


async def keep_contacts(session: AsyncSession, *, events: Sequence[ContactEvent]) -> None:
    rows = (
        {
            "contact_id": event.contact_id,
            "bureau_id": event.tenant,
            "customer_id": event.customer_id,
            "name": event.name,
            "email": normalised(event.email) if event.email else None,
            "active": not event.ends,
            "sequence": event.sequence,
        }
        for event in events
    )
    await keep_newer(session, Contact, rows)


async def keep_bureaus(session: AsyncSession, *, events: Sequence[BureauEvent]) -> None:
    rows = (
        {
            "bureau_id": event.tenant,
            "name": event.shown_name,
            "status": event.status,
            "sequence": event.sequence,
        }
        for event in events
    )
    await keep_newer(session, Bureau, rows)


async def keep_features(session: AsyncSession, *, events: Sequence[CaseManagementEvent]) -> None:
    rows = (
        {
            "bureau_id": event.tenant,
            "active": not event.ends,
            "ends_on": event.ends_on if isinstance(event, CaseManagementCancelled) else None,
            "sequence": event.sequence,
        }
        for event in events
    )
    await keep_newer(session, Feature, rows)


async def keep_members(session: AsyncSession, *, events: Sequence[MemberEvent]) -> None:
    rows = (
        {
            "account_id": event.account_id,
            "user_id": event.user_id,
            "email": normalised(event.email),
            "role": event.role,
            "active": not event.ends,
            "sequence": event.sequence,
        }
        for event in events
    )
    await keep_newer(session, Member, rows)


async def keep_accounts(session: AsyncSession, *, events: Sequence[AccountCreated]) -> None:
    """The account of an organisation number is known by that number, since accepting an invitation may have
    opened it here under another id: then identity's id replaces it. `opened_by` stays."""
    newest = sorted(events, key=lambda event: event.sequence)
    numbered = {event.organisation_number: event for event in newest if event.organisation_number}
    if numbered:
        statement = insert(Account).values([_account(numbered[number]) for number in sorted(numbered)])
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=[Account.organisation_number],
                index_where=Account.organisation_number.is_not(None),
                set_={name: statement.excluded[name] for name in ("account_id", "sequence")},
                where=statement.excluded.sequence > Account.sequence,
            )
        )
    private = {event.account_id: event for event in newest if not event.organisation_number}
    if private:
        statement = insert(Account).values([_account(private[account_id]) for account_id in sorted(private)])
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=[Account.account_id],
                set_={"sequence": statement.excluded.sequence},
                where=statement.excluded.sequence > Account.sequence,
            )
        )


def _account(event: AccountCreated) -> dict[str, Any]:
    return {
        "account_id": event.account_id,
        "organisation_number": event.organisation_number,
        "sequence": event.sequence,
    }


def _customer(event: CustomerEvent) -> dict[str, Any]:
    contact = event.main_contact
    return {
        "bureau_id": event.tenant,
        "customer_id": event.customer_id,
        "number": event.number,
        "name": event.name,
        "kind": event.kind,
        "organisation_number": event.organisation_number,
        "active": event.active,
        "responsible_id": event.responsible_id,
        "participant_ids": event.participant_ids,
        "contact_id": contact.contact_id if contact else None,
        "contact_name": contact.name if contact else None,
        "contact_email": normalised(contact.email) if contact else None,
        "contact_language": contact.language if contact else None,
        "failing_points": event.failing_points,
        "sequence": event.sequence,
    }
