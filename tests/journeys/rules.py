"""The rules of the product, as anybody can see them broken or kept through the public API."""

from dataclasses import dataclass
from typing import Any

from tests.factories.people import Person
from tests.journeys.lives import Lives, Office

OPEN = ("sent", "waiting_for_customer", "waiting_for_bureau")
MESSAGE = {"body": "Det här ska inte gå."}


@dataclass
class Seen:
    """A bureau as its administrator sees it."""

    office: Office
    customers: dict[str, dict[str, Any]]
    contacts: dict[str, list[dict[str, Any]]]
    employees: dict[str, dict[str, Any]]
    collaborations: list[dict[str, Any]]
    invitations: list[dict[str, Any]]
    cases: list[dict[str, Any]]

    @classmethod
    async def of(cls, office: Office) -> "Seen":
        admin = office.admin
        found = (await admin.read("/v1/customers", limit=200))["items"]
        cases = [await admin.read(f"/v1/cases/{each['id']}") for each in await office.listed_cases()]
        return cls(
            office,
            {each["id"]: each for each in found},
            {each["id"]: await office.contacts(each["id"]) for each in found},
            {each["id"]: each for each in (await admin.read("/v1/employees", limit=200))["items"]},
            await office.collaborations(),
            (await admin.read("/v1/invitations", limit=200))["items"],
            cases,
        )

    def collaborates(self, customer_id: str) -> bool:
        return any(
            each["customer_id"] == customer_id and each["status"] == "open" for each in self.collaborations
        )

    def why_closed(self, customer_id: str) -> tuple[int, str] | None:
        """Why nothing may be written with this customer; None where everything may."""
        if not self.office.bought:
            return 402, "feature_not_bought"
        if not self.customers[customer_id]["active"]:
            return 409, "customer_inactive"
        return None if self.collaborates(customer_id) else (409, "no_collaboration")


async def check(lives: Lives) -> None:
    seen = [await Seen.of(office) for office in lives.offices]
    for each in seen:
        nobody_is_ownerless(each)
        names_are_those_of_the_register(each)
        one_invitation_is_open(each)
        numbers_have_no_gaps(each)
        answered_approvals_are_resolved(each)
        who_takes_part_is_a_contact(lives, each)
        await usage_counts_active_companies(each)
        await nothing_is_written_where_it_is_closed(lives, each)
    await only_the_invited_contact_may_accept(lives, seen)
    await cases_are_seen_by_those_with_a_tie(lives, seen)


def nobody_is_ownerless(seen: Seen) -> None:
    working = {each["id"] for each in seen.employees.values() if each["active"]}
    assert {each["responsible_id"] for each in seen.customers.values()} <= working
    held = {case["assignee_id"] for case in seen.cases if case["status"] not in ("closed", "cancelled")}
    assert held <= working, "a case is held by nobody, or by who has left"


def names_are_those_of_the_register(seen: Seen) -> None:
    for shown in (*seen.invitations, *seen.collaborations):
        assert shown["customer_name"] == seen.customers[shown["customer_id"]]["name"]
    names = {each["id"]: each["name"] for contacts in seen.contacts.values() for each in contacts}
    for invitation in seen.invitations:
        known = names.get(invitation["contact_id"], invitation["contact_name"])
        assert invitation["contact_name"] == known


def one_invitation_is_open(seen: Seen) -> None:
    """To an active customer's main contact of today, at the address of today."""
    invited = [each for each in seen.invitations if each["status"] == "sent"]
    assert len({each["customer_id"] for each in invited}) == len(invited)
    for invitation in invited:
        customer = seen.customers[invitation["customer_id"]]
        assert customer["active"]
        main = customer["main_contact"]
        assert main is not None
        assert (main["id"], main["email"]) == (invitation["contact_id"], invitation["email"])


def numbers_have_no_gaps(seen: Seen) -> None:
    numbers = sorted(int(case["number"].split("-")[1]) for case in seen.cases)
    assert numbers == list(range(1, len(numbers) + 1))


def answered_approvals_are_resolved(seen: Seen) -> None:
    """Everybody who is still asked has approved: then the case waits for nobody."""
    for case in seen.cases:
        states = {each["state"] for each in case["approvals"] if each["voided_at"] is None}
        asked = {each["user_id"] for each in case["approvals"] if each["state"] == "pending"}
        assert asked <= {each["user_id"] for each in case["participants"]}
        if case["type"] == "approval" and states == {"approved"}:
            assert case["status"] not in OPEN, (case["number"], case["approvals"])


