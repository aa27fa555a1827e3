"""Keeping the copies: apply newer, ignore older. They span bureaus, so they run in the worker's role."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.invitations.copies import queries
from services.invitations.copies.tables import Account, AccountRole, Bureau, Customer, Feature
from shared.database.copies import keep_newer
from shared.events.billing import CaseManagementActivated, CaseManagementCancelled, CaseManagementEnded
from shared.events.identity import AccountCreated, BureauRegistered, CustomerEvent, MemberEvent, MemberRemoved
from shared.ids import uuid7

FeatureEvent = CaseManagementActivated | CaseManagementCancelled | CaseManagementEnded


async def keep_customers(session: AsyncSession, events: Sequence[CustomerEvent]) -> None:
    await keep_newer(session, Customer, map(_customer, events))


async def keep_bureaus(session: AsyncSession, events: Sequence[BureauRegistered]) -> None:
    rows = ({"bureau_id": event.tenant, "name": event.name, "sequence": event.sequence} for event in events)
    await keep_newer(session, Bureau, rows)


async def keep_features(session: AsyncSession, events: Sequence[FeatureEvent]) -> None:
    rows = (
        {
            "bureau_id": event.tenant,
            "active": not isinstance(event, CaseManagementEnded),
            "ends_on": event.ends_on if isinstance(event, CaseManagementCancelled) else None,
            "sequence": event.sequence,
        }
        for event in events
    )
    await keep_newer(session, Feature, rows)


async def keep_roles(session: AsyncSession, events: Sequence[MemberEvent]) -> None:
    rows = (
        {
            "account_id": event.account_id,
            "user_id": event.user_id,
            "email": event.email.lower(),
            "role": event.role,
            "active": not isinstance(event, MemberRemoved),
            "sequence": event.sequence,
        }
        for event in events
    )
    await keep_newer(session, AccountRole, rows)


async def keep_accounts(session: AsyncSession, events: Sequence[AccountCreated]) -> None:
    """Identity's id holds for an organisation number; who opened the account is remembered."""
    numbered = {event.organisation_number: event.account_id for event in events if event.organisation_number}
    if numbered:
        statement = insert(Account).values(
            [{"account_id": numbered[number], "organisation_number": number} for number in sorted(numbered)]
        )
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=[Account.organisation_number],
                index_where=Account.organisation_number.is_not(None),
                set_={"account_id": statement.excluded.account_id},
                where=statement.excluded.account_id != Account.account_id,
            )
        )
    if others := sorted({event.account_id for event in events if not event.organisation_number}):
        rows = [{"account_id": account_id} for account_id in others]
        await session.execute(insert(Account).values(rows).on_conflict_do_nothing())


async def open_account(session: AsyncSession, *, of: Customer, by: UUID) -> Account:
    """The account of the customer, made now where there is none. Two bureaus' customers with one
    organisation number get the same one: the second waits for the first's row."""
    private = of.kind == "private_individual"
    account = {
        "account_id": uuid7(),
        "organisation_number": None if private else of.organisation_number,
        "personal_to": by if private else None,
        "opened_by": by,
    }
    opened = await session.execute(
        insert(Account).values(account).on_conflict_do_nothing().returning(Account.account_id)
    )
    if (account_id := opened.scalar()) is not None:
        return await queries.account(session, account_id=account_id)
    if private:
        return await queries.account(session, personal_to=by)
    return await queries.account(session, organisation_number=of.organisation_number)


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
        "contact_email": contact.email.lower() if contact else None,
        "contact_language": contact.language if contact else None,
        "failing_points": event.failing_points,
        "sequence": event.sequence,
    }
