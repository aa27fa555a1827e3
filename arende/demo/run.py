"""`arende demo`: the whole journey, on the embedded default or on real servers."""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from arende.demo import billing, bureau, cases, customers
from arende.demo.client import Unexpected
from arende.demo.letters import Letters
from arende.demo.sample import mark_as_sample, start_over
from arende.demo.screen import Screen, kronor
from arende.demo.story import SAMPLE, Story
from arende.installation import Installation
from arende.local.processes import processes
from arende.local.system import System, embedded
from arende.registry import SERVICES
from shared.bus import dead_letters
from shared.database.engine import Database
from shared.failures import Failure
from shared.telemetry import set_up_logs

CHAPTERS = (
    bureau.sign_up,
    bureau.import_register,
    bureau.read_checklist,
    bureau.buy,
    customers.choose_guests,
    customers.invite_all,
    customers.answer_invitations,
    cases.work_with_cases,
    cases.show_menu,
    billing.bill,
    cases.show_timeline,
)


def run_demo(
    *,
    register: Path | None,
    seed: int,
    report: Path | None,
    deactivate: int,
    data: Path,
    broker: str | None,
    database: str | None,
) -> None:
    """Walk the journey. Raises Failure where it ends early, and OSError where there is no such register."""
    screen = Screen()
    set_up_logs("ERROR")
    installation = Installation(data.resolve())
    try:
        content = (register or SAMPLE).read_bytes()
        asyncio.run(start_over(installation, broker=broker, database=database))
        asyncio.run(_walk(screen, installation, content, seed, report, deactivate, broker, database))
    except (Unexpected, RuntimeError) as error:
        raise Failure(f"the journey ended early: {error}") from error


@asynccontextmanager
async def running_system(
    installation: Installation,
    *,
    broker: str | None,
    database: str | None,
    port: int = 0,
    smtp: str | None = None,
) -> AsyncIterator[System]:
    """In one process, or as ten where a broker is given."""
    if broker is None:
        async with embedded(installation, database=database, port=port, smtp=smtp) as system:
            yield system
    else:
        async with processes(installation, broker=broker, database=database, port=port, smtp=smtp) as system:
            yield system


async def _walk(
    screen: Screen,
    installation: Installation,
    register: bytes,
    seed: int,
    report: Path | None,
    deactivate: int,
    broker: str | None,
    database: str | None,
) -> None:
    began = time.monotonic()
    screen.console.print("Starting PostgreSQL, five services and a mail server …")
    async with running_system(installation, broker=broker, database=database) as system:
        await mark_as_sample(system)
        screen.console.print(f"{system.url}, events by {system.transport}")
        async with httpx.AsyncClient(base_url=system.url, timeout=60, trust_env=False) as http:
            story = Story(
                system=system,
                screen=screen,
                letters=Letters(system.mailbox),
                http=http,
                register=register,
                choice=random.Random(seed),  # noqa: S311 - the same seed, the same story
                deactivate=deactivate,
                password=installation.secret["demo_password"],
            )
            for chapter in CHAPTERS:
                await chapter(story)
            await _conclude(story, time.monotonic() - began, report)


async def _conclude(story: Story, seconds: float, file: Path | None) -> None:
    feed = await story.admin.all("/v1/events", resume_by="after")
    parked = await _dead_letters(story.system)
    report: dict[str, Any] = {
        "transport": story.system.transport,
        **story.report,
        "mails": dict(story.letters.kinds()),
        "events": dict(Counter(event["type"] for event in feed)),
        "dead_letters": parked,
        "seconds": round(seconds, 1),
    }
    if file is not None:
        text = json.dumps(report, indent=1, ensure_ascii=False)
        await asyncio.to_thread(file.write_text, text + "\n")
    _summarise(story, report)
    if parked:
        raise RuntimeError(f"{parked} events could not be handled: see arende dead-letters list")


def _summarise(story: Story, report: dict[str, Any]) -> None:
    story.screen.chapter("What has come of it")
    invitations, invoice = story.report["invitations"], story.report["invoice"]
    rows = [
        ("customers", str(report["customers_imported"])),
        ("invitations", f"{invitations['sent']} sent, {invitations['accepted']} accepted"),
        ("cases", f"{story.report['cases']['closed']} answered, resolved and closed"),
        ("mails", str(sum(story.letters.kinds().values()))),
        ("events", f"{sum(report['events'].values())} public ones, {report['dead_letters']} unhandled"),
        ("invoice", f"{invoice['number']}: {kronor(invoice['total'])}, due {invoice['due_on']}"),
        ("seconds", str(report["seconds"])),
    ]
    story.screen.table(("", ""), rows)
    member = story.guests[0].person
    story.screen.chapter("Look at it by hand: make up")
    story.screen.note("log in at POST /v1/sessions, both with the password")
    story.screen.note(story.password)
    for who in (story.admin, member):
        story.screen.did(f"{who.name} <{who.email}>")
        story.screen.note(f"act_as {json.dumps(who.act_as)}")
    story.system.installation.logins.write_text(
        json.dumps([[who.email, who.act_as] for who in (story.admin, member)])
    )


async def _dead_letters(system: System) -> int:
    """Over all five databases, waiting or parked."""
    total = 0
    for name in SERVICES:
        database = Database(system.databases.url(name, "worker"), name="arende-demo", pool=1)
        async with database.transaction() as session:
            total += sum((await dead_letters.counts(session)).values())
        await database.close()
    return total
