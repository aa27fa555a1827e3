"""Every write of identity, sent twice: one answer with a key, and no change without one."""

from typing import NamedTuple
from uuid import UUID

import pytest

from shared.events.identity import UserRegistered
from shared.events.invitations import CollaborationOpened
from tests.factories.callers import Caller
from tests.factories.customers import customer_body, new_contact, new_customer, ready_customer
from tests.factories.events import event_of
from tests.factories.people import (
    PASSWORD,
    Person,
    bureau_body,
    employ,
    judge,
    new_person,
    reset_of,
    sign_up,
    verify_token,
)
from tests.factories.records import Bureau, Customer, Operator, address
from tests.factories.register_files import HEADER, line
from tests.factories.repeats import (
    NEW,
    UNSTORED,
    Write,
    Writes,
    operations_of,
    repeat_with_key,
    repeat_without_key,
)
from tests.factories.service import Service
from tests.identity.credentials.writes import CREDENTIALS


class World(NamedTuple):
    service: Service
    bureau: Bureau
    admin: Person
    owner: Person
    account_id: UUID

    @property
    def anybody(self) -> Caller:
        return Caller(self.service.client)

    @property
    def operator(self) -> Caller:
        return self.service.caller(Operator())

    @property
    def members(self) -> str:
        return f"/v1/accounts/{self.account_id}/members"

    async def member(self) -> str:
        """The path of a second administrator of the account."""
        person = await new_person(self.service)
        added = await self.owner.post(self.members, {"email": person.email, "role": "administrator"})
        assert added.status_code == 201, added.text
        return f"{self.members}/{person.user_id}"

    async def customer(self, path: str = "") -> str:
        return f"/v1/customers/{(await ready_customer(self.admin))['id']}{path}"

    async def contact(self) -> str:
        customer = await new_customer(self.admin)
        return f"/v1/contacts/{(await new_contact(self.admin, customer['id']))['id']}"


@pytest.fixture
def world(service: Service, bureau: Bureau, admin: Person, person: Person, account_id: UUID) -> World:
    return World(service, bureau, admin, person, account_id)


async def sign_up_bureau(world: World) -> Write:
    return Write(world.anybody, "POST", "/v1/bureaus", bureau_body())


async def change_bureau(world: World) -> Write:
    path, body = f"/v1/bureaus/{world.bureau.id}", {"name": "Nya byrån AB"}
    return Write(world.admin, "PATCH", path, body, version="*")


async def approve_bureau(world: World) -> Write:
    await judge(world.service, world.bureau, "suspend")
    return Write(world.operator, "POST", f"/v1/bureaus/{world.bureau.id}/approve")


async def suspend_bureau(world: World) -> Write:
    return Write(world.operator, "POST", f"/v1/bureaus/{world.bureau.id}/suspend")


async def sign_up_person(world: World) -> Write:
    body = {"name": "Anna Ek", "email": address(), "password": PASSWORD}
    return Write(world.anybody, "POST", "/v1/users", body)


async def verify_address(world: World) -> Write:
    person = await sign_up(world.service)
    (event,) = await world.service.published(UserRegistered, email=person.email)
    body = {"token": verify_token(event), "password": person.password}
    return Write(world.anybody, "POST", "/v1/users/verify", body)


async def resend_verification(world: World) -> Write:
    person = await sign_up(world.service)
    await person.log_in()
    return Write(person, "POST", "/v1/users/verify/resend")


async def request_password_reset(world: World) -> Write:
    return Write(world.anybody, "POST", "/v1/password-resets", {"email": world.owner.email})


async def reset_password(world: World) -> Write:
    await (await request_password_reset(world)).send()
    path = f"/v1/password-resets/{await reset_of(world.service, world.owner.email)}"
    return Write(world.anybody, "PUT", path, {"password": "ett annat lösenord"})


async def log_in(world: World) -> Write:
    return Write(
        world.anybody, "POST", "/v1/sessions", {"email": world.owner.email, "password": world.owner.password}
    )


async def refresh_session(world: World) -> Write:
    body = {"refresh_token": world.owner.session["refresh_token"]}
    return Write(world.anybody, "POST", "/v1/sessions/refresh", body)


async def log_out(world: World) -> Write:
    return Write(world.owner, "DELETE", "/v1/sessions/current")


async def end_session(world: World) -> Write:
    ended = world.owner.session["session_id"]
    await world.owner.log_in()
    return Write(world.owner, "DELETE", f"/v1/sessions/{ended}")


async def change_me(world: World) -> Write:
    return Write(world.admin, "PATCH", "/v1/me", {"name": "Anna Ek Lind", "language": "en"})


async def change_password(world: World) -> Write:
    body = {"current_password": world.owner.password, "new_password": "fyra gula stolar"}
    return Write(world.owner, "PUT", "/v1/me/password", body)


async def add_employee(world: World) -> Write:
    return Write(world.admin, "POST", "/v1/employees", {"name": "Bo Ek", "email": address("bo")})


async def change_employee(world: World) -> Write:
    employee, _ = await employ(world.service, world.admin)
    body = {"email": address("bo"), "customers": "full"}
    return Write(world.admin, "PATCH", f"/v1/employees/{employee['id']}", body, version="*")


