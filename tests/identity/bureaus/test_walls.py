"""What belongs to one bureau does not exist for another."""

from typing import Any

import httpx
from sqlalchemy import select

from services.identity.bureaus.tables import Bureau, Employee
from services.identity.customers.tables import Customer
from shared.ids import uuid7
from tests.conftest import Tokens
from tests.identity.customers.factories import new_customer
from tests.identity.factories import Office, Register


async def test_the_wall_between_two_bureaus(office: Office, other_office: Office) -> None:
    employee, _ = await office.employ()
    path, stranger = f"/v1/employees/{employee['id']}", other_office.admin
    answers = [
        await stranger.call("GET", path),
        await stranger.call("PATCH", path, json={"name": "X"}, version=1),
        await stranger.call("POST", f"{path}/deactivate"),
        await stranger.call("GET", f"/v1/bureaus/{office.id}"),
        await other_office.admin.call(
            "POST",
            f"/v1/employees/{(await other_office.employ())[0]['id']}/deactivate",
            json={"transfer_to": employee["id"]},
        ),
    ]
    assert [each.status_code for each in answers] == [404] * 5
    assert (await office.admin.call("GET", path)).json() == employee
    ids = {each["id"] for each in (await stranger.call("GET", "/v1/employees")).json()["items"]}
    assert employee["id"] not in ids


async def test_row_level_security_holds_without_our_queries(
    app: Any, office: Office, other_office: Office, register: Register
) -> None:
    await new_customer(office.admin)
    for database in (app.state.database, register.worker_db):
        async with database.transaction() as session:
            assert (await session.scalars(select(Employee.id))).all() == []
            assert (await session.scalars(select(Bureau.id))).all() == []
            assert (await session.scalars(select(Customer.id))).all() == []
        async with database.transaction(bureau_id=office.bureau_id) as session:
            assert set(await session.scalars(select(Employee.bureau_id))) == {office.bureau_id}
            assert (await session.scalars(select(Bureau.id))).all() == [office.bureau_id]
            assert len((await session.scalars(select(Customer.id))).all()) == 1


async def test_a_made_up_employee_of_the_bureau_is_bound_by_its_token(
    client: httpx.AsyncClient, tokens: Tokens, office: Office
) -> None:
    foreign = tokens.employee(uuid7())
    assert (await client.get("/v1/employees", headers=foreign)).json()["items"] == []
