"""The copies and who can receive, told by events in any order and any number of times."""

import itertools
from typing import Any
from uuid import UUID

import pytest

from services.cases.copies import queries
from services.cases.copies.errors import CannotReceive, NoCollaboration
from shared.bus.consumer import Consumer
from shared.database.engine import Database
from shared.errors import NotFound
from shared.events import Event
from shared.events.identity import (
    ContactAdded,
    ContactChanged,
    ContactRemoved,
    CustomerChanged,
    CustomerDeactivated,
    CustomerRegistered,
    EmployeeAdded,
    EmployeeChanged,
    EmployeeDeactivated,
    MemberAdded,
    MemberRemoved,
    MemberRoleChanged,
)
from shared.events.invitations import CollaborationEnded, CollaborationOpened
from shared.ids import uuid7


class Told:
    """One customer of one bureau with its account, known by events alone."""

    def __init__(self, consumer: Consumer) -> None:
        self.consumer = consumer
        self.bureau_id, self.customer_id, self.account_id = uuid7(), uuid7(), uuid7()

    async def all(self, queue: str, *events: Event) -> None:
        await self.consumer.deliver(f"cases.{queue}", [event.to_wire() for event in events])

    def customer(self, kind: Any = CustomerRegistered, **fields: Any) -> Any:
        row = {
            "bureau_id": self.bureau_id,
            "customer_id": self.customer_id,
            "number": "1",
            "name": "Bageriet AB",
            "kind": "company",
            "organisation_number": None,
            "active": True,
            "responsible_id": uuid7(),
            "participant_ids": [],
            "main_contact": None,
            "failing_points": [],
        }
        return kind(**row | fields)

    def collaboration(self, kind: Any = CollaborationOpened, **fields: Any) -> Any:
        row = {
            "bureau_id": self.bureau_id,
            "collaboration_id": uuid7(),
            "customer_id": self.customer_id,
            "account_id": self.account_id,
        }
        return kind(**row | fields)

    def contact(self, kind: Any = ContactAdded, **fields: Any) -> Any:
        row = {
            "bureau_id": self.bureau_id,
            "contact_id": uuid7(),
            "customer_id": self.customer_id,
            "name": "Karin Berg",
            "email": f"{uuid7()}@kunden.example",
            "language": "sv",
        }
        return kind(**row | fields)

    def member(self, kind: Any = MemberAdded, **fields: Any) -> Any:
        row = {
            "account_id": self.account_id,
            "user_id": uuid7(),
            "name": "Karin Berg",
            "email": f"{uuid7()}@kunden.example",
            "language": "sv",
            "role": "user",
        }
        return kind(**row | fields)

    async def open(self) -> None:
        await self.all("track-customer", self.customer())
        await self.all("track-collaboration", self.collaboration())

    async def recipients(self, *contact_ids: UUID) -> list[queries.Recipient]:
        async with self.consumer.database.transaction(bureau_id=self.bureau_id) as session:
            return await queries.list_recipients(session, self.bureau_id, self.customer_id, contact_ids)

    async def refusals(self, *contact_ids: UUID) -> list[tuple[str, str]]:
        with pytest.raises(CannotReceive) as refused:
            await self.recipients(*contact_ids)
        return [(each.field, each.code) for each in refused.value.errors]

    async def collaboration_is_open(self) -> bool:
        async with self.consumer.database.transaction(bureau_id=self.bureau_id) as session:
            try:
                await queries.get_open_collaboration(session, self.bureau_id, self.customer_id)
            except NoCollaboration:
                return False
            return True


@pytest.fixture
def told(consumer: Consumer) -> Told:
    return Told(consumer)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_a_customer_is_as_its_newest_event_says(told: Told, order: tuple[int, ...]) -> None:
    events = [
        told.customer(),
        told.customer(CustomerChanged, sequence=2, name="Bagarn AB"),
        told.customer(CustomerDeactivated, sequence=3, name="Bagarn AB", active=False),
    ]
    for place in order:
        await told.all("track-customer", events[place], events[place])
    async with told.consumer.database.transaction(bureau_id=told.bureau_id) as session:
        customer = await queries.get_customer(session, told.bureau_id, told.customer_id)
    assert (customer.name, customer.active, customer.sequence) == ("Bagarn AB", False, 3)


async def test_a_batch_may_hold_one_customer_several_times(told: Told) -> None:
    events = [told.customer(CustomerChanged, sequence=number, name=f"Namn {number}") for number in (3, 1, 2)]
    await told.all("track-customer", *events)
    async with told.consumer.database.transaction(bureau_id=told.bureau_id) as session:
        assert (await queries.get_customer(session, told.bureau_id, told.customer_id)).name == "Namn 3"


async def test_contact_and_member_match_by_address_whatever_its_case(told: Told) -> None:
    await told.open()
    contact = told.contact(email="Karin.Berg@Kunden.example")
    member = told.member(email="karin.berg@kunden.EXAMPLE")
    await told.all("track-contact", contact)
    await told.all("track-member", member)
    (recipient,) = await told.recipients(contact.contact_id)
    assert (recipient.user_id, recipient.name) == (member.user_id, "Karin Berg")
    assert recipient.email == "karin.berg@kunden.example"


async def test_each_person_receives_once(told: Told) -> None:
    await told.open()
    member = told.member()
    contacts = [told.contact(email=member.email) for _ in range(2)]
    await told.all("track-contact", *contacts)
    await told.all("track-member", member)
    found = await told.recipients(*(each.contact_id for each in contacts))
    assert [each.contact_id for each in found] == [contacts[0].contact_id]
    assert await told.recipients() == []


