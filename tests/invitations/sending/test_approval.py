"""Only a bureau that an operator has approved invites, and what it has sent rests while it is suspended."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.invitations.upkeep.jobs import remind_due
from shared.events.billing import CaseManagementActivated
from shared.events.identity import (
    BureauApproved,
    BureauChanged,
    BureauRegistered,
    BureauSuspended,
    CustomerChanged,
    MainContactChanged,
)
from shared.events.invitations import InvitationMailed
from tests.factories.callers import Caller, refusal
from tests.factories.events import event_of
from tests.factories.invitations import (
    accept,
    invite,
    main_contact_of,
    register_customer,
    ten_minutes_pass,
    token_of,
)
from tests.factories.records import Bureau, Employee, main_contact
from tests.factories.service import Service
from tests.invitations.upkeep.test_timed import days


async def suspend(service: Service, bureau: Bureau, *, sequence: int = 2) -> None:
    await service.deliver(event_of(BureauSuspended, replace(bureau, status="suspended"), sequence=sequence))


async def sent_by(service: Service, bureau: Bureau) -> int:
    return len(await service.published(InvitationMailed, bureau_id=bureau.id))


async def test_until_it_is_approved_a_bureau_invites_nobody(service: Service) -> None:
    bureau = Bureau(status="registered")
    # Also not in the moment before its approval is known here, though the purchase is.
    await service.deliver(event_of(CaseManagementActivated, bureau, activated_on=date(2026, 10, 1)))
    admin = service.caller(Employee(bureau.id))
    customer = await register_customer(service, bureau)
    body = {"customer_id": str(customer.customer_id)}
    for known in (False, True):
        if known:
            await service.deliver(event_of(BureauRegistered, bureau))
        assert refusal(await admin.post("/v1/invitations", body)) == (403, "bureau_not_approved")
        batch = await admin.post("/v1/invitations/batch", {"customer_ids": "all_ready"})
        assert refusal(batch) == (403, "bureau_not_approved")
    assert await sent_by(service, bureau) == 0
    await service.deliver(event_of(BureauApproved, replace(bureau, status="approved"), sequence=2))
    assert (await admin.post("/v1/invitations", body)).status_code == 201


async def test_a_suspended_bureau_sends_nothing_more(service: Service, bureau: Bureau, admin: Caller) -> None:
    customer, other = [await register_customer(service, bureau) for _ in range(2)]
    invitation = await invite(admin, customer)
    await ten_minutes_pass(service, invitation)
    await suspend(service, bureau)
    path = f"/v1/invitations/{invitation['id']}"
    refused = [
        await admin.post("/v1/invitations", {"customer_id": str(other.customer_id)}),
        await admin.post("/v1/invitations/batch", {"customer_ids": "all_ready"}),
        await admin.post(f"{path}/resend"),
    ]
    assert [refusal(each) for each in refused] == [(403, "bureau_suspended")] * 3
    await remind_due(service.database, at=days(8))
    assert await sent_by(service, bureau) == 1
    assert (await admin.read(path))["status"] == "sent"
    await service.deliver(event_of(BureauApproved, bureau, sequence=3))
    assert (await admin.post(f"{path}/resend")).status_code == 200
    await remind_due(service.database, at=days(8))
    assert await sent_by(service, bureau) == 3


async def test_a_new_main_contact_gets_no_invitation_of_a_suspended_bureau(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    customer = await register_customer(service, bureau)
    invitation = await invite(admin, customer)
    await suspend(service, bureau)
    after = replace(customer, main_contact=main_contact(name="Nils Ek"))
    await service.deliver(event_of(CustomerChanged, after, sequence=2))
    await service.deliver(event_of(MainContactChanged, after, sequence=2))
    assert (await admin.read(f"/v1/invitations/{invitation['id']}"))["status"] == "revoked"
    assert await sent_by(service, bureau) == 1


async def test_the_invitation_of_a_suspended_bureau_can_be_declined_and_not_accepted(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    first, second = [await register_customer(service, bureau) for _ in range(2)]
    invitations = [await invite(admin, each) for each in (first, second)]
    people = [main_contact_of(service, each) for each in (first, second)]
    await suspend(service, bureau)
    refused = await accept(people[0], invitations[0])
    assert refusal(refused) == (403, "bureau_suspended")
    assert "Ask the bureau" in refused.json()["detail"]
    assert (await people[1].post(f"/v1/invitations/{invitations[1]['id']}/decline")).status_code == 200
    assert (await admin.post(f"/v1/invitations/{invitations[0]['id']}/revoke")).status_code == 200
    third = await register_customer(service, bureau)
    await service.deliver(event_of(BureauApproved, bureau, sequence=3))
    assert (await accept(main_contact_of(service, third), await invite(admin, third))).status_code == 200


async def test_customers_see_the_name_that_was_approved(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    customer = await register_customer(service, bureau)
    invitation = await invite(admin, customer)
    renamed = replace(bureau, name="Skatteverket", approved_name=bureau.name)
    await service.deliver(event_of(BureauChanged, renamed, sequence=2))
    path = f"/v1/invitations/by-token/{token_of(UUID(invitation['id']))}"
    assert (await main_contact_of(service, customer).read(path))["bureau_name"] == bureau.name
    await service.deliver(
        event_of(BureauApproved, replace(renamed, approved_name="Norrbyrån AB"), sequence=3)
    )
    assert (await main_contact_of(service, customer).read(path))["bureau_name"] == "Norrbyrån AB"


async def test_who_has_not_verified_the_own_address_invites_nobody(service: Service, bureau: Bureau) -> None:
    customer = await register_customer(service, bureau)
    founder = service.caller(Employee(bureau.id), email_verified=False)
    one = await founder.post("/v1/invitations", {"customer_id": str(customer.customer_id)})
    all_ready = await founder.post("/v1/invitations/batch", {"customer_ids": "all_ready"})
    assert [refusal(one), refusal(all_ready)] == [(403, "email_not_verified")] * 2
    assert await sent_by(service, bureau) == 0
