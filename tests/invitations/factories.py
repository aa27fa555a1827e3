"""A bureau, its customers as the other services' events tell of them, and the persons who are invited."""

import itertools
from datetime import date
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select

from services.invitations.invitation.tables import Invitation
from shared.bus.consumer import Consumer
from shared.database.engine import Database
from shared.database.tables import outbox
from shared.events import Event, from_wire
from shared.events.billing import CaseManagementActivated
from shared.events.identity import (
    BureauRegistered,
    CustomerChanged,
    CustomerEvent,
    CustomerRegistered,
    MainContact,
    MemberEvent,
)
from shared.events.notifications import MailEvent
from shared.ids import uuid7
from tests.conftest import Tokens

numbers = itertools.count(1001)


def organisation_number() -> str:
    return f"55{uuid7().int % 10**8:08}"


def main_contact(**overrides: Any) -> MainContact:
    contact_id = overrides.pop("contact_id", None) or uuid7()
    fields = {"name": "Karin Ström", "email": f"karin.{contact_id.hex[-8:]}@kund.example", "language": "sv"}
    return MainContact(contact_id=contact_id, **{**fields, **overrides})


def customer(bureau_id: UUID, **overrides: Any) -> CustomerRegistered:
    fields = {
        "bureau_id": bureau_id,
        "customer_id": uuid7(),
        "number": str(next(numbers)),
        "name": "Ström Bygg AB",
        "kind": "company",
        "organisation_number": organisation_number(),
        "active": True,
        "responsible_id": uuid7(),
        "participant_ids": [],
        "main_contact": main_contact(),
        "failing_points": [],
        "sequence": 1,
    }
    return CustomerRegistered(**{**fields, **overrides})


def changed(before: CustomerEvent, **overrides: Any) -> CustomerChanged:
    fields = before.model_dump(exclude={"id", "time"})
    return CustomerChanged(**{**fields, "sequence": before.sequence + 1, **overrides})


class BureauUnderTest:
    def __init__(
        self, client: httpx.AsyncClient, consumer: Consumer, worker_db: Database, tokens: Tokens
    ) -> None:
        self.client, self.consumer, self.worker_db, self.tokens = client, consumer, worker_db, tokens
        self.id, self.subscription_id = uuid7(), uuid7()
        self.name = f"Byrån {self.id.hex[-6:]}"

    async def open(self) -> "BureauUnderTest":
        registered = BureauRegistered(
            bureau_id=self.id,
            name=self.name,
            organisation_number=organisation_number(),
            email="info@byran.example",
            language="sv",
            street="Storgatan 1",
            postal_code="11122",
            city="Stockholm",
            country="SE",
        )
        await self.hear("track-bureau", registered)
        await self.hear("track-feature", self.activated())
        return self

    def activated(self, **overrides: Any) -> CaseManagementActivated:
        fields = {"bureau_id": self.id, "subscription_id": self.subscription_id}
        return CaseManagementActivated(**{**fields, "activated_on": date(2026, 10, 1), **overrides})

    def employee(self, **overrides: Any) -> dict[str, str]:
        return self.tokens.employee(self.id, **overrides)

    async def hear(self, queue: str, *events: Event) -> None:
        await self.consumer.deliver(f"invitations.{queue}", [event.to_wire() for event in events])

    async def has_customer(self, **overrides: Any) -> CustomerRegistered:
        event = customer(self.id, **overrides)
        await self.hear("track-customer", event)
        return event

    async def post(self, path: str, json: Any = None, *, by: dict[str, str] | None = None) -> httpx.Response:
        return await self.client.post(f"/v1{path}", json=json, headers=by or self.employee())

    async def get(self, path: str, *, by: dict[str, str] | None = None) -> httpx.Response:
        return await self.client.get(f"/v1{path}", headers=by or self.employee())

    async def invites(self, customer: CustomerEvent, **body: Any) -> dict[str, Any]:
        response = await self.post("/invitations", {"customer_id": str(customer.customer_id), **body})
        assert response.status_code == 201, response.text
        invitation: dict[str, Any] = response.json()
        return invitation

    async def invitation(self, invitation_id: str) -> dict[str, Any]:
        response = await self.get(f"/invitations/{invitation_id}")
        assert response.status_code == 200, response.text
        invitation: dict[str, Any] = response.json()
        return invitation

    async def row(self, invitation_id: str) -> Invitation:
        async with self.worker_db.transaction() as session:
            return (await session.scalars(select(Invitation).filter_by(id=UUID(invitation_id)))).one()

    async def published(self, *kinds: type[Event]) -> list[Event]:
        """The events of this bureau in the order in which they were published, all or of these kinds."""
        async with self.worker_db.transaction() as session:
            bodies = (await session.scalars(select(outbox.c.body).order_by(outbox.c.position))).all()
        events = [from_wire(body) for body in bodies]
        return [
            event for event in events if event.bureau_id == self.id and (not kinds or type(event) in kinds)
        ]

    def person(self, customer: CustomerEvent, **overrides: Any) -> dict[str, str]:
        """The customer's main contact, logged in with the invited address and no hat."""
        assert customer.main_contact is not None
        claims = {"email": customer.main_contact.email, "name": customer.main_contact.name}
        return self.tokens.bearer(**{**claims, **overrides})

    async def accepts(
        self, invitation: dict[str, Any], person: dict[str, str], **body: Any
    ) -> httpx.Response:
        return await self.post(f"/invitations/{invitation['id']}/accept", body or None, by=person)


def member(kind: type[MemberEvent], **overrides: Any) -> MemberEvent:
    fields = {"name": "Karin Ström", "email": "karin@kund.example", "language": "sv", "role": "administrator"}
    return kind(**{**fields, **overrides})


def mail(event: type[MailEvent], bureau: BureauUnderTest, invitation_id: str, **overrides: Any) -> MailEvent:
    """The news of a mail that carries the invitation."""
    fields = {"bureau_id": bureau.id, "about": "invitation", "about_id": invitation_id}
    return event(**{**fields, "mail_id": uuid7(), "kind": "invitation", **overrides})


def refused(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]
