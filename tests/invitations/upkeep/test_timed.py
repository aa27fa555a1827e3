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
from tests.factories.callers import Caller
from tests.factories.events import event_of
from tests.factories.invitations import invite, register_customer, stored
from tests.factories.records import Bureau, Mail
from tests.factories.service import Service


def days(number: float) -> datetime:
    return utcnow() + timedelta(days=number)


async def test_it_expires_after_thirty_days(service: Service, bureau: Bureau, admin: Caller) -> None:
    invitation = await invite(admin, await register_customer(service, bureau))
    await expire_overdue(service.database, at=days(29.9))
    assert (await stored(service, invitation["id"])).status == "sent"
    await asyncio.gather(*[expire_overdue(service.database, at=days(30.1)) for _ in range(3)])
    assert (await stored(service, invitation["id"])).status == "expired"
    (expired,) = await service.published(InvitationExpired, bureau_id=bureau.id)
    assert expired.sequence == 2


async def test_two_reminders_a_week_apart(service: Service, bureau: Bureau, admin: Caller) -> None:
    customer = await register_customer(service, bureau)
    invitation = await invite(admin, customer)
    counted = []
    for day in (6.9, 7.1, 7.2, 14, 14.2, 21.5, 28.5):
        await asyncio.gather(*[remind_due(service.database, at=days(day)) for _ in range(2)])
        counted.append((await stored(service, invitation["id"])).reminders)
    assert counted == [0, 1, 1, 1, 2, 2, 2]
    first, second = await service.published(InvitationReminded, bureau_id=bureau.id)
    assert (first.sequence, second.sequence) == (2, 3)
    assert isinstance(first, InvitationReminded)
    assert customer.main_contact is not None
    assert first.email == customer.main_contact.email


async def test_after_downtime_one_reminder_comes_not_two(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    invitation = await invite(admin, await register_customer(service, bureau))
    await remind_due(service.database, at=days(25))
    assert (await stored(service, invitation["id"])).reminders == 1


async def test_no_reminder_where_the_mail_bounced_or_the_feature_ended(
    service: Service, bureau: Bureau, other_bureau: Bureau, admin: Caller, other_admin: Caller
) -> None:
    bounced = await invite(admin, await register_customer(service, bureau))
    await service.deliver(event_of(MailBounced, Mail(bureau.id, bounced["id"])))
    await invite(other_admin, await register_customer(service, other_bureau))
    ended = event_of(CaseManagementEnded, other_bureau, sequence=2)
    await service.deliver(ended)
    await remind_due(service.database, at=days(8))
    assert await service.published(InvitationReminded, bureau_id=bureau.id) == []
    assert await service.published(InvitationReminded, bureau_id=other_bureau.id) == []
