"""Cases, and the people on both sides, whom the service knows and who are logged in."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from shared.events.cases import CaseEvent
from shared.events.identity import ContactAdded, CustomerRegistered, EmployeeAdded, MemberAdded
from shared.events.invitations import CollaborationOpened
from shared.ids import uuid7
from tests.factories.callers import Caller, bearer
from tests.factories.events import event_of
from tests.factories.records import Bureau, Contact, Customer, Employee, Member
from tests.factories.service import Service

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 40


@dataclass
class Colleague(Caller):
    """An employee of the bureau."""

    employee: Employee

    @property
    def employee_id(self) -> UUID:
        return self.employee.employee_id

    @property
    def user_id(self) -> UUID:
        return self.employee.user_id


@dataclass
class Participant(Caller):
    """A contact of a customer who is also a member of its account."""

    contact: Contact
    member: Member

    @property
    def contact_id(self) -> UUID:
        return self.contact.contact_id

    @property
    def user_id(self) -> UUID:
        return self.member.user_id

    @property
    def name(self) -> str:
        return self.member.name


@dataclass(frozen=True)
class Counterpart(Customer):
    """A customer with an open collaboration, and its people."""

    people: list[Participant] = field(default_factory=list)


async def hire(service: Service, bureau: Bureau, name: str = "Anna Ek", **overrides: Any) -> Colleague:
    employee = Employee(bureau.id, name, **overrides)
    await service.deliver(event_of(EmployeeAdded, employee))
    return Colleague(service.client, employee, headers=bearer(service.keys, employee))


async def collaborate(
    service: Service, responsible: Colleague, *, people: int = 1, **overrides: Any
) -> Counterpart:
    """A new customer of the employee's bureau, with so many people."""
    ids = {"responsible_id": responsible.employee_id, **overrides}
    customer = Counterpart(responsible.employee.bureau_id, "Bageriet AB", **ids)
    await service.deliver(event_of(CustomerRegistered, customer))
    await service.deliver(event_of(CollaborationOpened, customer))
    for number in range(people):
        customer.people.append(await join(service, customer, name=f"Karin{number} Berg"))
    return customer


async def join(
    service: Service, customer: Customer, *, name: str = "Karin Berg", role: str = "user"
) -> Participant:
    """Add a person to the customer."""
    contact = Contact(customer.bureau_id, customer.customer_id, name)
    member = Member(customer.account_id, name, email=str(contact.email), role=role)
    await service.deliver(event_of(ContactAdded, contact), event_of(MemberAdded, member))
    return Participant(service.client, contact, member, headers=bearer(service.keys, member))


async def open_case(by: Colleague, customer: Counterpart, **fields: Any) -> dict[str, Any]:
    """Open and send a question to all people of the customer; `fields` replace those of the body."""
    body = {
        "customer_id": str(customer.customer_id),
        "type": "question",
        "subject": "Kvitto från mars",
        "body": "Vad är detta köp?",
        "participant_ids": [str(person.contact_id) for person in customer.people],
        "send": True,
        **fields,
    }
    if body["type"] == "approval" and body["send"]:
        body.setdefault("statement", "Jag godkänner.")
    answer = await by.post("/v1/cases", body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def read_case(by: Caller, case: dict[str, Any]) -> dict[str, Any]:
    """The case as the caller sees it now."""
    return dict(await by.read(f"/v1/cases/{case['id']}"))


async def post(by: Caller, case: dict[str, Any], path: str, body: Any = None) -> httpx.Response:
    """POST below the case: `await post(karin, case, "messages", {"body": "Hej"})`."""
    return await by.post(f"/v1/cases/{case['id']}/{path}", body)


async def events_about(service: Service, case: dict[str, Any]) -> list[Any]:
    """The events that were published about the case, the oldest first."""
    return list(await service.published(CaseEvent, case_id=case["id"]))


async def upload(
    by: Caller,
    case: dict[str, Any],
    content: bytes = PDF,
    *,
    name: str = "årsredovisning 2026.pdf",
    **fields: str,
) -> httpx.Response:
    """`fields` are those of the form beside the file."""
    file = {"file": (name, content, "application/octet-stream")}
    return await by.call("POST", f"/v1/cases/{case['id']}/files", files=file, data=fields)


async def add_file(
    by: Caller, case: dict[str, Any], *, name: str = "rapport.txt", **fields: str
) -> dict[str, Any]:
    """Add a text file to the case. No two have the same content."""
    answer = await upload(by, case, f"Summa {uuid7()}".encode(), name=name, **fields)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def files_in(folder: Path) -> set[Path]:
    """The files that lie in the service's folder."""
    return {path for path in folder.rglob("*") if path.is_file()}
