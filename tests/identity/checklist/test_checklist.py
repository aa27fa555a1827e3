from uuid import UUID

from shared.events.identity import DutyConfirmed
from shared.events.invitations import CollaborationEnded, InvitationAcceptanceRefused
from tests.factories.customers import ADDRESS, new_contact, new_customer, points_of, ready_customer
from tests.factories.events import event_of
from tests.factories.people import Person, accepted, employ, new_person
from tests.factories.records import Bureau, Customer, Invitation
from tests.factories.service import Service


async def open_account(service: Service, bureau: Bureau, customer: dict[str, str], by: Person) -> UUID:
    number = customer["organisation_number"]
    event = accepted(by, bureau_id=bureau.id, customer_id=customer["id"], organisation_number=number)
    await service.deliver(event)
    return event.account_id


async def hear_of_end(service: Service, bureau: Bureau, customer: dict[str, str], account_id: UUID) -> None:
    known = Customer(bureau.id, customer_id=UUID(customer["id"]), account_id=account_id)
    await service.deliver(event_of(CollaborationEnded, known))


async def hear_of_refusal(
    service: Service, bureau: Bureau, customer: dict[str, str], account_id: UUID
) -> None:
    """Twice."""
    invitation = Invitation(bureau.id, UUID(customer["id"]), customer_name=customer["name"])
    facts = {"account_id": account_id, "person_name": "Fatima Åkesson"}
    refused = [event_of(InvitationAcceptanceRefused, invitation, **facts) for _ in range(2)]
    await service.deliver(*refused)


async def test_each_point_names_its_customers(admin: Person) -> None:
    await ready_customer(admin, number="ready")
    await new_customer(admin, number="nobody")
    for number, email in (("blank", None), ("wrong", "a@b@c"), ("ours", admin.email)):
        customer = await new_customer(admin, number=number)
        await new_contact(admin, customer["id"], email=email)
    await ready_customer(admin, number="street", address={**ADDRESS, "postal_code": None})
    await new_customer(admin, number="closed", active=False)
    await ready_customer(admin, number="person", kind="private_individual", organisation_number=None)

    checklist = (await admin.get("/v1/activation-checklist")).json()

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


async def test_main_contacts_who_could_not_accept(service: Service, bureau: Bureau, admin: Person) -> None:
    administrator = await new_person(service)
    customers = [await new_customer(admin, number=number) for number in "12345"]
    strangers, ours, accepting, ended, refused = customers
    for customer in (strangers, ours, ended, refused):
        await new_contact(admin, customer["id"])
    await new_contact(admin, accepting["id"], email=administrator.email)
    await open_account(service, bureau, ours, admin)
    accounts = {
        each["number"]: await open_account(service, bureau, each, administrator)
        for each in (strangers, accepting, ended, refused)
    }
    await hear_of_end(service, bureau, ended, accounts["4"])
    await hear_of_refusal(service, bureau, refused, accounts["5"])

    points = await points_of(admin)

    shown = [(each["number"], each["employee_can_mend"]) for each in points["main_contact_not_administrator"]]
    assert shown == [("2", True), ("4", False), ("5", False)]


async def test_whether_a_company_has_an_account_is_told_to_no_stranger(
    service: Service, bureau: Bureau, admin: Person, other_admin: Person
) -> None:
    """Another bureau's collaboration and another bureau's refusal are no ties."""
    administrator = await new_person(service)
    customer = await new_customer(admin)
    number = customer["organisation_number"]
    same = await new_customer(other_admin, organisation_number=number)
    await new_contact(other_admin, same["id"])
    account_id = await open_account(service, bureau, customer, administrator)
    await hear_of_end(service, bureau, customer, account_id)
    await hear_of_refusal(service, bureau, customer, account_id)

    points = await points_of(other_admin)

    assert points["main_contact_not_administrator"] == []


async def test_duties_are_ticked_once(
    service: Service, bureau: Bureau, admin: Person, other_admin: Person
) -> None:
    employee, colleague = await employ(service, admin)
    path = "/v1/activation-checklist/duties"

    first = await colleague.put(f"{path}/engagement_letters")
    second = await admin.put(f"{path}/engagement_letters")
    unknown = await admin.put(f"{path}/tea")

    assert first.status_code == 200
    assert first.json() == second.json()
    assert first.json()["confirmed_by"] == employee["id"]
    assert unknown.status_code == 422
    duties = (await admin.get("/v1/activation-checklist")).json()["duties"]
    assert [(each["code"], each["confirmed_at"] is not None) for each in duties] == [
        ("general_risk_assessment", False),
        ("engagement_letters", True),
    ]
    theirs = (await other_admin.get("/v1/activation-checklist")).json()["duties"]
    assert [each["confirmed_at"] for each in theirs] == [None, None]
    assert len(await service.published(DutyConfirmed, bureau_id=bureau.id)) == 1
