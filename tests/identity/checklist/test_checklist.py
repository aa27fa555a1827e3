from uuid import UUID

from shared.bus.consumer import Consumer
from shared.events.identity import DutyConfirmed
from shared.events.invitations import CollaborationEnded, InvitationAcceptanceRefused
from shared.ids import uuid7
from tests.identity.customers.factories import (
    ADDRESS,
    new_contact,
    new_customer,
    points_of,
    ready_customer,
)
from tests.identity.factories import Office, Person, Register, accepted


async def open_account(consumer: Consumer, office: Office, customer: dict[str, str], by: Person) -> UUID:
    event = accepted(
        by,
        bureau_id=office.bureau_id,
        customer_id=customer["id"],
        organisation_number=customer["organisation_number"],
    )
    await consumer.deliver("identity.open-account", [event.to_wire()])
    return event.account_id


async def hear_of_end(consumer: Consumer, office: Office, customer: dict[str, str], account_id: UUID) -> None:
    ended = CollaborationEnded(
        bureau_id=office.bureau_id,
        collaboration_id=uuid7(),
        customer_id=UUID(customer["id"]),
        account_id=account_id,
    )
    await consumer.deliver("identity.track-collaboration", [ended.to_wire()])


async def hear_of_refusal(
    consumer: Consumer, office: Office, customer: dict[str, str], account_id: UUID
) -> None:
    refused = InvitationAcceptanceRefused(
        bureau_id=office.bureau_id,
        invitation_id=uuid7(),
        customer_id=UUID(customer["id"]),
        customer_name=customer["name"],
        account_id=account_id,
        person_name="Fatima Åkesson",
    )
    again = refused.model_copy(update={"id": uuid7()})
    await consumer.deliver("identity.note-refused-acceptance", [refused.to_wire(), again.to_wire()])


async def test_each_point_names_its_customers(office: Office) -> None:
    await ready_customer(office.admin, number="ready")
    await new_customer(office.admin, number="nobody")
    for number, email in (("blank", None), ("wrong", "a@b@c"), ("ours", office.admin.email)):
        customer = await new_customer(office.admin, number=number)
        await new_contact(office.admin, customer["id"], email=email)
    await ready_customer(office.admin, number="street", address={**ADDRESS, "postal_code": None})
    await new_customer(office.admin, number="closed", active=False)
    await ready_customer(office.admin, number="person", kind="private_individual", organisation_number=None)

    checklist = (await office.admin.call("GET", "/v1/activation-checklist")).json()

    named = {point["code"]: [each["number"] for each in point["customers"]] for point in checklist["points"]}
    assert named == {
        "main_contact_missing": ["nobody"],
        "email_missing": ["blank"],
        "email_invalid": ["wrong"],
        "address_incomplete": ["street"],
        "email_belongs_to_employee": ["ours"],
        "main_contact_not_administrator": [],
        "stale_customer": [],
    }
    assert all(point["count"] == len(point["customers"]) for point in checklist["points"])
    assert (checklist["billable_customers"], checklist["ready_customers"]) == (6, 2)


async def test_main_contacts_who_could_not_accept(
    office: Office, register: Register, consumer: Consumer
) -> None:
    administrator = await register.person()
    customers = [await new_customer(office.admin, number=number) for number in "12345"]
    strangers, ours, accepting, ended, refused = customers
    for customer in (strangers, ours, ended, refused):
        await new_contact(office.admin, customer["id"])
    await new_contact(office.admin, accepting["id"], email=administrator.email)
    await open_account(consumer, office, ours, office.admin)
    accounts = {
        each["number"]: await open_account(consumer, office, each, administrator)
        for each in (strangers, accepting, ended, refused)
    }
    await hear_of_end(consumer, office, ended, accounts["4"])
    await hear_of_refusal(consumer, office, refused, accounts["5"])

    points = await points_of(office.admin)

    shown = [(each["number"], each["employee_can_mend"]) for each in points["main_contact_not_administrator"]]
    assert shown == [("2", True), ("4", False), ("5", False)]


async def test_whether_a_company_has_an_account_is_told_to_no_stranger(
    office: Office, other_office: Office, register: Register, consumer: Consumer
) -> None:
    """Another bureau's collaboration and another bureau's refusal are no ties."""
    administrator = await register.person()
    customer = await new_customer(office.admin)
    number = customer["organisation_number"]
    same = await new_customer(other_office.admin, organisation_number=number)
    await new_contact(other_office.admin, same["id"])
    account_id = await open_account(consumer, office, customer, administrator)
    await hear_of_end(consumer, office, customer, account_id)
    await hear_of_refusal(consumer, office, customer, account_id)

    points = await points_of(other_office.admin)

    assert points["main_contact_not_administrator"] == []


async def test_duties_are_ticked_once(office: Office, other_office: Office, register: Register) -> None:
    employee, colleague = await office.employ()
    path = "/v1/activation-checklist/duties"

    first = await colleague.call("PUT", f"{path}/engagement_letters")
    second = await office.admin.call("PUT", f"{path}/engagement_letters")
    unknown = await office.admin.call("PUT", f"{path}/tea")

    assert first.status_code == 200
    assert first.json() == second.json()
    assert first.json()["confirmed_by"] == employee["id"]
    assert unknown.status_code == 422
    duties = (await office.admin.call("GET", "/v1/activation-checklist")).json()["duties"]
    assert [(each["code"], each["confirmed_at"] is not None) for each in duties] == [
        ("general_risk_assessment", False),
        ("engagement_letters", True),
    ]
    theirs = (await other_office.admin.call("GET", "/v1/activation-checklist")).json()["duties"]
    assert [each["confirmed_at"] for each in theirs] == [None, None]
    assert len(await register.published(DutyConfirmed, bureau_id=office.id)) == 1
