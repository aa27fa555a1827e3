"""The copies and who can receive, told by events in any order and any number of times."""

import itertools
from uuid import UUID

import pytest

from services.cases.copies import queries
from services.cases.copies.errors import CannotReceive, NoCollaboration
from shared.errors import NotFound
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
from tests.factories.cases import Counterpart
from tests.factories.events import event_of
from tests.factories.records import Bureau, Contact, Customer, Employee, Member, address
from tests.factories.service import Service


@pytest.fixture
def customer(bureau: Bureau) -> Customer:
    """One that the service has not yet heard of."""
    return Customer(bureau.id)


@pytest.fixture
async def collaborating(service: Service, customer: Counterpart) -> Customer:
    await service.deliver(event_of(CustomerRegistered, customer))
    await service.deliver(event_of(CollaborationOpened, customer))
    return customer


def contact_of(customer: Customer, email: str | None) -> Contact:
    return Contact(customer.bureau_id, customer.customer_id, "Karin Berg", email=email)


async def recipients(service: Service, customer: Customer, *contact_ids: UUID) -> list[queries.Recipient]:
    async with service.database.transaction(bureau_id=customer.bureau_id) as session:
        return await queries.list_recipients(session, customer.bureau_id, customer.customer_id, contact_ids)


async def refusals(service: Service, customer: Customer, *contact_ids: UUID) -> list[tuple[str, str]]:
    with pytest.raises(CannotReceive) as refused:
        await recipients(service, customer, *contact_ids)
    places = [each.field.removeprefix("participant_ids.") for each in refused.value.errors]
    codes = [each.code for each in refused.value.errors]
    return [(str(contact_ids[int(place)]), code) for place, code in zip(places, codes, strict=True)]


async def collaboration_is_open(service: Service, customer: Customer) -> bool:
    async with service.database.transaction(bureau_id=customer.bureau_id) as session:
        try:
            await queries.get_open_collaboration(session, customer.bureau_id, customer.customer_id)
        except NoCollaboration:
            return False
        return True


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_a_customer_is_as_its_newest_event_says(
    service: Service, customer: Counterpart, order: tuple[int, ...]
) -> None:
    events = [
        event_of(CustomerRegistered, customer),
        event_of(CustomerChanged, customer, sequence=2, name="Bagarn AB"),
        event_of(CustomerDeactivated, customer, sequence=3, name="Bagarn AB", active=False),
    ]
    for place in order:
        await service.deliver(events[place], events[place])
    async with service.database.transaction(bureau_id=customer.bureau_id) as session:
        copy = await queries.get_customer(session, customer.bureau_id, customer.customer_id)
    assert (copy.name, copy.active, copy.sequence) == ("Bagarn AB", False, 3)


async def test_a_batch_may_hold_one_customer_several_times(service: Service, customer: Counterpart) -> None:
    events = [
        event_of(CustomerChanged, customer, sequence=number, name=f"Namn {number}") for number in (3, 1, 2)
    ]
    await service.deliver(*events)
    async with service.database.transaction(bureau_id=customer.bureau_id) as session:
        copy = await queries.get_customer(session, customer.bureau_id, customer.customer_id)
    assert copy.name == "Namn 3"


async def test_contact_and_member_match_by_address_whatever_its_case(
    service: Service, collaborating: Customer
) -> None:
    contact = contact_of(collaborating, "Karin.Berg@Kunden.example")
    member = Member(collaborating.account_id, email="karin.berg@kunden.EXAMPLE")
    await service.deliver(event_of(ContactAdded, contact), event_of(MemberAdded, member))
    (recipient,) = await recipients(service, collaborating, contact.contact_id)
    assert (recipient.user_id, recipient.name) == (member.user_id, "Karin Berg")
    assert recipient.email == "karin.berg@kunden.example"


async def test_each_person_receives_once(service: Service, collaborating: Customer) -> None:
    member = Member(collaborating.account_id)
    contacts = [contact_of(collaborating, member.email) for _ in range(2)]
    await service.deliver(*[event_of(ContactAdded, each) for each in contacts])
    await service.deliver(event_of(MemberAdded, member))
    found = await recipients(service, collaborating, *(each.contact_id for each in contacts))
    assert [each.contact_id for each in found] == [contacts[0].contact_id]
    assert await recipients(service, collaborating) == []


async def test_each_who_cannot_receive_is_told_why(service: Service, collaborating: Customer) -> None:
    silent = contact_of(collaborating, None)
    outside, removed = [contact_of(collaborating, address()) for _ in range(2)]
    gone = event_of(ContactRemoved, removed, sequence=2)
    await service.deliver(*[event_of(ContactAdded, each) for each in (silent, outside, removed)], gone)
    unknown = uuid7()
    found = await refusals(
        service, collaborating, silent.contact_id, outside.contact_id, removed.contact_id, unknown
    )
    assert found == [
        (str(silent.contact_id), "email_missing"),
        (str(outside.contact_id), "not_a_member"),
        (str(removed.contact_id), "unknown_contact"),
        (str(unknown), "unknown_contact"),
    ]


