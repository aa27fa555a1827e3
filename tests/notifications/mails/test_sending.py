"""Mails leave at least once, with one Message-ID, whatever the mail server and the process go through."""

import asyncio
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from arende.local.mailbox import Mailbox, receiving
from services.notifications.mails.jobs import send_mails
from services.notifications.mails.tables import Mail
from services.notifications.settings import Settings
from shared.database.engine import Database
from shared.events.cases import CaseSent
from shared.events.notifications import MailFailed, MailSent
from shared.ids import uuid7
from shared.links import read_link_token
from tests.notifications.factories import Bureau, mail_to, user
from tests.notifications.mails.mail_server import Answering, answering, no_server

CRASH = """
import asyncio
from services.notifications.main import worker
from services.notifications.settings import Settings

async def main():
    made = worker(Settings())
    await next(job for job in made.jobs if job.name == "send-mails").run(made.database)

asyncio.run(main())
"""


@pytest.fixture(autouse=True)
async def nothing_waits(worker_db: Database) -> None:
    async with worker_db.transaction() as session:
        await session.execute(delete(Mail))


async def run(bureau: Bureau, settings: Settings, smtp_url: str, **overrides: Any) -> None:
    fields = {"smtp_url": smtp_url, **overrides}
    await send_mails(bureau.database, settings=settings.model_copy(update=fields))


async def state_of(bureau: Bureau) -> list[tuple[str, int]]:
    return [(mail.state, mail.attempts) for mail in await bureau.mails()]


async def test_a_mail_arrives_once_in_each_ones_language(
    bureau: Bureau, settings: Settings, tmp_path: Path
) -> None:
    swede = uuid7()
    await bureau.tell("track-member", bureau.member(user_id=swede, language="sv"))
    await bureau.tell("mail-case-sent", bureau.case(CaseSent, recipient_ids=[bureau.member_user, swede]))
    mailbox = Mailbox(tmp_path)
    async with receiving(mailbox) as url:
        await run(bureau, settings, url)
        await run(bureau, settings, url)
    mails = {str(mail["To"]): mail for mail in map(mailbox.read, mailbox.names())}
    assert len(mailbox.names()) == 2
    assert mails[f"asa-{swede}@kund.example"]["Subject"].startswith("Nytt ärende 2026-000123")
    assert mails[f"asa-{bureau.member_user}@kund.example"]["Subject"].startswith("New case 2026-000123")
    assert str(mails[f"asa-{swede}@kund.example"]["From"]).startswith(f"{bureau.name} via Ärende <")
    rows = await bureau.mails()
    assert {mail["Message-ID"] for mail in mails.values()} == {
        f"<{row.id}@app.arende.example>" for row in rows
    }
    assert [row.state for row in rows] == ["sent", "sent"]
    assert [attempt.outcome for attempt in await bureau.attempts()] == ["sent", "sent"]
    told = [event for event in await bureau.published() if isinstance(event, MailSent)]
    assert {(event.mail_id, event.about, event.about_id) for event in told} == {
        (row.id, "case", bureau.case_id) for row in rows
    }


async def test_the_links_token_checks_out_and_is_stored_nowhere(bureau: Bureau, settings: Settings) -> None:
    invited, event = bureau.invitation(), user()
    server = Answering()
    async with answering(server) as url:
        await bureau.tell("mail-invitation", invited)
        await bureau.tell("mail-verify-address", event)
        await run(bureau, settings, url)
    tokens = {}
    for mail in server.mails:
        text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr] # it has both bodies
        found = re.search(r"https://app\.arende\.example/(verify|invitations)/([\w-]{48})\s", text)
        assert found
        tokens[found[1]] = found[2]
    secret = settings.link_secret
    assert read_link_token(secret, "invitation", tokens["invitations"]) == invited.invitation_id
    assert read_link_token(secret, "verify", tokens["verify"]) == event.verification_id
    stored = await bureau.everything_stored()
    assert str(invited.invitation_id) in stored
    assert not [token for token in tokens.values() if token in stored]
    (kept,) = await mail_to(bureau.database, event.user_id)
    assert kept.state == "sent"


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
    bureau: Bureau, settings: Settings, server: Answering, outcome: str, code: int | None
) -> None:
    await bureau.tell("mail-invoice", bureau.invoice())
    async with answering(server) as url:
        await run(bureau, settings, url, smtp_timeout=0.3)
        assert await state_of(bureau) == [("waiting", 1)]
        assert (await bureau.waits())[0] in range(55, 66)
        await run(bureau, settings, url)
        assert server.mails == []
        await bureau.make_due()
        await run(bureau, settings, url)
    assert await state_of(bureau) == [("sent", 2)]
    (mail,) = server.mails
    assert mail["Message-ID"] == (await bureau.mails())[0].message_id
    attempts = [(attempt.outcome, attempt.smtp_code) for attempt in await bureau.attempts()]
    assert attempts == [(outcome, code), ("sent", 250)]


@pytest.mark.parametrize(
    "server", [Answering(rcpt=["550 no such user"]), Answering(data=["554 no"])], ids=["RCPT", "DATA"]
)
async def test_a_refusal_for_good_fails_the_mail(
    bureau: Bureau, settings: Settings, server: Answering
) -> None:
    invoice = bureau.invoice()
    await bureau.tell("mail-invoice", invoice)
    async with answering(server) as url:
        await run(bureau, settings, url)
        await bureau.make_due()
        await run(bureau, settings, url)
    assert await state_of(bureau) == [("failed", 1)]
    assert server.mails == []
    (event,) = await bureau.published()
    assert isinstance(event, MailFailed)
    assert (event.about, event.about_id, event.kind) == ("invoice", invoice.invoice_id, "invoice_issued")


