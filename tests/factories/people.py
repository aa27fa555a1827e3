"""Persons and bureaus that sign up by the API of identity, and the tokens in their mails."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
from pydantic import SecretStr

from shared.events.identity import EmployeeAdded, PasswordResetRequested, UserRegistered
from shared.events.invitations import InvitationAccepted
from shared.links import link_token
from tests.factories.callers import Caller
from tests.factories.events import event_of
from tests.factories.keys import LINK_SECRET
from tests.factories.records import Acceptance, Bureau, Operator, address, organisation_number
from tests.factories.service import Service

SECRET = SecretStr(LINK_SECRET)
PASSWORD = "korrekt häst batteri"


@dataclass
class Person(Caller):
    """A person who can log in, and calls with the token of the latest log-in."""

    email: str
    user_id: str = ""
    password: str = PASSWORD
    session: dict[str, Any] = field(default_factory=dict)

    async def log_in(self, **act_as: Any) -> dict[str, Any]:
        """Log in, with the hat that `act_as` names (`bureau_id=…`) or with none. Returns the session."""
        answer = await self.try_log_in(act_as=act_as or None)
        assert answer.status_code == 201, answer.text
        self.session = answer.json()
        self.headers = {"Authorization": f"Bearer {self.session['access_token']}"}
        return self.session

    async def try_log_in(self, **changes: Any) -> httpx.Response:
        body = {"email": self.email, "password": self.password, **changes}
        return await self.client.post("/v1/sessions", json=body)

    @property
    def hat(self) -> dict[str, Any]:
        return dict(self.session["hat"])


def verify_token(event: UserRegistered) -> str:
    return link_token(SECRET, "verify", event.verification_id)


def reset_token(reset_id: UUID | None) -> str:
    assert reset_id is not None
    return link_token(SECRET, "password-reset", reset_id)


async def sign_up(service: Service, email: str | None = None, *, password: str = PASSWORD) -> Person:
    """Sign up a person, whose address is not verified and who is not logged in."""
    email = email or address()
    body = {"name": "Anna Ek", "email": email, "password": password}
    answer = await service.client.post("/v1/users", json=body)
    assert answer.status_code == 201, answer.text
    return Person(service.client, email, answer.json()["id"], password)


async def verify(service: Service, person: Person) -> None:
    """Follow the link in the newest mail that verifies the address, and choose the person's password."""
    event = (await service.published(UserRegistered, email=person.email))[-1]
    body = {"token": verify_token(event), "password": person.password}
    answer = await service.client.post("/v1/users/verify", json=body)
    assert answer.status_code == 200, answer.text


async def new_person(service: Service, email: str | None = None) -> Person:
    """A person with a verified address, who is logged in without a hat."""
    person = await sign_up(service, email)
    await verify(service, person)
    await person.log_in()
    return person


async def reset_of(service: Service, email: str) -> str:
    """The token in the newest mail for choosing a password."""
    return reset_token((await service.published(PasswordResetRequested, email=email))[-1].reset_id)


async def choose_password(service: Service, reset_id: UUID | None, password: str = PASSWORD) -> None:
    path = f"/v1/password-resets/{reset_token(reset_id)}"
    answer = await service.client.put(path, json={"password": password})
    assert answer.status_code == 204, answer.text


def bureau_body(**changes: Any) -> dict[str, Any]:
    """The body of a bureau's sign-up, whose first employee has the bureau's address."""
    email = address("anna")
    return {
        "name": "Byrån AB",
        "organisation_number": organisation_number(),
        "address": {"street": "Storgatan 1", "postal_code": "111 22", "city": "Stockholm"},
        "email": email,
        "admin": {"name": "Anna Ek", "email": email, "password": PASSWORD},
        **changes,
    }


async def sign_up_bureau(service: Service, *, approve: bool = True, **changes: Any) -> Bureau:
    """A bureau whose first employee's address is verified, and which an operator has approved."""
    body = bureau_body(**changes)
    answer = await service.client.post("/v1/bureaus", json=body)
    assert answer.status_code == 201, answer.text
    await verify(service, Person(service.client, body["email"]))
    facts = {name: body[name] for name in ("name", "organisation_number", "email")}
    bureau = Bureau(UUID(answer.json()["id"]), **facts)
    if approve:
        await judge(service, bureau, "approve")
    return bureau


async def judge(service: Service, bureau: Bureau, step: str) -> dict[str, Any]:
    """An operator approves or suspends the bureau."""
    answer = await service.caller(Operator()).post(f"/v1/bureaus/{bureau.id}/{step}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def log_in_first_employee(service: Service, bureau: Bureau) -> Person:
    person = Person(service.client, bureau.email)
    await person.log_in(bureau_id=str(bureau.id))
    person.user_id = (await person.read("/v1/me"))["id"]
    return person


async def employ(
    service: Service, admin: Person, email: str | None = None, **rights: Any
) -> tuple[dict[str, Any], Person]:
    """A new employee of the admin's bureau, who has chosen a password and logged in."""
    answer = await admin.post("/v1/employees", {"name": "Bo Ek", "email": email or address("bo"), **rights})
    assert answer.status_code == 201, answer.text
    employee = dict(answer.json())
    person = Person(service.client, employee["email"], employee["user_id"])
    added = (await service.published(EmployeeAdded, employee_id=employee["id"]))[-1]
    await choose_password(service, added.password_reset_id)
    await person.log_in(bureau_id=admin.hat["bureau_id"])
    return employee, person


def accepted(person: Person, **overrides: Any) -> InvitationAccepted:
    """The person accepts an invitation for a customer that is a company without an account."""
    return event_of(InvitationAccepted, Acceptance(UUID(person.user_id)), **overrides)
