"""A bureau with its people and customers, told to the service by events as the other services would."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from shared.bus.consumer import Consumer
from shared.events import Event, from_wire
from shared.events.identity import (
    ContactAdded,
    CustomerRegistered,
    EmployeeAdded,
    EmployeeDeactivated,
    MemberAdded,
)
from shared.events.invitations import CollaborationEnded, CollaborationOpened
from shared.ids import uuid7
from tests.conftest import Tokens

Headers = dict[str, str]
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 40


@dataclass
class Employed:
    id: UUID
    user_id: UUID
    name: str
    headers: Headers


@dataclass
class Person:
    """A contact of a customer who is also a member of its account."""

    contact_id: UUID
    user_id: UUID
    name: str
    headers: Headers


@dataclass
class Customer:
    id: UUID
    account_id: UUID
    name: str
    people: list[Person] = field(default_factory=list)
    collaboration_id: UUID = field(default_factory=uuid7)


class World:
    def __init__(self, client: httpx.AsyncClient, consumer: Consumer, tokens: Tokens) -> None:
        self.client, self.consumer, self.tokens = client, consumer, tokens
        self.bureau_id = uuid7()

    async def told(self, *events: Event) -> None:
        for event in events:
            for queue, reaction in self.consumer.reactions.items():
                if type(event) in reaction.events:
                    await self.consumer.deliver(queue, [event.to_wire()])

    async def employee(self, name: str = "Anna Ek", *, customers: str = "full") -> Employed:
        employee_id, user_id, email = uuid7(), uuid7(), f"{uuid7()}@byran.example"
        await self.told(EmployeeAdded(**self._employee(employee_id, user_id, name, email, customers)))
        headers = self.tokens.employee(
            self.bureau_id,
            employee_id=employee_id,
            user_id=user_id,
            email=email,
            name=name,
            customers=customers,
        )
        return Employed(employee_id, user_id, name, headers)

    async def deactivated(self, employee: Employed, *, transfer_to: UUID | None = None) -> None:
        row = self._employee(employee.id, employee.user_id, employee.name, "gone@byran.example", "full")
        await self.told(EmployeeDeactivated(**row | {"sequence": 2}, transfer_to=transfer_to))

    async def customer(
        self, responsible: Employed, *, people: int = 1, account_id: UUID | None = None
    ) -> Customer:
        customer = Customer(uuid7(), account_id or uuid7(), "Bageriet AB")
        await self.told(
            CustomerRegistered(
                bureau_id=self.bureau_id,
                customer_id=customer.id,
                number=str(customer.id)[-6:],
                name=customer.name,
                kind="company",
                organisation_number="5560360793",
                active=True,
                responsible_id=responsible.id,
                participant_ids=[],
                main_contact=None,
                failing_points=[],
            )
        )
        collaboration = {"collaboration_id": customer.collaboration_id, "customer_id": customer.id}
        await self.told(
            CollaborationOpened(bureau_id=self.bureau_id, account_id=customer.account_id, **collaboration)
        )
        for number in range(people):
            customer.people.append(await self.person(customer, name=f"Karin{number} Berg"))
        return customer

    async def ended(self, customer: Customer) -> None:
        await self.told(
            CollaborationEnded(
                bureau_id=self.bureau_id,
                collaboration_id=customer.collaboration_id,
                customer_id=customer.id,
                account_id=customer.account_id,
                sequence=2,
            )
        )

    async def person(self, customer: Customer, *, name: str = "Karin Berg", role: str = "user") -> Person:
        contact_id, user_id, email = uuid7(), uuid7(), f"{uuid7()}@kunden.example"
        await self.told(
            ContactAdded(
                bureau_id=self.bureau_id,
                contact_id=contact_id,
                customer_id=customer.id,
                name=name,
                email=email,
                language="sv",
            ),
            MemberAdded(
                account_id=customer.account_id,
                user_id=user_id,
                name=name,
                email=email,
                language="sv",
                role=role,
            ),
        )
        headers = self.tokens.member(customer.account_id, role=role, user_id=user_id, email=email, name=name)
        return Person(contact_id, user_id, name, headers)

    async def case(self, by: Employed, customer: Customer, **fields: Any) -> dict[str, Any]:
        """A question that was sent to all people of the customer; fields of the body can be replaced."""
        body = {
            "customer_id": str(customer.id),
            "type": "question",
            "subject": "Kvitto från mars",
            "body": "Vad är detta köp?",
            "participant_ids": [str(person.contact_id) for person in customer.people],
            "send": True,
            **fields,
        }
        answer = await self.client.post("/v1/cases", json=body, headers=by.headers)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def get(self, case: dict[str, Any], headers: Headers) -> dict[str, Any]:
        answer = await self.client.get(f"/v1/cases/{case['id']}", headers=headers)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def post(
        self, case: dict[str, Any], path: str, headers: Headers, body: Any = None
    ) -> httpx.Response:
        return await self.client.post(f"/v1/cases/{case['id']}/{path}", json=body, headers=headers)

    async def file(self, case: dict[str, Any], headers: Headers, **form: str) -> dict[str, Any]:
        """A text file that was added to the case; no two have the same content."""
        answer = await self.client.post(
            f"/v1/cases/{case['id']}/files",
            files={"file": ("rapport.txt", f"Summa {uuid7()}".encode(), "text/plain")},
            data=form,
            headers=headers,
        )
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def events(self, case: dict[str, Any]) -> list[Any]:
        """What was published about a case, oldest first."""
        async with self.consumer.database.transaction() as session:
            rows = await session.execute(text("select body from outbox order by position"))
            published = [from_wire(bytes(row.body)) for row in rows]
        return [event for event in published if str(getattr(event, "case_id", "")) == case["id"]]

    def _employee(
        self, employee_id: UUID, user_id: UUID, name: str, email: str, customers: str
    ) -> dict[str, Any]:
        return {
            "bureau_id": self.bureau_id,
            "employee_id": employee_id,
            "user_id": user_id,
            "name": name,
            "email": email,
            "language": "sv",
            "account_role": "administrator",
            "maintenance": "full",
            "customers": customers,
        }


async def upload(
    world: World,
    case: dict[str, Any],
    headers: Headers,
    content: bytes = PDF,
    *,
    name: str = "årsredovisning 2026.pdf",
    item_id: str | None = None,
    client: httpx.AsyncClient | None = None,
) -> httpx.Response:
    fields = {"item_id": item_id} if item_id else {}
    return await (client or world.client).post(
        f"/v1/cases/{case['id']}/files",
        files={"file": (name, content, "application/octet-stream")},
        data=fields,
        headers=headers,
    )


def stored(folder: Path) -> set[Path]:
    """The files that lie in the service's folder."""
    return {path for path in folder.rglob("*") if path.is_file()}
