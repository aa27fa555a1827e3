"""Mails leave at least once, with one Message-ID, in each recipient's language."""

import asyncio
import re
from pathlib import Path

import pytest
from sqlalchemy import func, select

from arende.local.mailbox import Mailbox, receiving
from services.notifications.mails.tables import Mail
from services.notifications.settings import Settings
from shared.database.engine import Database
from shared.events import Event
from shared.events.cases import CaseSent, MessagePosted
from shared.events.identity import MemberAdded, UserRegistered
from shared.events.invitations import InvitationSent
from shared.events.notifications import MailSent
from shared.ids import uuid7
from shared.links import read_link_token
from tests.factories.events import event_of
from tests.factories.mails import (
    attempts_of,
    everything_stored,
    invoices,
    mails_of,
    mails_to,
    make_due,
    send,
)
from tests.factories.records import Bureau, Member, User
from tests.factories.service import Service
from tests.factories.world import World
from tests.notifications.mails.mail_server import Answering, answering

pytestmark = pytest.mark.usefixtures("nothing_waits")


async def test_a_mail_arrives_once_in_each_ones_language(
    service: Service, world: World, bureau: Bureau, settings: Settings, tmp_path: Path
) -> None:
    swede = Member(world.customer.account_id, language="sv")
    await service.deliver(event_of(MemberAdded, swede))
    await service.deliver(
        event_of(CaseSent, world.to_customer, recipient_ids=[world.member.user_id, swede.user_id])
    )
    mailbox = Mailbox(tmp_path)
    async with receiving(mailbox) as url:
        await send(service, settings, url)
        await send(service, settings, url)
    mails = {str(mail["To"]): mail for mail in map(mailbox.read, mailbox.names())}
    assert len(mailbox.names()) == 2
    assert mails[swede.email]["Subject"].startswith("Nytt ärende 2026-000123")
    assert mails[world.member.email]["Subject"].startswith("New case 2026-000123")
    assert str(mails[swede.email]["From"]).startswith(f"{bureau.name} via Ärende <")
    rows = await mails_of(service, bureau)
    assert {mail["Message-ID"] for mail in mails.values()} == {
        f"<{row.id}@app.arende.example>" for row in rows
    }
    assert [row.state for row in rows] == ["sent", "sent"]
    assert [attempt.outcome for attempt in await attempts_of(service, bureau)] == ["sent", "sent"]
    told = [
        event for event in await service.published(Event, bureau_id=bureau.id) if isinstance(event, MailSent)
    ]
    assert {(event.mail_id, event.about, event.about_id) for event in told} == {
        (row.id, "case", world.to_customer.case_id) for row in rows
    }


async def test_the_links_token_checks_out_and_is_stored_nowhere(
    service: Service, world: World, settings: Settings
) -> None:
    invited, event = event_of(InvitationSent, world.invitation), event_of(UserRegistered, User())
    server = Answering()
    async with answering(server) as url:
        await service.deliver(invited)
        await service.deliver(event)
        await send(service, settings, url)
    tokens = {}
    for mail in server.mails:
        text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr] # it has both bodies
        found = re.search(r"https://app\.arende\.example/(verify|invitations)/([\w-]{48})\s", text)
        assert found
        tokens[found[1]] = found[2]
    secret = settings.link_secret
    assert read_link_token(secret, "invitation", tokens["invitations"]) == invited.invitation_id
    assert read_link_token(secret, "verify", tokens["verify"]) == event.verification_id
    stored = await everything_stored(service)
    assert str(invited.invitation_id) in stored
    assert not [token for token in tokens.values() if token in stored]
    (kept,) = await mails_to(service, event.user_id)
    assert kept.state == "sent"


async def test_a_recipient_who_comes_late_gets_the_mail_then(
    service: Service, world: World, bureau: Bureau, settings: Settings
) -> None:
    late = Member(world.customer.account_id, language="en")
    await service.deliver(event_of(CaseSent, world.to_customer, recipient_ids=[late.user_id]))
    server = Answering()
    async with answering(server) as url:
        await send(service, settings, url)
        assert [attempt.outcome for attempt in await attempts_of(service, bureau)] == ["no_address"]
        await service.deliver(event_of(MemberAdded, late))
        await make_due(service, bureau)
        await send(service, settings, url)
    (mail,) = server.mails
    assert (str(mail["To"]), mail["Subject"][:8]) == (late.email, "New case")


async def test_a_gathered_mail_stays_until_it_is_due(
    service: Service, world: World, bureau: Bureau, settings: Settings
) -> None:
    await service.deliver(
        event_of(MessagePosted, world.to_customer), event_of(MessagePosted, world.to_customer)
    )
    server = Answering()
    async with answering(server) as url:
        await send(service, settings, url)
        assert len(server.mails) == 1
        await make_due(service, bureau)
        await send(service, settings, url)
    assert len(server.mails) == 2
    assert len({mail["Message-ID"] for mail in server.mails}) == 2


async def test_hundreds_leave_in_seconds_over_few_connections(
    service: Service, world: World, bureau: Bureau, settings: Settings
) -> None:
    await service.deliver(
        *[event_of(InvitationSent, world.invitation, invitation_id=uuid7()) for _ in range(300)]
    )
    server = Answering()
    async with answering(server) as url:
        async with asyncio.timeout(20):
            while len(server.mails) < 300:
                await asyncio.gather(*[send(service, settings, url) for _ in range(2)])
    assert len({mail["Message-ID"] for mail in server.mails}) == len(server.mails) == 300
    assert server.connections <= 10
    wanted = select(func.count()).where(Mail.bureau_id == bureau.id, Mail.state == "sent")
    async with service.database.transaction() as session:
        assert await session.scalar(wanted) == 300


async def test_the_bureaus_mails_are_walled_and_a_persons_are_the_workers_alone(
    service: Service, other_world: World, bureau: Bureau, settings: Settings
) -> None:
    event = event_of(UserRegistered, User())
    await service.deliver(*invoices(bureau))
    await service.deliver(event)
    api = Database(settings.database_url, name="tests-api")
    async with api.transaction(bureau_id=bureau.id) as session:
        assert {mail.bureau_id for mail in await session.scalars(select(Mail))} == {bureau.id}
    async with api.transaction(bureau_id=other_world.bureau.id) as session:
        assert (await session.scalars(select(Mail))).all() == []
    await api.close()
