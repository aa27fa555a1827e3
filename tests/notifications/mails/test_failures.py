"""What becomes of a mail when the mail server, the process or the mail itself fails."""

import asyncio
import sys
from pathlib import Path

import pytest
from sqlalchemy import update

from services.notifications.mails.tables import Mail
from services.notifications.settings import Settings
from shared import telemetry
from shared.clock import utcnow
from shared.events import Event
from shared.events.notifications import MailFailed, MailSent
from tests.factories.mails import (
    attempts_of,
    invoices,
    mails_of,
    make_due,
    send,
    states_of,
    waits_of,
)
from tests.factories.records import Bureau
from tests.factories.service import Service
from tests.notifications.mails.mail_server import Answering, answering, no_server

pytestmark = pytest.mark.usefixtures("nothing_waits")
CRASH = """
import asyncio
from services.notifications.main import worker
from services.notifications.settings import Settings
from shared.settings import read_settings

async def main():
    made = worker(read_settings(Settings))
    await next(job for job in made.jobs if job.name == "send-mails").run(made.database)

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("server", "outcome", "code"),
    [
        (Answering(data=["451 try later"]), "postponed", 451),
        (Answering(rcpt=["450 greylisted"]), "postponed", 450),
        (Answering(closes=1), "unreachable", None),
        (Answering(hangs=1), "unreachable", None),
    ],
    ids=["4xx after DATA", "4xx at RCPT", "closes", "hangs after DATA"],
)
async def test_a_passing_failure_is_tried_again(
    service: Service, bureau: Bureau, settings: Settings, server: Answering, outcome: str, code: int | None
) -> None:
    await service.deliver(*invoices(bureau))
    async with answering(server) as url:
        await send(service, settings, url, smtp_timeout=0.3)
        assert await states_of(service, bureau) == [("waiting", 1)]
        assert (await waits_of(service, bureau))[0] in range(55, 66)
        await send(service, settings, url)
        assert server.mails == []
        await make_due(service, bureau)
        await send(service, settings, url)
    assert await states_of(service, bureau) == [("sent", 2)]
    (mail,) = server.mails
    assert mail["Message-ID"] == (await mails_of(service, bureau))[0].message_id
    attempts = [(attempt.outcome, attempt.smtp_code) for attempt in await attempts_of(service, bureau)]
    assert attempts == [(outcome, code), ("sent", 250)]


@pytest.mark.parametrize(
    "server", [Answering(rcpt=["550 no such user"]), Answering(data=["554 no"])], ids=["RCPT", "DATA"]
)
async def test_a_refusal_for_good_fails_the_mail(
    service: Service, bureau: Bureau, settings: Settings, server: Answering
) -> None:
    [invoice] = invoices(bureau)
    await service.deliver(invoice)
    async with answering(server) as url:
        await send(service, settings, url)
        await make_due(service, bureau)
        await send(service, settings, url)
    assert await states_of(service, bureau) == [("failed", 1)]
    assert server.mails == []
    (event,) = await service.published(Event, bureau_id=bureau.id)
    assert isinstance(event, MailFailed)
    assert (event.about, event.about_id, event.kind) == ("invoice", invoice.invoice_id, "invoice_issued")


async def test_after_the_last_attempt_the_mail_has_failed(
    service: Service, bureau: Bureau, settings: Settings
) -> None:
    await service.deliver(*invoices(bureau))
    nobody = no_server()
    for _ in range(len(settings.mail_retry_delays) + 1):
        await make_due(service, bureau)
        await send(service, settings, nobody)
    assert await states_of(service, bureau) == [("failed", 6)]
    assert [type(event) for event in await service.published(Event, bureau_id=bureau.id)] == [MailFailed]
    assert {attempt.outcome for attempt in await attempts_of(service, bureau)} == {"unreachable"}


async def test_while_the_server_is_down_only_one_mail_a_run_is_tried(
    service: Service, bureau: Bureau, settings: Settings
) -> None:
    await service.deliver(*invoices(bureau, 3))
    await send(service, settings, no_server())
    assert sorted(await states_of(service, bureau)) == [("waiting", 0), ("waiting", 0), ("waiting", 1)]


async def test_one_bad_mail_harms_no_other(service: Service, bureau: Bureau, settings: Settings) -> None:
    await service.deliver(*invoices(bureau, 3))
    unset, homeless, good = await mails_of(service, bureau)
    async with service.database.transaction() as session:
        await session.execute(update(Mail).where(Mail.id == unset.id).values(values={}))
        await session.execute(update(Mail).where(Mail.id == homeless.id).values(email="a@b@c\nd"))
    server = Answering()
    async with answering(server) as url:
        await send(service, settings, url)
    states = {mail.id: mail.state for mail in await mails_of(service, bureau)}
    assert states == {unset.id: "waiting", homeless.id: "failed", good.id: "sent"}
    outcomes = {attempt.mail_id: attempt.outcome for attempt in await attempts_of(service, bureau)}
    assert outcomes == {unset.id: "unrenderable", homeless.id: "bad_address", good.id: "sent"}


async def test_a_name_that_can_not_be_written_harms_no_other(
    service: Service, bureau: Bureau, settings: Settings
) -> None:
    """An encoded word (RFC 2047) of bytes that are no text: it shows only while the headers are written."""
    await service.deliver(*invoices(bureau, 3))
    first, odd, last = await mails_of(service, bureau)
    async with service.database.transaction() as session:
        await session.execute(update(Mail).where(Mail.id == odd.id).values(sender="=?utf-8?b?//8=?="))
    async with answering(Answering()) as url:
        await send(service, settings, url)
    states = {mail.id: mail.state for mail in await mails_of(service, bureau)}
    assert states == {first.id: "sent", odd.id: "sent", last.id: "sent"}


async def test_a_mail_that_no_event_can_tell_of_is_sent_once_and_harms_no_other(
    service: Service, bureau: Bureau, settings: Settings
) -> None:
    await service.deliver(*invoices(bureau, 3))
    first, odd, last = await mails_of(service, bureau)
    async with service.database.transaction() as session:
        await session.execute(update(Mail).where(Mail.id == odd.id).values(about="a thing of tomorrow"))
    before = telemetry.MAILS.labels("untold")._value.get()
    server = Answering()
    async with answering(server) as url:
        await send(service, settings, url)
        await make_due(service, bureau)
        await send(service, settings, url)
    assert len(server.mails) == 3
    assert await states_of(service, bureau) == [("sent", 1)] * 3
    told = await service.published(MailSent, bureau_id=bureau.id)
    assert {event.mail_id for event in told} == {first.id, last.id}
    assert telemetry.MAILS.labels("untold")._value.get() == before + 1


async def test_a_crash_before_the_mark_sends_again_under_the_same_id(
    service: Service, bureau: Bureau, settings: Settings
) -> None:
    await service.deliver(*invoices(bureau))
    server = Answering()
    async with answering(server) as url:
        environment = {
            "ARENDE_ENVIRONMENT": "test",
            "ARENDE_DATABASE_URL": settings.database_url,
            "ARENDE_WORKER_DATABASE_URL": settings.worker_database_url,
            "ARENDE_JWKS_FILE": str(settings.jwks_file),
            "ARENDE_LINK_SECRET": settings.link_secret.get_secret_value(),
            "ARENDE_WEB_URL": settings.web_url,
            "ARENDE_SMTP_URL": url,
            "ARENDE_KILL_POINT": "mail-after-send-before-mark",
            "PYTHONPATH": str(Path(__file__).parents[3]),
        }
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", CRASH, env=environment)
        assert await process.wait() == 137
        assert await states_of(service, bureau) == [("waiting", 1)]
        # Longer than a living worker may need, and no longer: the mail of a dead one must not wait.
        left = (await mails_of(service, bureau))[0].due_at - utcnow()
        assert settings.smtp_timeout < left.total_seconds() <= 40
        await send(service, settings, url)
        assert len(server.mails) == 1  # leased
        await make_due(service, bureau)
        await send(service, settings, url)
        await make_due(service, bureau)
        await send(service, settings, url)
    first, second = server.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert await states_of(service, bureau) == [("sent", 2)]
    assert [type(event) for event in await service.published(Event, bureau_id=bureau.id)] == [MailSent]
