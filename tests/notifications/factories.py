"""A bureau, its customer and their people, told as the other services tell of them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import func, select, text, update

from services.notifications.mails.tables import Mail, MailAttempt
from shared.bus.consumer import Consumer
from shared.database.engine import Database
from shared.database.tables import dead_letters, outbox
from shared.events import Event, from_wire
from shared.events.billing import InvoiceIssued
from shared.events.cases import CaseEvent, MessagePosted
from shared.events.identity import (
    BureauRegistered,
    CustomerRegistered,
    EmployeeAdded,
    EmployeeEvent,
    MemberAdded,
    MemberEvent,
    UserRegistered,
)
from shared.events.invitations import InvitationMailed, InvitationSent
from shared.ids import uuid7
from tests.conftest import Tokens


class Bureau:
    name = "Söderbyrån AB"

    def __init__(
        self, consumer: Consumer, database: Database, client: httpx.AsyncClient, tokens: Tokens
    ) -> None:
        self.consumer, self.database, self.client, self.tokens = consumer, database, client, tokens
        self.id, self.customer_id, self.account_id, self.case_id = uuid7(), uuid7(), uuid7(), uuid7()
        self.employee_user, self.member_user = uuid7(), uuid7()

    async def known(self) -> "Bureau":
        await self.tell("track-bureau", self.registered())
        await self.tell("track-customer", self.customer())
        await self.tell("track-employee", self.employee())
        await self.tell("track-member", self.member())
        return self

    async def tell(self, queue: str, *events: Event) -> None:
        await self.consumer.deliver(f"notifications.{queue}", [event.to_wire() for event in events])

    async def mails(self) -> Sequence[Mail]:
        wanted = select(Mail).where(Mail.bureau_id == self.id).order_by(Mail.due_at, Mail.id)
        async with self.database.transaction() as session:
            return (await session.scalars(wanted)).all()

    async def attempts(self) -> Sequence[MailAttempt]:
        wanted = select(MailAttempt).where(MailAttempt.bureau_id == self.id).order_by(MailAttempt.id)
        async with self.database.transaction() as session:
            return (await session.scalars(wanted)).all()

    async def make_due(self) -> None:
        """As if the time until the next attempt, or of the lease, had passed."""
        async with self.database.transaction() as session:
            await session.execute(update(Mail).where(Mail.bureau_id == self.id).values(due_at=func.now()))

    async def waits(self) -> list[float]:
        """Seconds until each waiting mail is due, from when it was added."""
        wanted = (
            select(func.extract("epoch", Mail.due_at - Mail.added_at))
            .where(Mail.bureau_id == self.id)
            .order_by(Mail.due_at)
        )
        async with self.database.transaction() as session:
            return [round(float(seconds)) for seconds in await session.scalars(wanted)]

    async def published(self) -> list[Event]:
        async with self.database.transaction() as session:
            bodies = await session.scalars(select(outbox.c.body).order_by(outbox.c.position))
        return [event for event in map(from_wire, bodies) if event.bureau_id == self.id]

    async def waiting_reactions(self, event: Event) -> list[str]:
        wanted = select(dead_letters.c.cause).where(dead_letters.c.event_id == event.id)
        async with self.database.transaction() as session:
            return list(await session.scalars(wanted))

    async def everything_stored(self) -> str:
        """Every row of every table, as text, to look for what must not be there."""
        async with self.database.transaction() as session:
            tables = await session.scalars(
                text("select tablename from pg_tables where schemaname = 'public'")
            )
            rows = [
                await session.scalar(text(f'select string_agg(t::text, chr(10)) from "{table}" t'))  # noqa: S608 - names from the catalogue
                for table in tables
                if not table.startswith("alembic")
            ]
        return "\n".join(filter(None, rows))

    def as_employee(self, **claims: Any) -> dict[str, str]:
        return self.tokens.employee(self.id, **{"user_id": self.employee_user, **claims})

    def as_member(self) -> dict[str, str]:
        return self.tokens.member(self.account_id, user_id=self.member_user)

    def registered(self, **overrides: Any) -> BureauRegistered:
        fields = {
            "bureau_id": self.id,
            "name": self.name,
            "organisation_number": "5560360793",
            "email": f"post-{self.id}@byran.example",
            "language": "sv",
            "street": "Storgatan 1",
            "postal_code": "111 22",
            "city": "Stockholm",
            "country": "SE",
        }
        return BureauRegistered(**{**fields, **overrides})

    def customer(self, **overrides: Any) -> CustomerRegistered:
        fields = {
            "bureau_id": self.id,
            "customer_id": self.customer_id,
            "number": "1001",
            "name": "Ek & Son HB",
            "kind": "company",
            "organisation_number": "5560360793",
            "active": True,
            "responsible_id": uuid7(),
            "participant_ids": [],
            "main_contact": None,
            "failing_points": [],
        }
        return CustomerRegistered(**{**fields, **overrides})

    def employee(self, kind: type[EmployeeEvent] = EmployeeAdded, **overrides: Any) -> EmployeeEvent:
        fields = {
            "bureau_id": self.id,
            "employee_id": uuid7(),
            "user_id": self.employee_user,
            "name": "Anna Ek",
            "email": f"anna-{self.employee_user}@byran.example",
            "language": "sv",
            "account_role": "administrator",
            "maintenance": "full",
            "customers": "full",
        }
        return kind(**{**fields, **overrides})

    def member(self, kind: type[MemberEvent] = MemberAdded, **overrides: Any) -> MemberEvent:
        fields = {
            "account_id": self.account_id,
            "user_id": self.member_user,
            "name": "Åsa Ek",
            "email": f"asa-{overrides.get('user_id', self.member_user)}@kund.example",
            "language": "en",
            "role": "administrator",
        }
        return kind(**{**fields, **overrides})

    def case(self, kind: type[CaseEvent] = MessagePosted, **overrides: Any) -> CaseEvent:
        to_customer = overrides.get("by", "bureau") == "bureau"
        fields = {
            "bureau_id": self.id,
            "case_id": self.case_id,
            "customer_id": self.customer_id,
            "number": "2026-000123",
            "case_type": "question",
            "status": "waiting_for_customer",
            "account_id": self.account_id,
            "by": "bureau",
            "recipient_ids": [self.member_user if to_customer else self.employee_user],
            "message_id": uuid7(),
            "item_id": uuid7(),
            "assignee_id": uuid7(),
        }
        return kind(**{**fields, **overrides})

    def invitation(self, kind: type[InvitationMailed] = InvitationSent, **overrides: Any) -> InvitationMailed:
        fields = {
            "bureau_id": self.id,
            "invitation_id": uuid7(),
            "customer_id": self.customer_id,
            "customer_name": "Ek & Son HB",
            "contact_id": uuid7(),
            "contact_name": "Åsa Ek",
            "email": f"asa-{uuid7()}@kund.example",
            "language": "sv",
            "message": None,
            "expires_at": datetime(2026, 4, 30, 10, tzinfo=UTC),
        }
        return kind(**{**fields, **overrides})

    def invoice(self, **overrides: Any) -> InvoiceIssued:
        fields = {
            "bureau_id": self.id,
            "invoice_id": uuid7(),
            "number": "10042",
            "month": "2026-03",
            "quantity": 10,
            "amount": 98760,
            "vat": 24690,
            "total": 123450,
            "due_on": date(2026, 5, 30),
        }
        return InvoiceIssued(**{**fields, **overrides})


def user(**overrides: Any) -> UserRegistered:
    fields: dict[str, Any] = {
        "user_id": uuid7(),
        "name": "Åsa Ek",
        "email": f"asa-{uuid7()}@kund.example",
        "language": "sv",
        "verification_id": uuid7(),
    }
    return UserRegistered(**{**fields, **overrides})


async def mail_to(database: Database, user_id: UUID) -> Sequence[Mail]:
    async with database.transaction() as session:
        return (await session.scalars(select(Mail).where(Mail.user_id == user_id))).all()
