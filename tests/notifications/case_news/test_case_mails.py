"""Who is mailed about a case, and how a burst of news becomes one mail."""

import pytest

from shared.events.cases import (
    CaseAssigned,
    CaseChanged,
    CaseEvent,
    CaseResolved,
    CaseSent,
    FileAdded,
    ItemAnswered,
    MessagePosted,
)
from shared.events.identity import EmployeeDeactivated, MemberAdded, MemberRemoved
from shared.ids import uuid7
from tests.factories.callers import Caller
from tests.factories.clock import MovedClock
from tests.factories.events import event_of
from tests.factories.mails import mails_of, waits_of
from tests.factories.records import Bureau, Member
from tests.factories.service import Service
from tests.factories.world import World


async def test_a_sent_case_is_mailed_to_each_recipient_in_their_language(
    service: Service, world: World, bureau: Bureau
) -> None:
    swede = Member(world.customer.account_id, language="sv")
    await service.deliver(event_of(MemberAdded, swede))
    await service.deliver(
        event_of(CaseSent, world.to_customer, recipient_ids=[world.member.user_id, swede.user_id])
    )
    mails = {mail.user_id: mail for mail in await mails_of(service, bureau)}
    assert mails[swede.user_id].language == "sv"
    assert mails[world.member.user_id].language == "en"
    assert mails[swede.user_id].email == swede.email
    assert {mail.kind for mail in mails.values()} == {"case_sent"}
    assert mails[swede.user_id].values == {
        "bureau_name": bureau.name,
        "customer_name": "Ek & Son HB",
        "case_number": "2026-000123",
    }


async def test_a_customers_case_is_mailed_to_the_employees(
    service: Service, world: World, bureau: Bureau
) -> None:
    await service.deliver(event_of(CaseSent, world.to_bureau))
    (mail,) = await mails_of(service, bureau)
    assert (mail.kind, mail.user_id, mail.sender) == ("case_received", world.employee.user_id, None)


async def test_an_assignment_is_mailed_to_the_colleague(
    service: Service, world: World, bureau: Bureau
) -> None:
    event = event_of(CaseAssigned, world.to_customer, recipient_ids=[world.employee.user_id])
    await service.deliver(event)
    (mail,) = await mails_of(service, bureau)
    assert (mail.email, mail.account_id) == (world.employee.email, None)


async def test_whoever_has_left_gets_no_mail(service: Service, world: World, bureau: Bureau) -> None:
    await service.deliver(event_of(MemberRemoved, world.member, sequence=2))
    await service.deliver(event_of(EmployeeDeactivated, world.employee, sequence=2))
    await service.deliver(event_of(CaseSent, world.to_customer))
    await service.deliver(
        event_of(MessagePosted, world.to_customer), event_of(MessagePosted, world.to_bureau)
    )
    assert await mails_of(service, bureau) == []


async def test_an_unknown_recipient_does_not_hold_up_the_others(
    service: Service, world: World, bureau: Bureau
) -> None:
    late = uuid7()
    await service.deliver(event_of(CaseSent, world.to_customer, recipient_ids=[late, world.member.user_id]))
    mails = {mail.user_id: mail for mail in await mails_of(service, bureau)}
    assert mails[world.member.user_id].email is not None
    assert mails[late].email is None


async def test_the_first_mail_leaves_at_once_and_a_burst_becomes_one_more(
    service: Service, world: World, bureau: Bureau, moved_clock: MovedClock
) -> None:
    for minutes in (0, 1, 3, 4):
        moved_clock.move(minutes=minutes)
        await service.deliver(
            event_of(MessagePosted, world.to_customer), event_of(ItemAnswered, world.to_customer)
        )
    assert await waits_of(service, bureau) == [0, 600]


async def test_after_a_gathered_mail_the_next_one_waits_for_its_ten_minutes_too(
    service: Service, world: World, bureau: Bureau, moved_clock: MovedClock
) -> None:
    for minutes in (0, 5, 6):
        moved_clock.move(minutes=minutes)
        await service.deliver(event_of(MessagePosted, world.to_customer))
    assert await waits_of(service, bureau) == [0, 300, 540]
    moved_clock.move(minutes=40)
    await service.deliver(event_of(MessagePosted, world.to_customer))
    assert sorted(await waits_of(service, bureau)) == [0, 0, 300, 540]


async def test_bursts_are_gathered_per_person_and_case(
    service: Service, world: World, bureau: Bureau
) -> None:
    second = uuid7()
    await service.deliver(event_of(MemberAdded, Member(world.customer.account_id, user_id=second)))
    both = [world.member.user_id, second]
    await service.deliver(event_of(MessagePosted, world.to_customer))
    await service.deliver(event_of(MessagePosted, world.to_customer, recipient_ids=both))
    await service.deliver(event_of(MessagePosted, world.to_customer, case_id=uuid7()))
    assert await waits_of(service, bureau) == [0, 0, 0, 600]


async def test_a_replayed_event_makes_no_second_mail(service: Service, world: World, bureau: Bureau) -> None:
    event = event_of(MessagePosted, world.to_customer)
    await service.deliver(event, event)
    await service.deliver(event)
    assert len(await mails_of(service, bureau)) == 1


@pytest.mark.parametrize(
    ("kind", "fields"),
    [(FileAdded, {"status": "draft", "file_id": uuid7()}), (CaseChanged, {"recipient_ids": []})],
)
async def test_what_concerns_nobody_yet_is_not_mailed(
    service: Service, world: World, bureau: Bureau, kind: type[CaseEvent], fields: dict[str, object]
) -> None:
    await service.deliver(event_of(kind, world.to_customer, **fields))
    assert await mails_of(service, bureau) == []


async def test_every_step_is_news_in_the_feed_though_the_mails_are_gathered(
    service: Service, world: World, member: Caller
) -> None:
    await service.deliver(event_of(CaseSent, world.to_customer))
    await service.deliver(
        event_of(MessagePosted, world.to_customer),
        event_of(CaseResolved, world.to_customer, status="resolved"),
    )
    answer = await member.get("/v1/notifications")
    items = answer.json()["items"]
    assert {item["kind"] for item in items} == {"case_sent", "message_posted", "case_resolved"}
    assert {item["case_number"] for item in items} == {"2026-000123"}


async def test_a_person_who_is_at_both_sides_is_reached_on_the_right_one(
    service: Service, world: World, bureau: Bureau
) -> None:
    at_the_customer = Member(world.customer.account_id, user_id=world.employee.user_id)
    await service.deliver(event_of(MemberAdded, at_the_customer))
    await service.deliver(event_of(MessagePosted, world.to_customer, recipient_ids=[world.employee.user_id]))
    (mail,) = await mails_of(service, bureau)
    assert mail.email == at_the_customer.email
