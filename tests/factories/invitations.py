"""A bureau's customers, the invitations to them, and the persons who answer."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from pydantic import SecretStr
from sqlalchemy import select, update

from services.invitations.invitation.tables import Invitation
from shared.events.identity import CustomerRegistered
from shared.links import link_token
from tests.factories.callers import Caller
from tests.factories.events import event_of
from tests.factories.keys import LINK_SECRET
from tests.factories.records import Bureau, Customer, User, main_contact
from tests.factories.service import Service


async def register_customer(service: Service, bureau: Bureau, **overrides: Any) -> Customer:
    """A customer that can be invited."""
    customer = Customer(bureau.id, **{"main_contact": main_contact(), **overrides})
    await service.deliver(event_of(CustomerRegistered, customer))
    return customer


async def invite(admin: Caller, customer: Customer, **body: Any) -> dict[str, Any]:
    answer = await admin.post("/v1/invitations", {"customer_id": str(customer.customer_id), **body})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def accept(person: Caller, invitation: dict[str, Any], **body: Any) -> httpx.Response:
    return await person.post(f"/v1/invitations/{invitation['id']}/accept", body or None)


def main_contact_of(service: Service, customer: Customer, **overrides: Any) -> Caller:
    """The customer's main contact, logged in with the invited address and without a hat."""
    assert customer.main_contact is not None
    user = User(name=customer.main_contact.name, email=customer.main_contact.email)
    return service.caller(user, **overrides)


async def ten_minutes_pass(service: Service, invitation: dict[str, Any]) -> None:
    """As if the invitation had been mailed ten minutes earlier."""
    mailed = update(Invitation).where(Invitation.id == UUID(invitation["id"]))
    earlier = {
        name: getattr(Invitation, name) - timedelta(minutes=10) for name in ("last_mailed_at", "resent_at")
    }
    async with service.database.transaction() as session:
        await session.execute(mailed.values(earlier))


def token_of(invitation_id: UUID) -> str:
    """The token in the link to an invitation."""
    return link_token(SecretStr(LINK_SECRET), "invitation", invitation_id)


async def stored(service: Service, invitation_id: str) -> Invitation:
    """The invitation's row."""
    async with service.database.transaction() as session:
        return (await session.scalars(select(Invitation).filter_by(id=UUID(invitation_id)))).one()