async def test_each_who_cannot_receive_is_told_why(told: Told) -> None:
    await told.open()
    silent, outside, removed = told.contact(email=None), told.contact(), told.contact()
    gone = told.contact(ContactRemoved, **{**removed.model_dump(include={"contact_id"}), "sequence": 2})
    await told.all("track-contact", silent, outside, removed, gone)
    unknown = uuid7()
    found = await told.refusals(silent.contact_id, outside.contact_id, removed.contact_id, unknown)
    assert found == [
        (str(silent.contact_id), "email_missing"),
        (str(outside.contact_id), "not_a_member"),
        (str(removed.contact_id), "unknown_contact"),
        (str(unknown), "unknown_contact"),
    ]


async def test_another_customers_contact_is_unknown(told: Told) -> None:
    await told.open()
    other = told.contact(customer_id=uuid7())
    await told.all("track-contact", other)
    await told.all("track-member", told.member(email=other.email))
    assert await told.refusals(other.contact_id) == [(str(other.contact_id), "unknown_contact")]


async def test_a_member_of_another_account_cannot_receive(told: Told) -> None:
    await told.open()
    contact = told.contact()
    await told.all("track-contact", contact)
    await told.all("track-member", told.member(email=contact.email, account_id=uuid7()))
    assert await told.refusals(contact.contact_id) == [(str(contact.contact_id), "not_a_member")]


async def test_a_removal_that_comes_first_wins(told: Told) -> None:
    await told.open()
    contact, member = told.contact(), told.member()
    await told.all("track-contact", told.contact(**_of(contact), email=member.email))
    removed = told.member(MemberRemoved, **_of(member), sequence=3)
    for event in (
        removed,
        told.member(MemberRoleChanged, **_of(member), role="administrator", sequence=2),
        member,
    ):
        await told.all("track-member", event)
    assert await told.refusals(contact.contact_id) == [(str(contact.contact_id), "not_a_member")]
    back = told.member(**_of(member), sequence=4)
    await told.all("track-member", back)
    assert [each.user_id for each in await told.recipients(contact.contact_id)] == [member.user_id]


async def test_a_new_address_ends_what_the_old_one_gave(told: Told) -> None:
    await told.open()
    contact = told.contact()
    await told.all("track-contact", contact)
    await told.all("track-member", told.member(email=contact.email))
    assert len(await told.recipients(contact.contact_id)) == 1
    moved = told.contact(ContactChanged, contact_id=contact.contact_id, email="ny@kunden.example", sequence=2)
    await told.all("track-contact", moved)
    assert await told.refusals(contact.contact_id) == [(str(contact.contact_id), "not_a_member")]


async def test_a_collaboration_opens_and_ends_in_any_order(told: Told) -> None:
    await told.all("track-customer", told.customer())
    assert not await told.collaboration_is_open()
    first = told.collaboration()
    ended = told.collaboration(CollaborationEnded, collaboration_id=first.collaboration_id, sequence=2)
    await told.all("track-collaboration", ended)
    await told.all("track-collaboration", first)
    assert not await told.collaboration_is_open()
    await told.all("track-collaboration", told.collaboration())
    await told.all("track-collaboration", ended)
    assert await told.collaboration_is_open()


async def test_names_of_both_sides_also_of_those_who_left(told: Told) -> None:
    row = {
        "bureau_id": told.bureau_id,
        "employee_id": uuid7(),
        "user_id": uuid7(),
        "name": "Anna Ek",
        "email": "anna.ek@byran.example",
        "language": "sv",
        "account_role": "user",
        "maintenance": "none",
        "customers": "limited",
    }
    employee = [
        EmployeeDeactivated(**row | {"name": "Anna Lind"}, sequence=3),
        EmployeeChanged(**row, sequence=2),
        EmployeeAdded(**row),
    ]
    for event in employee:
        await told.all("track-employee", event)
    member = told.member(MemberRemoved, name="Karin Berg", sequence=2)
    stranger = told.member(account_id=uuid7(), name="Okänd")
    await told.all("track-member", member, stranger)
    async with told.consumer.database.transaction(bureau_id=told.bureau_id) as session:
        copy = await queries.get_employee(session, told.bureau_id, employee[0].employee_id)
        asked = [employee[0].user_id, member.user_id, stranger.user_id]
        names = await queries.list_names(session, told.bureau_id, told.account_id, asked)
    assert (copy.name, copy.active) == ("Anna Lind", False)
    assert names == {employee[0].user_id: "Anna Lind", member.user_id: "Karin Berg"}


async def test_another_bureau_finds_nothing(told: Told, consumer: Consumer) -> None:
    await told.open()
    other = Told(consumer)
    async with consumer.database.transaction(bureau_id=other.bureau_id) as session:
        with pytest.raises(NotFound):
            await queries.get_customer(session, other.bureau_id, told.customer_id)
        with pytest.raises(NotFound):
            await queries.get_open_collaboration(session, other.bureau_id, told.customer_id)


async def test_the_wall_holds_without_the_querys_scope(told: Told, cases_settings: Any) -> None:
    """In the API's role, a query that forgot to name its bureau still reads no other bureau's rows."""
    await told.open()
    contact = told.contact()
    await told.all("track-contact", contact)
    api = Database(cases_settings.database_url, name="walls")
    async with api.transaction(bureau_id=uuid7()) as session:
        with pytest.raises(NotFound):
            await queries.get_customer(session, told.bureau_id, told.customer_id)
    async with api.transaction(bureau_id=told.bureau_id) as session:
        assert (await queries.get_customer(session, told.bureau_id, told.customer_id)).active
    await api.close()


def _of(event: Any) -> dict[str, Any]:
    """The ids that say whom the event is about."""
    names = {"contact_id", "user_id", "account_id", "email"} - (
        {"email"} if isinstance(event, ContactAdded) else set()
    )
    return dict(event.model_dump(include=names))