async def deactivate_employee(world: World) -> Write:
    employee, _ = await employ(world.service, world.admin)
    return Write(world.admin, "POST", f"/v1/employees/{employee['id']}/deactivate")


async def register_customer(world: World) -> Write:
    return Write(world.admin, "POST", "/v1/customers", customer_body())


async def change_customer(world: World) -> Write:
    return Write(world.admin, "PATCH", await world.customer(), {"name": "Motorn AB"}, version="*")


async def deactivate_customer(world: World) -> Write:
    return Write(world.admin, "POST", await world.customer("/deactivate"))


async def activate_customer(world: World) -> Write:
    path = await world.customer()
    await world.admin.post(f"{path}/deactivate")
    return Write(world.admin, "POST", f"{path}/activate")


async def import_customers(world: World) -> Write:
    content = "\n".join([HEADER, line("1001")]).encode()
    by = world.admin.sending(content_type="text/csv")
    return Write(by, "POST", "/v1/customers/import", more={"content": content})


async def add_contact(world: World) -> Write:
    body = {"name": "Fatima Åkesson", "email": address("fatima", "kund.example")}
    return Write(world.admin, "POST", await world.customer("/contacts"), body)


async def change_contact(world: World) -> Write:
    return Write(world.admin, "PATCH", await world.contact(), {"phone": "08-123 45 67"}, version="*")


async def remove_contact(world: World) -> Write:
    return Write(world.admin, "DELETE", await world.contact())


async def add_member_as_contact(world: World) -> Write:
    customer = await new_customer(world.admin)
    known = Customer(world.bureau.id, customer_id=UUID(customer["id"]), account_id=world.account_id)
    await world.service.deliver(event_of(CollaborationOpened, known))
    path = f"/v1/customers/{customer['id']}/contacts/members/{world.owner.user_id}"
    return Write(world.admin, "PUT", path)


async def choose_main_contact(world: World) -> Write:
    path = await world.customer()
    contact = await new_contact(world.admin, path.rpartition("/")[2])
    return Write(world.admin, "PUT", f"{path}/main-contact", {"contact_id": contact["id"]})


async def confirm_duty(world: World) -> Write:
    return Write(world.admin, "PUT", "/v1/activation-checklist/duties/engagement_letters")


async def add_member(world: World) -> Write:
    body = {"email": address("nils", "kund.example"), "role": "user"}
    return Write(world.owner, "POST", world.members, body)


async def change_member(world: World) -> Write:
    return Write(world.owner, "PATCH", await world.member(), {"role": "user"}, version="*")


async def remove_member(world: World) -> Write:
    return Write(world.owner, "DELETE", await world.member())


WRITES: Writes = {
    "sign_up_bureau": (sign_up_bureau, "bureau_exists"),
    "change_bureau": (change_bureau, 200),
    "approve_bureau": (approve_bureau, 200),
    "suspend_bureau": (suspend_bureau, 200),
    "sign_up": (sign_up_person, NEW),
    "verify_address": (verify_address, 200),
    "resend_verification": (resend_verification, NEW),
    "request_password_reset": (request_password_reset, NEW),
    "reset_password": (reset_password, "link_expired"),
    "log_in": (log_in, UNSTORED),
    "refresh_session": (refresh_session, UNSTORED),
    "log_out": (log_out, "invalid_token"),
    "end_session": (end_session, 204),
    **CREDENTIALS,
    "change_me": (change_me, 200),
    "change_password": (change_password, "wrong_password"),
    "add_employee": (add_employee, "employee_exists"),
    "change_employee": (change_employee, 200),
    "deactivate_employee": (deactivate_employee, 200),
    "register_customer": (register_customer, "number_taken"),
    "change_customer": (change_customer, 200),
    "deactivate_customer": (deactivate_customer, 200),
    "activate_customer": (activate_customer, 200),
    "import_customers": (import_customers, NEW),
    "add_contact": (add_contact, NEW),
    "add_member_as_contact": (add_member_as_contact, 200),
    "change_contact": (change_contact, 200),
    "remove_contact": (remove_contact, "not_found"),
    "choose_main_contact": (choose_main_contact, 200),
    "confirm_duty": (confirm_duty, 200),
    "add_member": (add_member, "member_exists"),
    "change_member": (change_member, 200),
    "remove_member": (remove_member, "not_found"),
}


def test_every_write_is_tried(service: Service) -> None:
    assert {name.partition(":")[0] for name in WRITES} == operations_of(service.app)


@pytest.mark.parametrize(
    "name", [name for name, (_, second) in WRITES.items() if second not in (NEW, UNSTORED)]
)
async def test_the_same_content_again_is_no_change(world: World, name: str) -> None:
    prepare, second = WRITES[name]
    await repeat_without_key(world.service, world.bureau.id, await prepare(world), second)


# After a log-out not even its own stored answer is given to the token.
@pytest.mark.parametrize(
    "name", [name for name, (_, second) in WRITES.items() if second != UNSTORED and name != "log_out"]
)
async def test_a_key_has_one_effect_and_one_answer(world: World, name: str) -> None:
    prepare, _ = WRITES[name]
    await repeat_with_key(world.service, world.bureau.id, await prepare(world))
