"""An account is called as the bureau's register calls the customer."""

from uuid import UUID

from shared.events.invitations import CollaborationOpened
from tests.factories.customers import new_customer
from tests.factories.events import event_of
from tests.factories.people import Person
from tests.factories.records import Bureau, Customer
from tests.factories.register_files import line, register_file
from tests.factories.service import Service
from tests.identity.imports.test_imports import run


async def collaborate(service: Service, bureau: Bureau, customer_id: str, account_id: UUID) -> None:
    known = Customer(bureau.id, customer_id=UUID(customer_id), account_id=account_id)
    await service.deliver(event_of(CollaborationOpened, known))


async def name_of(person: Person, account_id: UUID) -> str:
    hats = (await person.read("/v1/me"))["hats"]
    (name,) = [hat["account_name"] for hat in hats if hat.get("account_id") == str(account_id)]
    return str(name)


async def rename(admin: Person, customer_id: str, name: str, *, version: int) -> None:
    path = f"/v1/customers/{customer_id}"
    answer = await admin.call("PATCH", path, version=version, json={"name": name})
    assert answer.status_code == 200, answer.text


async def test_the_account_of_a_renamed_customer_is_renamed(
    service: Service, bureau: Bureau, admin: Person, person: Person, account_id: UUID
) -> None:
    stranger = await new_customer(admin, name="Bageriet AB")
    await rename(admin, stranger["id"], "Konditoriet AB", version=1)
    assert await name_of(person, account_id) == "Bageriet AB"
    customer = await new_customer(admin, name="Bageriet AB")
    await collaborate(service, bureau, customer["id"], account_id)
    await rename(admin, customer["id"], "Nya Bageriet AB", version=1)
    assert await name_of(person, account_id) == "Nya Bageriet AB"


async def test_another_bureau_s_customer_of_another_name_renames_nothing(
    service: Service, other_bureau: Bureau, other_admin: Person, person: Person, account_id: UUID
) -> None:
    customer = await new_customer(other_admin, name="Bageri, Storgatan")
    await collaborate(service, other_bureau, customer["id"], account_id)
    await rename(other_admin, customer["id"], "Bageri, Lillgatan", version=1)
    assert await name_of(person, account_id) == "Bageriet AB"


async def test_an_import_renames_too(
    service: Service, bureau: Bureau, admin: Person, person: Person, account_id: UUID
) -> None:
    first = line("1")
    await run(service, admin, register_file(first))
    (customer,) = (await admin.read("/v1/customers"))["items"]
    await rename(admin, customer["id"], "Bageriet AB", version=1)
    await collaborate(service, bureau, customer["id"], account_id)
    await run(service, admin, register_file(first))
    assert await name_of(person, account_id) == customer["name"]