async def test_after_the_last_attempt_the_mail_has_failed(bureau: Bureau, settings: Settings) -> None:
    await bureau.tell("mail-invoice", bureau.invoice())
    nobody = no_server()
    for _ in range(len(settings.mail_retry_delays) + 1):
        await bureau.make_due()
        await run(bureau, settings, nobody)
    assert await state_of(bureau) == [("failed", 6)]
    assert [type(event) for event in await bureau.published()] == [MailFailed]
    assert {attempt.outcome for attempt in await bureau.attempts()} == {"unreachable"}


async def test_while_the_server_is_down_only_one_mail_a_run_is_tried(
    bureau: Bureau, settings: Settings
) -> None:
    await bureau.tell("mail-invoice", bureau.invoice(), bureau.invoice(), bureau.invoice())
    await run(bureau, settings, no_server())
    assert sorted(await state_of(bureau)) == [("waiting", 0), ("waiting", 0), ("waiting", 1)]


async def test_one_bad_mail_harms_no_other(bureau: Bureau, settings: Settings) -> None:
    await bureau.tell("mail-invoice", bureau.invoice(), bureau.invoice(), bureau.invoice())
    unset, homeless, good = await bureau.mails()
    async with bureau.database.transaction() as session:
        await session.execute(update(Mail).where(Mail.id == unset.id).values(values={}))
        await session.execute(update(Mail).where(Mail.id == homeless.id).values(email="a@b@c\nd"))
    server = Answering()
    async with answering(server) as url:
        await run(bureau, settings, url)
    states = {mail.id: mail.state for mail in await bureau.mails()}
    assert states == {unset.id: "waiting", homeless.id: "failed", good.id: "sent"}
    outcomes = {attempt.mail_id: attempt.outcome for attempt in await bureau.attempts()}
    assert outcomes == {unset.id: "unrenderable", homeless.id: "bad_address", good.id: "sent"}


async def test_a_name_that_can_not_be_written_harms_no_other(bureau: Bureau, settings: Settings) -> None:
    """An encoded word (RFC 2047) of bytes that are no text: it shows only while the headers are written."""
    await bureau.tell("mail-invoice", bureau.invoice(), bureau.invoice(), bureau.invoice())
    first, odd, last = await bureau.mails()
    async with bureau.database.transaction() as session:
        await session.execute(update(Mail).where(Mail.id == odd.id).values(sender="=?utf-8?b?//8=?="))
    async with answering(Answering()) as url:
        await run(bureau, settings, url)
    states = {mail.id: mail.state for mail in await bureau.mails()}
    assert states == {first.id: "sent", odd.id: "sent", last.id: "sent"}


async def test_a_recipient_who_comes_late_gets_the_mail_then(bureau: Bureau, settings: Settings) -> None:
    late = uuid7()
    await bureau.tell("mail-case-sent", bureau.case(CaseSent, recipient_ids=[late]))
    server = Answering()
    async with answering(server) as url:
        await run(bureau, settings, url)
        assert [attempt.outcome for attempt in await bureau.attempts()] == ["no_address"]
        await bureau.tell("track-member", bureau.member(user_id=late, language="en"))
        await bureau.make_due()
        await run(bureau, settings, url)
    (mail,) = server.mails
    assert (str(mail["To"]), mail["Subject"][:8]) == (f"asa-{late}@kund.example", "New case")


async def test_a_gathered_mail_stays_until_it_is_due(bureau: Bureau, settings: Settings) -> None:
    await bureau.tell("mail-case-updated", bureau.case(), bureau.case())
    server = Answering()
    async with answering(server) as url:
        await run(bureau, settings, url)
        assert len(server.mails) == 1
        await bureau.make_due()
        await run(bureau, settings, url)
    assert len(server.mails) == 2
    assert len({mail["Message-ID"] for mail in server.mails}) == 2


async def test_a_crash_before_the_mark_sends_again_under_the_same_id(
    bureau: Bureau, settings: Settings
) -> None:
    await bureau.tell("mail-invoice", bureau.invoice())
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
        assert await state_of(bureau) == [("waiting", 1)]
        await run(bureau, settings, url)
        assert len(server.mails) == 1  # leased
        await bureau.make_due()
        await run(bureau, settings, url)
        await bureau.make_due()
        await run(bureau, settings, url)
    first, second = server.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert await state_of(bureau) == [("sent", 2)]
    assert [type(event) for event in await bureau.published()] == [MailSent]


async def test_hundreds_leave_in_seconds_over_few_connections(bureau: Bureau, settings: Settings) -> None:
    await bureau.tell("mail-invitation", *[bureau.invitation() for _ in range(300)])
    server = Answering()
    async with answering(server) as url:
        async with asyncio.timeout(20):
            while len(server.mails) < 300:
                await asyncio.gather(*[run(bureau, settings, url) for _ in range(2)])
    assert len({mail["Message-ID"] for mail in server.mails}) == len(server.mails) == 300
    assert server.connections <= 10
    wanted = select(func.count()).where(Mail.bureau_id == bureau.id, Mail.state == "sent")
    async with bureau.database.transaction() as session:
        assert await session.scalar(wanted) == 300


async def test_the_bureaus_mails_are_walled_and_a_persons_are_the_workers_alone(
    bureau: Bureau, other: Bureau, settings: Settings
) -> None:
    event = user()
    await bureau.tell("mail-invoice", bureau.invoice())
    await bureau.tell("mail-verify-address", event)
    api = Database(settings.database_url, name="tests-api")
    async with api.transaction(bureau_id=bureau.id) as session:
        assert {mail.bureau_id for mail in await session.scalars(select(Mail))} == {bureau.id}
    async with api.transaction(bureau_id=other.id) as session:
        assert (await session.scalars(select(Mail))).all() == []
    await api.close()
