"""What notifications knows of the people it writes to."""

from services.notifications.copies.queries import get_bureau, list_members
from shared.events.identity import EmployeeChanged, EmployeeDeactivated, MemberRemoved, MemberRoleChanged
from tests.notifications.factories import Bureau


async def test_copies_apply_newer_and_ignore_older(bureau: Bureau) -> None:
    newer = bureau.member(MemberRoleChanged, sequence=3, role="user")
    older = bureau.member(MemberRoleChanged, sequence=2, language="sv")
    await bureau.tell("track-member", newer, older)
    await bureau.tell("track-member", bureau.member(MemberRemoved, sequence=1))
    async with bureau.database.transaction() as session:
        known = await list_members(session, account_id=bureau.account_id, user_ids=[bureau.member_user])
    assert known[bureau.member_user].role == "user"
    assert known[bureau.member_user].language == "en"
    assert known[bureau.member_user].active


async def test_addresses_are_kept_as_they_are_compared(bureau: Bureau) -> None:
    written = bureau.member(MemberRoleChanged, sequence=2, email=" Asa.Ek@KUND.example")
    await bureau.tell("track-member", written)
    async with bureau.database.transaction() as session:
        known = await list_members(session, account_id=bureau.account_id, user_ids=[bureau.member_user])
    assert known[bureau.member_user].email == "asa.ek@kund.example"


async def test_one_person_at_two_bureaus_has_two_copies(bureau: Bureau, other: Bureau) -> None:
    await other.tell("track-employee", other.employee(user_id=bureau.employee_user, language="en"))
    async with bureau.database.transaction() as session:
        assert (await get_bureau(session, bureau.id)).name == bureau.name
    await bureau.tell("mail-case-updated", bureau.case(by="customer"))
    (mail,) = await bureau.mails()
    assert mail.language == "sv"


async def test_access_is_kept_from_the_same_events(bureau: Bureau) -> None:
    await bureau.tell("track-access", bureau.employee())
    await bureau.tell("track-access", bureau.employee(EmployeeChanged, sequence=2, maintenance="none"))
    refused = await bureau.client.get("/v1/events", headers=bureau.as_employee(iat=0, exp=4102444800))
    assert refused.status_code == 403
    await bureau.tell("track-access", bureau.employee(EmployeeDeactivated, sequence=3))
    gone = await bureau.client.get("/v1/events", headers=bureau.as_employee(iat=0, exp=4102444800))
    assert gone.status_code == 401
