from datetime import timedelta

from services.invitations.upkeep.jobs import expire_overdue
from shared.clock import utcnow
from shared.ids import uuid7
from tests.invitations.conftest import TokenOf
from tests.invitations.factories import BureauUnderTest, refused


async def test_anyone_with_the_link_sees_whose_it_is(bureau: BureauUnderTest, token_of: TokenOf) -> None:
    customer = await bureau.has_customer()
    invitation = await bureau.invites(customer)
    row = await bureau.row(invitation["id"])
    response = await bureau.client.get(f"/v1/invitations/by-token/{token_of(row.id)}")
    assert response.json() == {
        "invitation_id": invitation["id"],
        "bureau_name": bureau.name,
        "customer_name": customer.name,
        "state": "sent",
    }
    for bad in (token_of(uuid7()), token_of(row.id)[:-1] + "!", "x"):
        assert (await bureau.client.get(f"/v1/invitations/by-token/{bad}")).status_code == 404


async def test_a_closed_invitation_is_gone(bureau: BureauUnderTest, token_of: TokenOf) -> None:
    customer = await bureau.has_customer()
    person = bureau.person(customer)
    revoked = await bureau.invites(customer)
    await bureau.post(f"/invitations/{revoked['id']}/revoke")
    assert refused(await bureau.accepts(revoked, person)) == (410, "invitation_revoked")
    expired = await bureau.invites(customer)
    await expire_overdue(bureau.worker_db, at=utcnow() + timedelta(days=31))
    assert refused(await bureau.accepts(expired, person)) == (410, "invitation_expired")
    token = token_of((await bureau.row(expired["id"])).id)
    response = await bureau.client.get(f"/v1/invitations/by-token/{token}")
    assert response.json()["state"] == "expired"
