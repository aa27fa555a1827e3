"""Bureaus and people who live in a town by its public API, and what they remember of it.

What each one does is asked for with whom and what by number, so that a machine can choose; where there is
nobody to choose, nothing is done.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

import httpx
from sqlalchemy import text

from services.billing.subscriptions.commands import end_subscriptions
from shared.clock import utcnow
from tests.factories.customers import customer_body
from tests.factories.people import Person, employ, log_in_first_employee, new_person, sign_up_bureau
from tests.factories.records import organisation_number
from tests.factories.town import Town

T = TypeVar("T")
# As if ten minutes had passed since the mails of invitations that were revoked.
_LATER = text(
    "update invitations set last_mailed_at = last_mailed_at - interval '10 minutes' where status = 'revoked'"
)
MOST_CUSTOMERS, MOST_EMPLOYEES, MOST_CASES = 3, 3, 6


def nth(items: Sequence[T], number: int) -> T | None:
    return items[number % len(items)] if items else None


@dataclass
class Answered:
    """One request of a life: what was asked, and what came back."""

    what: str
    answer: httpx.Response

    @property
    def code(self) -> str:
        return "" if self.answer.is_success else str(self.answer.json()["code"])


@dataclass
class Office:
    """A bureau. `colleagues` are logged in, by their ids; the first one administers it."""

    admin: Person
    bureau_id: str
    colleagues: dict[str, Person] = field(default_factory=dict)
    customers: list[str] = field(default_factory=list)
    bought: bool = False
    cancelled: bool = False
    invitations: dict[str, Person | None] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)

    async def customer(self, number: int) -> dict[str, Any] | None:
        customer_id = nth(self.customers, number)
        return await self.admin.read(f"/v1/customers/{customer_id}") if customer_id else None

    async def contacts(self, customer_id: str) -> list[dict[str, Any]]:
        return list((await self.admin.read(f"/v1/customers/{customer_id}/contacts"))["items"])

    async def collaborations(self) -> list[dict[str, Any]]:
        return list((await self.admin.read("/v1/collaborations", limit=200))["items"])

    async def listed_cases(self) -> list[dict[str, Any]]:
        return list((await self.admin.read("/v1/cases", limit=200))["items"])


@dataclass
class Lives:
    town: Town
    offices: list[Office]
    people: list[Person]
    numbers: list[str]
    # Who is logged in for which account; a log-in is kept when the person is removed, as a browser would.
    hats: dict[tuple[str, str], Person] = field(default_factory=dict)

    @classmethod
    async def begin(cls, town: Town, *, people: int) -> "Lives":
        offices = []
        for _ in range(2):
            admin = await log_in_first_employee(town.identity, await sign_up_bureau(town.identity))
            colleagues = {admin.hat["employee_id"]: admin}
            offices.append(Office(admin, admin.hat["bureau_id"], colleagues))
        somebody = [await new_person(town.identity) for _ in range(people)]
        await town.settle()
        return cls(town, offices, somebody, [organisation_number() for _ in range(2)])

    async def person_at(self, person: Person, account_id: str) -> Person | None:
        """Logged in for the account, where the person is or was its member."""
        key = (person.email, account_id)
        if key not in self.hats:
            own = Person(person.client, person.email, person.user_id)
            answer = await own.try_log_in(act_as={"account_id": account_id})
            if answer.status_code != 201:
                return None
            own.headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
            self.hats[key] = own
        return self.hats[key]

    async def accounts(self) -> list[str]:
        found = [each["account_id"] for office in self.offices for each in await office.collaborations()]
        return sorted(set(found))

    # The register

    async def add_customer(self, office: Office, number: int, private: bool) -> Answered | None:
        if len(office.customers) >= MOST_CUSTOMERS:
            return None
        kind = "private_individual" if private else "company"
        own = None if private else nth(self.numbers, number)
        body = customer_body(kind=kind, organisation_number=own)
        answer = await office.admin.post("/v1/customers", body)
        if answer.is_success:
            office.customers.append(answer.json()["id"])
        return Answered("add customer", answer)

    async def change_customer(self, office: Office, number: int, **change: Any) -> Answered | None:
        customer = await office.customer(number)
        if customer is None:
            return None
        path = f"/v1/customers/{customer['id']}"
        return Answered(f"change {change}", await office.admin.call("PATCH", path, json=change, version="*"))

    async def set_active(self, office: Office, number: int, active: bool) -> Answered | None:
        customer = await office.customer(number)
        if customer is None:
            return None
        step = "activate" if active else "deactivate"
        return Answered(step, await office.admin.post(f"/v1/customers/{customer['id']}/{step}"))

    async def give(self, office: Office, number: int, to: int) -> Answered | None:
        """A customer to the colleague."""
        return await self.change_customer(office, number, responsible_id=nth(list(office.colleagues), to))

    async def add_contact(self, office: Office, number: int, who: int) -> Answered | None:
        customer, person = await office.customer(number), nth(self.people, who)
        if customer is None or person is None or len(await office.contacts(customer["id"])) >= 3:
            return None
        body = {"name": f"Kontakt {who}", "email": person.email}
        return Answered(
            "add contact", await office.admin.post(f"/v1/customers/{customer['id']}/contacts", body)
        )

    async def with_contact(self, office: Office, number: int, who: int, how: str) -> Answered | None:
        customer = await office.customer(number)
        contact = nth(await office.contacts(customer["id"]), who) if customer else None
        if customer is None or contact is None:
            return None
        path, admin = f"/v1/contacts/{contact['id']}", office.admin
        if how == "remove":
            return Answered(how, await admin.call("DELETE", path))
        if how == "choose":
            body = {"contact_id": contact["id"]}
            path = f"/v1/customers/{customer['id']}/main-contact"
            return Answered(how, await admin.call("PUT", path, json=body, version="*"))
        change = {"name": f"{contact['name']} Ny"[-60:]} if how == "rename" else {"email": self._email(who)}
        return Answered(how, await admin.call("PATCH", path, json=change, version="*"))

    def _email(self, who: int) -> str:
        return self.people[(who + 1) % len(self.people)].email

    async def hire(self, office: Office) -> None:
        if len(office.colleagues) < MOST_EMPLOYEES:
            employee, person = await employ(self.town.identity, office.admin, customers="full")
            office.colleagues[employee["id"]] = person

    async def dismiss(self, office: Office, who: int, *, transfer: bool) -> Answered | None:
        """Never the first one."""
        employee_id = nth(list(office.colleagues)[1:], who)
        if employee_id is None:
            return None
        body = {"transfer_to": office.admin.hat["employee_id"]} if transfer else None
        answer = await office.admin.post(f"/v1/employees/{employee_id}/deactivate", body)
        if answer.is_success:
            del office.colleagues[employee_id]
        return Answered(f"dismiss {transfer}", answer)

    # The purchase

    async def buy(self, office: Office) -> Answered:
        quote = await office.admin.read("/v1/subscription/quote")
        body = {name: quote[name] for name in ("billable_customers", "price_version")}
        answer = await office.admin.post("/v1/subscription", body)
        if answer.is_success:
            office.bought, office.cancelled = True, False
        return Answered("buy", answer)

    async def cancel(self, office: Office) -> Answered:
        answer = await office.admin.post("/v1/subscription/cancel")
        office.cancelled = office.bought and answer.is_success
        return Answered("cancel", answer)

    async def month_ends(self) -> None:
        async with self.town.services["billing"].database.transaction() as session:
            await end_subscriptions(session, at=utcnow() + timedelta(days=32))
        for office in self.offices:
            office.bought, office.cancelled = office.bought and not office.cancelled, False

    # Invitations

    async def invite(self, office: Office, number: int) -> Answered | None:
        customer = await office.customer(number)
        if customer is None:
            return None
        async with self.town.services["invitations"].database.transaction() as session:
            await session.execute(_LATER)
        answer = await office.admin.post("/v1/invitations", {"customer_id": customer["id"]})
        return Answered("invite", answer)

    async def with_invitation(self, office: Office, number: int, how: str) -> Answered | None:
        found = (await office.admin.read("/v1/invitations", status="sent", limit=200))["items"]
        invitation = nth(found, number)
        if invitation is None:
            return None
        by = office.admin if how in ("revoke", "resend") else self._named(invitation["email"])
        return Answered(how, await by.post(f"/v1/invitations/{invitation['id']}/{how}"))

    def _named(self, email: str) -> Person:
        return next(person for person in self.people if person.email == email)

    async def add_member(self, number: int, who: int, role: str) -> Answered | None:
        account_id, person = nth(await self.accounts(), number), nth(self.people, who)
        by = await self.administrator(account_id)
        if by is None or person is None:
            return None
        body = {"email": person.email, "role": role}
        return Answered("add member", await by.post(f"/v1/accounts/{account_id}/members", body))

    async def remove_member(self, number: int, who: int) -> Answered | None:
        account_id, person = nth(await self.accounts(), number), nth(self.people, who)
        by = await self.administrator(account_id)
        if by is None or person is None:
            return None
        path = f"/v1/accounts/{account_id}/members/{person.user_id}"
        return Answered("remove member", await by.call("DELETE", path))

    async def administrator(self, account_id: str | None) -> Person | None:
        for person in self.people if account_id else ():
            own = await self.person_at(person, str(account_id))
            if own and (await own.get(f"/v1/accounts/{account_id}/members")).status_code == 200:
                return own
        return None

    async def members(self, account_id: str) -> dict[str, str]:
        """The role of each one, by their address."""
        by = await self.administrator(account_id)
        found = (await by.read(f"/v1/accounts/{account_id}/members"))["items"] if by else []
        return {each["email"]: each["role"] for each in found}
