"""Persons and bureaus that come into being through the public API, and the mails that they get."""

import secrets
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

import httpx
from pydantic import SecretStr
from sqlalchemy import select, text
from stdnum import luhn

from shared.database.engine import Database
from shared.database.tables import outbox
from shared.events import Event, from_wire
from shared.events.identity import EmployeeAdded, PasswordResetRequested, UserRegistered
from shared.events.invitations import InvitationAccepted
from shared.ids import uuid7
from shared.links import link_token
from tests.factories.keys import LINK_SECRET

SECRET = SecretStr(LINK_SECRET)
PASSWORD = "korrekt häst batteri"
E = TypeVar("E", bound=Event)


def organisation_number() -> str:
    digits = f"55{secrets.randbelow(10**7):07d}"
    return digits + luhn.calc_check_digit(digits)


def address(name: str = "person") -> str:
    return f"{name}-{uuid7().hex[-12:]}@byran.example"


def verify_token(event: UserRegistered) -> str:
    return link_token(SECRET, "verify", event.verification_id)


def reset_token(reset_id: UUID | None) -> str:
    assert reset_id is not None
    return link_token(SECRET, "password-reset", reset_id)


@dataclass
class Person:
    """Somebody who can log in."""

    client: httpx.AsyncClient
    email: str
    user_id: str = ""
    password: str = PASSWORD
    session: dict[str, Any] = field(default_factory=dict)

    async def log_in(self, **act_as: Any) -> dict[str, Any]:
        answer = await self.try_log_in(act_as=act_as or None)
        assert answer.status_code == 201, answer.text
        self.session = answer.json()
        return self.session

    async def try_log_in(self, **changes: Any) -> httpx.Response:
        body = {"email": self.email, "password": self.password, **changes}
        return await self.client.post("/v1/sessions", json=body)

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.session['access_token']}"}

    async def call(
        self, method: str, path: str, *, version: int | None = None, **more: Any
    ) -> httpx.Response:
        seen = {} if version is None else {"If-Match": f'"{version}"'}
        return await self.client.request(method, path, headers={**self.bearer, **seen}, **more)


def accepted(person: Person, **changes: Any) -> InvitationAccepted:
    """The person accepts an invitation for a customer that is a company without an account."""
    fields: dict[str, Any] = {
        "bureau_id": uuid7(),
        "invitation_id": uuid7(),
        "customer_id": uuid7(),
        "contact_id": uuid7(),
        "accepted_by": person.user_id,
        "account_id": uuid7(),
        "account_name": "Bageriet AB",
        "kind": "company",
        "organisation_number": organisation_number(),
        **changes,
    }
    return InvitationAccepted.model_validate(fields)


@dataclass
class Office:
    """A bureau and its first employee."""

    id: str
    admin: Person
    register: "Register"

    @property
    def hat(self) -> dict[str, Any]:
        return dict(self.admin.session["hat"])

    @property
    def bureau_id(self) -> UUID:
        return UUID(self.id)

    async def employ(self, email: str | None = None, **rights: Any) -> tuple[dict[str, Any], Person]:
        """A new employee, who has chosen a password and logged in."""
        body = {"name": "Bo Ek", "email": email or address("bo"), **rights}
        answer = await self.admin.call("POST", "/v1/employees", json=body)
        assert answer.status_code == 201, answer.text
        employee = dict(answer.json())
        person = Person(self.admin.client, employee["email"], employee["user_id"])
        added = (await self.register.published(EmployeeAdded, employee_id=employee["id"]))[-1]
        await self.register.choose_password(added.password_reset_id)
        await person.log_in(bureau_id=self.id)
        return employee, person


@dataclass
class Register:
    client: httpx.AsyncClient
    worker_db: Database

    async def published(self, kind: type[E], **match: Any) -> list[E]:
        """Events of one class in the outbox, oldest first, whose fields are these."""
        async with self.worker_db.transaction() as session:
            rows = select(outbox.c.body).where(outbox.c.type == kind.type).order_by(outbox.c.position)
            events = [from_wire(body) for body in await session.scalars(rows)]
        wanted = {name: str(value) for name, value in match.items()}
        return [
            event
            for event in events
            if isinstance(event, kind)
            and all(str(getattr(event, name)) == value for name, value in wanted.items())
        ]

    async def rows(self, sql: str, **values: Any) -> list[Any]:
        async with self.worker_db.transaction() as session:
            return list((await session.execute(text(sql), values)).all())

    async def sign_up(self, email: str | None = None, *, password: str = PASSWORD) -> Person:
        email = email or address()
        body = {"name": "Anna Ek", "email": email, "password": password}
        answer = await self.client.post("/v1/users", json=body)
        assert answer.status_code == 201, answer.text
        return Person(self.client, email, answer.json()["id"], password)

    async def verify(self, person: Person) -> None:
        event = (await self.published(UserRegistered, email=person.email))[-1]
        answer = await self.client.post("/v1/users/verify", json={"token": verify_token(event)})
        assert answer.status_code == 200, answer.text

    async def person(self, email: str | None = None) -> Person:
        """Verified and logged in, without a hat."""
        person = await self.sign_up(email)
        await self.verify(person)
        await person.log_in()
        return person

    async def reset_of(self, email: str) -> str:
        """The token in the newest mail by which to choose a password."""
        return reset_token((await self.published(PasswordResetRequested, email=email))[-1].reset_id)

    async def choose_password(self, reset_id: UUID | None, password: str = PASSWORD) -> None:
        path = f"/v1/password-resets/{reset_token(reset_id)}"
        answer = await self.client.put(path, json={"password": password})
        assert answer.status_code == 204, answer.text

    def new_bureau(self, **changes: Any) -> dict[str, Any]:
        email = address("anna")
        return {
            "name": "Byrån AB",
            "organisation_number": organisation_number(),
            "address": {"street": "Storgatan 1", "postal_code": "111 22", "city": "Stockholm"},
            "email": email,
            "admin": {"name": "Anna Ek", "email": email, "password": PASSWORD},
            **changes,
        }

    async def office(self, **changes: Any) -> Office:
        body = self.new_bureau(**changes)
        answer = await self.client.post("/v1/bureaus", json=body)
        assert answer.status_code == 201, answer.text
        admin = Person(self.client, body["admin"]["email"], password=body["admin"]["password"])
        await self.verify(admin)
        await admin.log_in(bureau_id=answer.json()["id"])
        admin.user_id = (await admin.call("GET", "/v1/me")).json()["id"]
        return Office(answer.json()["id"], admin, self)
