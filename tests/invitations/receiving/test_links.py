from datetime import timedelta

from services.invitations.upkeep.jobs import expire_overdue
from shared.clock import utcnow
from shared.ids import uuid7
from tests.factories.callers import Caller, refusal
from tests.factories.invitations import (
    accept,
    invite,
    main_contact_of,
    register_customer,
    stored,
    ten_minutes_pass,
    token_of,
)
from tests.factories.records import Bureau
from tests.factories.service import Service


async def test_anyone_with_the_link_sees_whose_it_is(service: Service, bureau: Bureau, admin: Caller) -> None:
    customer = await register_customer(service, bureau)
    invitation = await invite(admin, customer)
    row = await stored(service, invitation["id"])
    response = await service.client.get(f"/v1/invitations/by-token/{token_of(row.id)}")
    assert response.json() == {
        "invitation_id": invitation["id"],
        "bureau_name": bureau.name,
        "customer_name": customer.name,
        "state": "sent",
    }
    for bad in (token_of(uuid7()), token_of(row.id)[:-1] + "!", "x"):
        assert (await service.client.get(f"/v1/invitations/by-token/{bad}")).status_code == 404


async def test_a_closed_invitation_is_gone(service: Service, bureau: Bureau, admin: Caller) -> None:
    customer = await register_customer(service, bureau)
    person = main_contact_of(service, customer)
    revoked = await invite(admin, customer)
    await admin.post(f"/v1/invitations/{revoked['id']}/revoke")
    assert refusal(await accept(person, revoked)) == (410, "invitation_revoked")
    await ten_minutes_pass(service, revoked)
    expired = await invite(admin, customer)
    await expire_overdue(service.database, at=utcnow() + timedelta(days=31))
    assert refusal(await accept(person, expired)) == (410, "invitation_expired")
    token = token_of((await stored(service, expired["id"])).id)
    response = await service.client.get(f"/v1/invitations/by-token/{token}")
    assert response.json()["state"] == "expired"
