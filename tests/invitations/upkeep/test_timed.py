"""Expiry and reminders."""

import asyncio
from datetime import datetime, timedelta

from services.invitations.upkeep.jobs import expire_overdue, remind_due
from shared.clock import utcnow
from shared.events.billing import CaseManagementEnded
from shared.events.invitations import (
    InvitationExpired,
    InvitationReminded,
)
from shared.events.notifications import MailBounced
from tests.invitations.factories import BureauUnderTest, mail


def days(number: float) -> datetime:
    return utcnow() + timedelta(days=number)


async def test_it_expires_after_thirty_days(bureau: BureauUnderTest) -> None:
    invitation = await bureau.invites(await bureau.has_customer())
    await expire_overdue(bureau.worker_db, at=days(29.9))
    assert (await bureau.row(invitation["id"])).status == "sent"
    await asyncio.gather(*[expire_overdue(bureau.worker_db, at=days(30.1)) for _ in range(3)])
    assert (await bureau.row(invitation["id"])).status == "expired"
    (expired,) = await bureau.published(InvitationExpired)
    assert expired.sequence == 2


async def test_two_reminders_a_week_apart(bureau: BureauUnderTest) -> None:
    customer = await bureau.has_customer()
    invitation = await bureau.invites(customer)
    counted = []
    for day in (6.9, 7.1, 7.2, 14, 14.2, 21.5, 28.5):
        await asyncio.gather(*[remind_due(bureau.worker_db, at=days(day)) for _ in range(2)])
        counted.append((await bureau.row(invitation["id"])).reminders)
    assert counted == [0, 1, 1, 1, 2, 2, 2]
    first, second = await bureau.published(InvitationReminded)
    assert (first.sequence, second.sequence) == (2, 3)
    assert isinstance(first, InvitationReminded)
    assert customer.main_contact is not None
    assert first.email == customer.main_contact.email


async def test_after_downtime_one_reminder_comes_not_two(bureau: BureauUnderTest) -> None:
    invitation = await bureau.invites(await bureau.has_customer())
    await remind_due(bureau.worker_db, at=days(25))
    assert (await bureau.row(invitation["id"])).reminders == 1


async def test_no_reminder_where_the_mail_bounced_or_the_feature_ended(
    bureau: BureauUnderTest, other_bureau: BureauUnderTest
) -> None:
    bounced = await bureau.invites(await bureau.has_customer())
    await bureau.hear("note-mail", mail(MailBounced, bureau, bounced["id"]))
    await other_bureau.invites(await other_bureau.has_customer())
    ended = CaseManagementEnded(
        bureau_id=other_bureau.id, subscription_id=other_bureau.subscription_id, sequence=2
    )
    await other_bureau.hear("track-feature", ended)
    await remind_due(bureau.worker_db, at=days(8))
    assert await bureau.published(InvitationReminded) == []
    assert await other_bureau.published(InvitationReminded) == []
