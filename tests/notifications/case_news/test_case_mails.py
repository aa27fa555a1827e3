"""Who is mailed about a case, how bursts are gathered, and that nothing of the dialogue is in it."""

import pytest

from shared.events.cases import (
    CaseAssigned,
    CaseChanged,
    CaseEvent,
    CaseResolved,
    CaseSent,
    FileAdded,
    ItemAnswered,
)
from shared.events.identity import EmployeeDeactivated, MemberAdded, MemberRemoved
from shared.ids import uuid7
from tests.notifications.conftest import MovedClock
from tests.notifications.factories import Bureau


async def test_a_sent_case_is_mailed_to_each_recipient_in_their_language(bureau: Bureau) -> None:
    swede = uuid7()
    await bureau.tell("track-member", bureau.member(user_id=swede, language="sv"))
    await bureau.tell("mail-case-sent", bureau.case(CaseSent, recipient_ids=[bureau.member_user, swede]))
    mails = {mail.user_id: mail for mail in await bureau.mails()}
    assert mails[swede].language == "sv"
    assert mails[bureau.member_user].language == "en"
    assert mails[swede].email == f"asa-{swede}@kund.example"
    assert {mail.kind for mail in mails.values()} == {"case_sent"}
    assert mails[swede].values == {
        "bureau_name": bureau.name,
        "customer_name": "Ek & Son HB",
        "case_number": "2026-000123",
    }


async def test_a_customers_case_is_mailed_to_the_employees(bureau: Bureau) -> None:
    await bureau.tell("mail-case-sent", bureau.case(CaseSent, by="customer"))
    (mail,) = await bureau.mails()
    assert (mail.kind, mail.user_id, mail.sender) == ("case_received", bureau.employee_user, None)


async def test_an_assignment_is_mailed_to_the_colleague(bureau: Bureau) -> None:
    event = bureau.case(CaseAssigned, recipient_ids=[bureau.employee_user])
    await bureau.tell("mail-case-updated", event)
    (mail,) = await bureau.mails()
    assert (mail.email, mail.account_id) == (f"anna-{bureau.employee_user}@byran.example", None)


async def test_whoever_has_left_gets_no_mail(bureau: Bureau) -> None:
    await bureau.tell("track-member", bureau.member(MemberRemoved, sequence=2))
    await bureau.tell("track-employee", bureau.employee(EmployeeDeactivated, sequence=2))
    await bureau.tell("mail-case-sent", bureau.case(CaseSent))
    await bureau.tell("mail-case-updated", bureau.case(), bureau.case(by="customer"))
    assert await bureau.mails() == []


async def test_an_unknown_recipient_does_not_hold_up_the_others(bureau: Bureau) -> None:
    late = uuid7()
    await bureau.tell("mail-case-sent", bureau.case(CaseSent, recipient_ids=[late, bureau.member_user]))
    mails = {mail.user_id: mail for mail in await bureau.mails()}
    assert mails[bureau.member_user].email is not None
    assert mails[late].email is None


async def test_the_first_mail_leaves_at_once_and_a_burst_becomes_one_more(
    bureau: Bureau, moved_clock: MovedClock
) -> None:
    for minutes in (0, 1, 3, 4):
        moved_clock.move(minutes=minutes)
        await bureau.tell("mail-case-updated", bureau.case(), bureau.case(ItemAnswered))
    assert await bureau.waits() == [0, 600]


async def test_after_a_gathered_mail_the_next_one_waits_for_its_ten_minutes_too(
    bureau: Bureau, moved_clock: MovedClock
) -> None:
    for minutes in (0, 5, 6):
        moved_clock.move(minutes=minutes)
        await bureau.tell("mail-case-updated", bureau.case())
    assert await bureau.waits() == [0, 300, 540]
    moved_clock.move(minutes=40)
    await bureau.tell("mail-case-updated", bureau.case())
    assert sorted(await bureau.waits()) == [0, 0, 300, 540]


async def test_bursts_are_gathered_per_person_and_case(bureau: Bureau) -> None:
    second = uuid7()
    await bureau.tell("track-member", bureau.member(user_id=second))
    both = [bureau.member_user, second]
    await bureau.tell("mail-case-updated", bureau.case())
    await bureau.tell("mail-case-updated", bureau.case(recipient_ids=both))
    await bureau.tell("mail-case-updated", bureau.case(case_id=uuid7()))
    assert await bureau.waits() == [0, 0, 0, 600]


async def test_a_replayed_event_makes_no_second_mail(bureau: Bureau) -> None:
    event = bureau.case()
    await bureau.tell("mail-case-updated", event, event)
    await bureau.tell("mail-case-updated", event)
    assert len(await bureau.mails()) == 1


@pytest.mark.parametrize(
    ("kind", "fields"),
    [(FileAdded, {"status": "draft", "file_id": uuid7()}), (CaseChanged, {"recipient_ids": []})],
)
async def test_what_concerns_nobody_yet_is_not_mailed(
    bureau: Bureau, kind: type[CaseEvent], fields: dict[str, object]
) -> None:
    await bureau.tell("mail-case-updated", bureau.case(kind, **fields))
    assert await bureau.mails() == []


async def test_every_step_is_news_in_the_feed_though_the_mails_are_gathered(bureau: Bureau) -> None:
    await bureau.tell("mail-case-sent", bureau.case(CaseSent))
    await bureau.tell("mail-case-updated", bureau.case(), bureau.case(CaseResolved, status="resolved"))
    answer = await bureau.client.get("/v1/notifications", headers=bureau.as_member())
    items = answer.json()["items"]
    assert {item["kind"] for item in items} == {"case_sent", "message_posted", "case_resolved"}
    assert {item["case_number"] for item in items} == {"2026-000123"}


async def test_a_person_who_is_at_both_sides_is_reached_on_the_right_one(bureau: Bureau) -> None:
    await bureau.tell("track-member", bureau.member(MemberAdded, user_id=bureau.employee_user))
    await bureau.tell("mail-case-updated", bureau.case(recipient_ids=[bureau.employee_user]))
    (mail,) = await bureau.mails()
    assert mail.email == f"asa-{bureau.employee_user}@kund.example"
