"""A bureau's customers and contacts, made by the API of identity."""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from shared.ids import uuid7
from tests.factories.callers import Caller
from tests.factories.records import Bureau, organisation_number
from tests.factories.service import Service

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


async def new_customer(by: Caller, **changes: Any) -> dict[str, Any]:
    answer = await by.post("/v1/customers", customer_body(**changes))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def new_contact(by: Caller, customer_id: str, **changes: Any) -> dict[str, Any]:
    body = {"name": "Fatima Åkesson", "email": f"fatima.{uuid7().hex[-8:]}@kund.example", **changes}
    answer = await by.post(f"/v1/customers/{customer_id}/contacts", body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def ready_customer(by: Caller, **changes: Any) -> dict[str, Any]:
    """A customer with a main contact, so that it can be invited."""
    customer = await new_customer(by, **changes)
    await new_contact(by, customer["id"])
    return await read_customer(by, customer["id"])


async def read_customer(by: Caller, customer_id: str) -> dict[str, Any]:
    return dict(await by.read(f"/v1/customers/{customer_id}"))


async def customers_of(by: Caller, **params: Any) -> list[dict[str, Any]]:
    """All customers, page by page."""
    items: list[dict[str, Any]] = []
    params = {"limit": 200, **params}
    while True:
        page = await by.read("/v1/customers", **params)
        items += page["items"]
        if page["next"] is None:
            return items
        params["cursor"] = page["next"]


async def points_of(by: Caller) -> dict[str, list[dict[str, Any]]]:
    """The customers that fail each point of the checklist, by the point's code."""
    checklist = await by.read("/v1/activation-checklist")
    return {point["code"]: point["customers"] for point in checklist["points"]}


async def age(service: Service, bureau: Bureau, customer_id: str, *, days: int) -> None:
    """Change the row so that the customer was registered so long ago, and nothing has happened since."""
    async with service.database.transaction(bureau_id=bureau.id) as session:
        statement = "update customers set created_at = now() - make_interval(days => :days) where id = :id"
        await session.execute(text(statement), {"days": days, "id": UUID(customer_id)})
