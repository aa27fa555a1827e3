"""Customers, contacts and register files, with overrides."""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from shared.database.engine import Database
from shared.ids import uuid7
from tests.identity.factories import Office, Person, organisation_number

HEADER = (
    "number;name;kind;organisation_number;street;postal_code;city;country;"
    "contact_name;contact_email;contact_phone;responsible_email;active"
)
ADDRESS = {"street": "Ågatan 12", "postal_code": "664 64", "city": "Malmö", "country": "SE"}


def customer_body(**changes: Any) -> dict[str, Any]:
    return {
        "number": uuid7().hex[-10:],
        "name": "Örebro Motor AB",
        "kind": "company",
        "organisation_number": organisation_number(),
        "address": ADDRESS,
        **changes,
    }


async def new_customer(by: Person, **changes: Any) -> dict[str, Any]:
    answer = await by.call("POST", "/v1/customers", json=customer_body(**changes))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def new_contact(by: Person, customer_id: str, **changes: Any) -> dict[str, Any]:
    body = {"name": "Fatima Åkesson", "email": f"fatima.{uuid7().hex[-8:]}@kund.example", **changes}
    answer = await by.call("POST", f"/v1/customers/{customer_id}/contacts", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def ready_customer(by: Person, **changes: Any) -> dict[str, Any]:
    customer = await new_customer(by, **changes)
    await new_contact(by, customer["id"])
    return await read(by, customer["id"])


async def read(by: Person, customer_id: str) -> dict[str, Any]:
    answer = await by.call("GET", f"/v1/customers/{customer_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def line(number: str, **changes: str) -> str:
    """One line of a register file, by the header's names."""
    cells = {
        "number": number,
        "name": f"Kund {number} AB",
        "kind": "company",
        "organisation_number": organisation_number(),
        "street": "Storgatan 1",
        "postal_code": "111 22",
        "city": "Örebro",
        "country": "SE",
        "contact_name": f"Åke {number}",
        "contact_email": f"ake@kund{number}.example",
        "contact_phone": "08-123 45 67",
        "responsible_email": "",
        "active": "ja",
        **changes,
    }
    return ";".join(cells[name] for name in HEADER.split(";"))


def register_file(*lines: str) -> bytes:
    return "\r\n".join([HEADER, *lines, ""]).encode()


async def upload(by: Person, body: bytes, **headers: str) -> Any:
    headers = {**by.bearer, "Content-Type": "text/csv", **headers}
    return await by.client.post("/v1/customers/import", content=body, headers=headers)


async def customers_of(by: Person, **params: Any) -> list[dict[str, Any]]:
    """All pages of the list."""
    items: list[dict[str, Any]] = []
    params = {"limit": 200, **params}
    while True:
        answer = await by.call("GET", "/v1/customers", params=params)
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        if answer.json()["next"] is None:
            return items
        params["cursor"] = answer.json()["next"]


async def points_of(by: Person) -> dict[str, list[dict[str, Any]]]:
    checklist = (await by.call("GET", "/v1/activation-checklist")).json()
    return {point["code"]: point["customers"] for point in checklist["points"]}


async def age(worker_db: Database, office: Office, customer_id: str, *, days: int) -> None:
    """As if the customer had been registered so long ago, and nothing had happened since."""
    async with worker_db.transaction(bureau_id=office.bureau_id) as session:
        statement = "update customers set created_at = now() - make_interval(days => :days) where id = :id"
        await session.execute(text(statement), {"days": days, "id": UUID(customer_id)})
