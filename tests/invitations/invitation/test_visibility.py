"""Who sees an invitation, and in which order."""

from shared.ids import uuid7
from tests.invitations.factories import BureauUnderTest


async def test_a_limited_employee_invites_only_its_own(bureau: BureauUnderTest) -> None:
    employee_id = uuid7()
    limited = bureau.employee(employee_id=employee_id, customers="limited", maintenance="none")
    own = await bureau.has_customer(responsible_id=employee_id)
    shared = await bureau.has_customer(participant_ids=[uuid7(), employee_id])
    foreign = await bureau.has_customer()
    response = await bureau.post("/invitations", {"customer_id": str(foreign.customer_id)}, by=limited)
    assert (response.status_code, response.json()["code"]) == (403, "missing_permission")
    for customer in (own, shared):
        response = await bureau.post("/invitations", {"customer_id": str(customer.customer_id)}, by=limited)
        assert response.status_code == 201
    not_own = await bureau.invites(foreign)
    listed = (await bureau.get("/invitations?status=sent", by=limited)).json()["items"]
    assert {each["customer_id"] for each in listed} == {str(own.customer_id), str(shared.customer_id)}
    assert (await bureau.get(f"/invitations/{not_own['id']}", by=limited)).status_code == 404
    for action in ("resend", "revoke"):
        response = await bureau.post(f"/invitations/{not_own['id']}/{action}", by=limited)
        assert response.status_code == 403
    overseer = bureau.employee(customers="limited", maintenance="full")
    assert len((await bureau.get("/invitations", by=overseer)).json()["items"]) == 3


async def test_another_bureaus_rows_do_not_exist(
    bureau: BureauUnderTest, other_bureau: BureauUnderTest
) -> None:
    customer = await bureau.has_customer()
    invitation = await bureau.invites(customer)
    stranger = other_bureau.employee()
    before = await bureau.row(invitation["id"])
    answers = [
        await bureau.post("/invitations", {"customer_id": str(customer.customer_id)}, by=stranger),
        await bureau.get(f"/invitations/{invitation['id']}", by=stranger),
        *[
            await bureau.post(f"/invitations/{invitation['id']}/{action}", by=stranger)
            for action in ("resend", "revoke", "accept", "decline")
        ],
    ]
    assert [answer.status_code for answer in answers] == [404] * 6
    assert (await bureau.get("/invitations", by=stranger)).json()["items"] == []
    after = await bureau.row(invitation["id"])
    assert (after.version, after.status) == (before.version, before.status)


async def test_lists_are_paged_newest_first(bureau: BureauUnderTest) -> None:
    sent = [await bureau.invites(await bureau.has_customer()) for _ in range(3)]
    await bureau.post(f"/invitations/{sent[0]['id']}/revoke")
    first = (await bureau.get("/invitations?limit=2")).json()
    second = (await bureau.get(f"/invitations?limit=2&cursor={first['next']}")).json()
    ids = [each["id"] for each in (*first["items"], *second["items"])]
    assert ids == [each["id"] for each in reversed(sent)]
    revoked = (await bureau.get("/invitations?status=revoked")).json()["items"]
    assert [each["id"] for each in revoked] == [sent[0]["id"]]
    member = bureau.tokens.member(uuid7())
    assert (await bureau.get("/invitations", by=member)).status_code == 403
