"""What belongs to one bureau does not exist for another."""

from sqlalchemy import select, update

from services.identity.bureaus import tables
from services.identity.customers.tables import Customer
from shared.ids import uuid7
from tests.factories.callers import failing_field
from tests.factories.customers import new_customer
from tests.factories.people import Person, employ
from tests.factories.records import Bureau, Employee
from tests.factories.service import Service


async def test_the_wall_between_two_bureaus(
    service: Service, bureau: Bureau, admin: Person, other_admin: Person
) -> None:
    employee, _ = await employ(service, admin)
    path, stranger = f"/v1/employees/{employee['id']}", other_admin
    answers = [
        await stranger.get(path),
        await stranger.call("PATCH", path, json={"name": "X"}, version=1),
        await stranger.post(f"{path}/deactivate"),
        await stranger.get(f"/v1/bureaus/{bureau.id}"),
    ]
    assert [each.status_code for each in answers] == [404] * 4
    leaving = (await employ(service, other_admin))[0]["id"]
    moved = await other_admin.post(f"/v1/employees/{leaving}/deactivate", {"transfer_to": employee["id"]})
    assert failing_field(moved) == (422, "transfer_to", "not_found")
    assert (await admin.get(path)).json() == employee
    ids = {each["id"] for each in (await stranger.get("/v1/employees")).json()["items"]}
    assert employee["id"] not in ids


async def test_row_level_security_holds_without_our_queries(
    service: Service, bureau: Bureau, admin: Person
) -> None:
    await new_customer(admin)
    for database in (service.app.state.database, service.database):
        async with database.transaction() as session:
            assert (await session.scalars(select(tables.Employee.id))).all() == []
            # The worker lists the bureaus, to enter one after the other.
            listed = set(await session.scalars(select(tables.Bureau.id)))
            assert bureau.id in listed if database is service.database else not listed
            assert (await session.scalars(select(Customer.id))).all() == []
        async with database.transaction(bureau_id=bureau.id) as session:
            assert set(await session.scalars(select(tables.Employee.bureau_id))) == {bureau.id}
            assert (await session.scalars(select(tables.Bureau.id))).all() == [bureau.id]
            assert len((await session.scalars(select(Customer.id))).all()) == 1
    async with service.database.transaction() as session:
        renamed = update(tables.Bureau).values(name="En annan").returning(tables.Bureau.id)
        assert (await session.scalars(renamed)).all() == []


async def test_a_made_up_employee_of_the_bureau_is_bound_by_its_token(service: Service) -> None:
    foreign = service.caller(Employee(uuid7()))
    assert (await foreign.get("/v1/employees")).json()["items"] == []