async def test_another_customers_contact_is_unknown(service: Service, collaborating: Customer) -> None:
    member = Member(collaborating.account_id)
    other = Contact(collaborating.bureau_id, uuid7(), email=member.email)
    await service.deliver(event_of(ContactAdded, other), event_of(MemberAdded, member))
    found = await refusals(service, collaborating, other.contact_id)
    assert found == [(str(other.contact_id), "unknown_contact")]


async def test_a_member_of_another_account_cannot_receive(service: Service, collaborating: Customer) -> None:
    member = Member(uuid7())
    contact = contact_of(collaborating, member.email)
    await service.deliver(event_of(ContactAdded, contact), event_of(MemberAdded, member))
    found = await refusals(service, collaborating, contact.contact_id)
    assert found == [(str(contact.contact_id), "not_a_member")]


async def test_a_removal_that_comes_first_wins(service: Service, collaborating: Customer) -> None:
    member = Member(collaborating.account_id)
    contact = contact_of(collaborating, member.email)
    await service.deliver(event_of(ContactAdded, contact))
    for event in (
        event_of(MemberRemoved, member, sequence=3),
        event_of(MemberRoleChanged, member, role="administrator", sequence=2),
        event_of(MemberAdded, member),
    ):
        await service.deliver(event)
    found = await refusals(service, collaborating, contact.contact_id)
    assert found == [(str(contact.contact_id), "not_a_member")]
    await service.deliver(event_of(MemberAdded, member, sequence=4))
    back = await recipients(service, collaborating, contact.contact_id)
    assert [each.user_id for each in back] == [member.user_id]


async def test_a_new_address_ends_what_the_old_one_gave(service: Service, collaborating: Customer) -> None:
    member = Member(collaborating.account_id)
    contact = contact_of(collaborating, member.email)
    await service.deliver(event_of(ContactAdded, contact), event_of(MemberAdded, member))
    assert len(await recipients(service, collaborating, contact.contact_id)) == 1
    await service.deliver(event_of(ContactChanged, contact, email="ny@kunden.example", sequence=2))
    found = await refusals(service, collaborating, contact.contact_id)
    assert found == [(str(contact.contact_id), "not_a_member")]


async def test_a_collaboration_opens_and_ends_in_any_order(service: Service, customer: Counterpart) -> None:
    await service.deliver(event_of(CustomerRegistered, customer))
    assert not await collaboration_is_open(service, customer)
    ended = event_of(CollaborationEnded, customer, sequence=2)
    await service.deliver(ended)
    await service.deliver(event_of(CollaborationOpened, customer))
    assert not await collaboration_is_open(service, customer)
    await service.deliver(event_of(CollaborationOpened, customer, collaboration_id=uuid7()))
    await service.deliver(ended)
    assert await collaboration_is_open(service, customer)


async def test_names_of_both_sides_also_of_those_who_left(
    service: Service, bureau: Bureau, customer: Counterpart
) -> None:
    employee = Employee(bureau.id, account_role="user", maintenance="none", customers="limited")
    for event in (
        event_of(EmployeeDeactivated, employee, name="Anna Lind", sequence=3),
        event_of(EmployeeChanged, employee, sequence=2),
        event_of(EmployeeAdded, employee),
    ):
        await service.deliver(event)
    member, stranger = Member(customer.account_id, "Karin Berg"), Member(uuid7(), "Okänd")
    await service.deliver(event_of(MemberRemoved, member, sequence=2), event_of(MemberAdded, stranger))
    async with service.database.transaction(bureau_id=bureau.id) as session:
        copy = await queries.get_employee(session, bureau.id, employee.employee_id)
        asked = [employee.user_id, member.user_id, stranger.user_id]
        names = await queries.list_names(session, bureau.id, customer.account_id, asked)
    assert (copy.name, copy.active) == ("Anna Lind", False)
    assert names == {employee.user_id: "Anna Lind", member.user_id: "Karin Berg"}


async def test_another_bureau_finds_nothing(
    service: Service, other_bureau: Bureau, collaborating: Customer
) -> None:
    async with service.database.transaction(bureau_id=other_bureau.id) as session:
        with pytest.raises(NotFound):
            await queries.get_customer(session, other_bureau.id, collaborating.customer_id)
        with pytest.raises(NotFound):
            await queries.get_open_collaboration(session, other_bureau.id, collaborating.customer_id)


async def test_the_wall_holds_without_the_querys_scope(
    service: Service, bureau: Bureau, collaborating: Customer
) -> None:
    """In the API's role, a query that forgot to name its bureau still reads no other bureau's rows."""
    api = service.app.state.database
    async with api.transaction(bureau_id=uuid7()) as session:
        with pytest.raises(NotFound):
            await queries.get_customer(session, bureau.id, collaborating.customer_id)
    async with api.transaction(bureau_id=bureau.id) as session:
        assert (await queries.get_customer(session, bureau.id, collaborating.customer_id)).active
