"""Who sees an invitation, and in which order."""

from shared.ids import uuid7
from tests.factories.callers import Caller
from tests.factories.invitations import invite, register_customer, stored
from tests.factories.records import Bureau, Employee, Member
from tests.factories.service import Service


async def test_a_limited_employee_invites_only_its_own(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    employee_id = uuid7()
    limited = service.caller(
        Employee(bureau.id, employee_id=employee_id, customers="limited", maintenance="none")
    )
    own = await register_customer(service, bureau, responsible_id=employee_id)
    shared = await register_customer(service, bureau, participant_ids=[uuid7(), employee_id])
    foreign = await register_customer(service, bureau)
    response = await limited.post("/v1/invitations", {"customer_id": str(foreign.customer_id)})
    assert (response.status_code, response.json()["code"]) == (403, "missing_permission")
    for customer in (own, shared):
        response = await limited.post("/v1/invitations", {"customer_id": str(customer.customer_id)})
        assert response.status_code == 201
    not_own = await invite(admin, foreign)
    listed = (await limited.get("/v1/invitations?status=sent")).json()["items"]
    assert {each["customer_id"] for each in listed} == {str(own.customer_id), str(shared.customer_id)}
    assert (await limited.get(f"/v1/invitations/{not_own['id']}")).status_code == 404
    for action in ("resend", "revoke"):
        response = await limited.post(f"/v1/invitations/{not_own['id']}/{action}")
        assert response.status_code == 403
    overseer = service.caller(Employee(bureau.id, customers="limited", maintenance="full"))
    assert len((await overseer.get("/v1/invitations")).json()["items"]) == 3


async def test_another_bureaus_rows_do_not_exist(
    service: Service, bureau: Bureau, admin: Caller, other_admin: Caller
) -> None:
    customer = await register_customer(service, bureau)
    invitation = await invite(admin, customer)
    before = await stored(service, invitation["id"])
    answers = [
        await other_admin.post("/v1/invitations", {"customer_id": str(customer.customer_id)}),
        await other_admin.get(f"/v1/invitations/{invitation['id']}"),
        *[
            await other_admin.post(f"/v1/invitations/{invitation['id']}/{action}")
            for action in ("resend", "revoke", "accept", "decline")
        ],
    ]
    assert [answer.status_code for answer in answers] == [404] * 6
    assert (await other_admin.get("/v1/invitations")).json()["items"] == []
    after = await stored(service, invitation["id"])
    assert (after.version, after.status) == (before.version, before.status)


async def test_lists_are_paged_newest_first(service: Service, bureau: Bureau, admin: Caller) -> None:
    sent = [await invite(admin, await register_customer(service, bureau)) for _ in range(3)]
    await admin.post(f"/v1/invitations/{sent[0]['id']}/revoke")
    first = (await admin.get("/v1/invitations?limit=2")).json()
    second = (await admin.get(f"/v1/invitations?limit=2&cursor={first['next']}")).json()
    ids = [each["id"] for each in (*first["items"], *second["items"])]
    assert ids == [each["id"] for each in reversed(sent)]
    revoked = (await admin.get("/v1/invitations?status=revoked")).json()["items"]
    assert [each["id"] for each in revoked] == [sent[0]["id"]]
    member = service.caller(Member(uuid7()))
    assert (await member.get("/v1/invitations")).status_code == 403
