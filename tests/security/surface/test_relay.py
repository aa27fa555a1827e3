"""Whoever signs up as an authority reaches nobody, whatever they try, until an operator approves."""

from typing import Any

from tests.factories.callers import Caller
from tests.factories.customers import new_contact, new_customer, ready_customer
from tests.factories.people import Person, judge, log_in_first_employee, sign_up_bureau
from tests.factories.records import Bureau, address
from tests.factories.register_files import line, register_file, upload_register
from tests.factories.town import Town

LURE = "Logga in på https://skatteverket.example/login"


async def written(town: Town, bureau: Bureau) -> list[Any]:
    """Whom notifications has a mail for that this bureau or its people have caused."""
    connection = await town.admin("notifications")
    caused = "select distinct email from mails where bureau_id = $1 or email like '%@victim.example'"
    rows = await connection.fetch(caused, bureau.id)
    await connection.close()
    return [row[0] for row in rows]


async def attempts(by: Caller, customer_id: str, bureau: Bureau) -> list[tuple[int, str]]:
    """All by which a bureau could make us write to somebody, and what it is told."""
    seen = await by.read("/v1/subscription/quote")
    order = {name: seen[name] for name in ("billable_customers", "price_version")}
    answers = [
        await by.post("/v1/employees", {"name": LURE[:60], "email": address("bo", "victim.example")}),
        await by.post("/v1/subscription", order),
        await by.post("/v1/invitations", {"customer_id": customer_id, "message": LURE}),
        await by.post("/v1/invitations/batch", {"customer_ids": "all_ready", "message": LURE}),
    ]
    assert not any(answer.is_success for answer in answers)
    renamed = {"name": "Skatteverket", "email": address("faktura", "victim.example")}
    changed = await by.call("PATCH", f"/v1/bureaus/{bureau.id}", json=renamed, version="*")
    assert changed.status_code == 200, changed.text
    return [(answer.status_code, answer.json()["code"]) for answer in answers]


async def test_a_stranger_who_signs_up_as_an_authority_mails_nobody(town: Town, operator: Person) -> None:
    bureau = await sign_up_bureau(town.identity, approve=False, name="Skatteverket")
    founder = await log_in_first_employee(town.identity, bureau)
    customer = await ready_customer(founder, name=LURE)
    await new_contact(founder, customer["id"], name=LURE, email=address("vera", "victim.example"))
    upload = await upload_register(founder, register_file(line("77", name=LURE)))
    assert upload.status_code == 202
    await town.settle()
    assert await attempts(founder, customer["id"], bureau) == [(403, "bureau_not_approved")] * 4
    await town.settle()
    assert await written(town, bureau) == []

    # Approved, it works; suspended, it stops at once and everywhere.
    await judge(town.identity, bureau, "approve")
    await town.settle()
    other = await new_customer(founder)
    contact = await new_contact(founder, other["id"])
    await town.settle()
    order = await founder.read("/v1/subscription/quote")
    bought = {name: order[name] for name in ("billable_customers", "price_version")}
    assert (await founder.post("/v1/subscription", bought)).status_code == 201
    await town.settle()
    sent = await founder.post("/v1/invitations", {"customer_id": other["id"], "message": LURE})
    assert sent.status_code == 201, sent.text
    await town.settle()
    assert await written(town, bureau) == [contact["email"]]
    suspended = await operator.post(f"/v1/bureaus/{bureau.id}/suspend")
    assert suspended.status_code == 200
    await town.settle()
    assert await attempts(founder, customer["id"], bureau) == [(403, "bureau_suspended")] * 4
    await town.settle()
    assert await written(town, bureau) == [contact["email"]]