def who_takes_part_is_a_contact(lives: Lives, seen: Seen) -> None:
    """Nobody whose address was removed from the register is still asked; who wrote a case stays in it."""
    emails = {person.user_id: person.email for person in lives.people}
    for case in seen.cases:
        contacts = {each["email"] for each in seen.contacts[case["customer_id"]]}
        asked = {each["user_id"] for each in case["participants"]} - {case["created_by"]}
        if case["status"] in OPEN:
            assert {emails[user_id] for user_id in asked} <= contacts, case["number"]


async def usage_counts_active_companies(seen: Seen) -> None:
    billable = [each for each in seen.customers.values() if each["active"] and each["kind"] == "company"]
    quote = await seen.office.admin.read("/v1/subscription/quote")
    assert quote["billable_customers"] == len(billable)
    forecast = (await seen.office.admin.read("/v1/usage"))["forecast"]
    assert (forecast is not None) == seen.office.bought
    if forecast is not None:
        assert forecast["quantity"] == len(billable)


async def nothing_is_written_where_it_is_closed(lives: Lives, seen: Seen) -> None:
    admin = seen.office.admin
    for customer_id in seen.customers:
        closed = seen.why_closed(customer_id)
        case = next(
            (each for each in seen.cases if each["customer_id"] == customer_id and each["status"] in OPEN),
            None,
        )
        if closed is None or case is None:
            continue
        people = [each["contact_id"] for each in case["participants"] if each["contact_id"]]
        body = {"customer_id": customer_id, "type": "question", "subject": "X", "body": "Y"}
        await refused(admin, "/v1/cases", {**body, "participant_ids": people}, closed)
        await refused(admin, f"/v1/cases/{case['id']}/messages", MESSAGE, closed)
        for person in lives.people:
            own = await lives.person_at(person, case["account_id"])
            if own and (await own.get(f"/v1/cases/{case['id']}")).status_code == 200:
                await refused(own, f"/v1/cases/{case['id']}/messages", MESSAGE, closed)


async def refused(by: Person, path: str, body: dict[str, Any], why: tuple[int, str]) -> None:
    answer = await by.post(path, body)
    assert not answer.is_success, (path, why)
    assert (answer.status_code, answer.json()["code"]) == why, path


async def only_the_invited_contact_may_accept(lives: Lives, seen: list[Seen]) -> None:
    """Nobody else may, nor may the contact where the invitation or what it is for is closed."""
    for each in seen:
        for invitation in each.invitations:
            path = f"/v1/invitations/{invitation['id']}/accept"
            open_now = invitation["status"] == "sent"
            closed = each.why_closed(invitation["customer_id"])
            for person in lives.people:
                own = person.email == invitation["email"]
                barred = not own or (closed and closed[1] != "no_collaboration")
                if invitation["status"] in ("revoked", "expired", "declined") or (open_now and barred):
                    answer = await person.post(path)
                    assert answer.status_code in (402, 403, 404, 409, 410), (
                        invitation["status"],
                        answer.text,
                    )


async def cases_are_seen_by_those_with_a_tie(lives: Lives, seen: list[Seen]) -> None:
    for account_id in await lives.accounts():
        roles = await lives.members(account_id)
        ids = {person.user_id for person in lives.people if person.email in roles}
        for case in (case for each in seen for case in each.cases if case["account_id"] == account_id):
            if roles and case["status"] in OPEN:
                assert {each["user_id"] for each in case["participants"]} <= ids, case["number"]
        for person in lives.people:
            own = await lives.person_at(person, account_id)
            answer = await own.get("/v1/cases", limit=200) if own else None
            shown = (
                {c["number"] + c["id"] for c in answer.json()["items"]}
                if answer and answer.is_success
                else set()
            )
            expected = {
                case["number"] + case["id"]
                for each in seen
                for case in each.cases
                if case["account_id"] == account_id and is_tied(each, case, person, roles.get(person.email))
            }
            assert shown == expected, (person.email, roles)
    for each, other in ((seen[0], seen[1]), (seen[1], seen[0])):
        for case in each.cases[:2]:
            assert (await other.office.admin.get(f"/v1/cases/{case['id']}")).status_code == 404


def is_tied(seen: Seen, case: dict[str, Any], person: Person, role: str | None) -> bool:
    if role is None or case["sent_at"] is None:
        return False
    if case["created_by"] == person.user_id and case["created_by_side"] == "customer":
        return True
    if person.email not in {each["email"] for each in seen.contacts[case["customer_id"]]}:
        return False
    takes_part = person.user_id in {each["user_id"] for each in case["participants"]}
    return takes_part or (role == "administrator" and not case["private_to_participants"])
