"""`arende up`: the system with a sample bureau, until Ctrl-C."""

import asyncio
import json
import random
from pathlib import Path

import httpx
from rich.console import Console

from arende.demo import bureau
from arende.demo.letters import Letters
from arende.demo.run import running_system
from arende.demo.sample import mark_as_sample
from arende.demo.screen import Screen
from arende.demo.story import SAMPLE, Story
from arende.installation import OPERATOR, Installation
from arende.local.system import System
from shared import clock
from shared.loop import stop_on_signals
from shared.telemetry import set_up_logs


def run_up(
    *, port: int, data: Path, smtp: str | None, broker: str | None, database: str | None, seed: bool
) -> None:
    set_up_logs("WARNING")
    installation = Installation(data.resolve())
    asyncio.run(_run(installation, port=port, smtp=smtp, broker=broker, database=database, seed=seed))


async def _run(
    installation: Installation,
    *,
    port: int,
    smtp: str | None,
    broker: str | None,
    database: str | None,
    seed: bool,
) -> None:
    stop = asyncio.Event()
    stop_on_signals(stop)
    fresh = not installation.folder.exists() or not any(installation.folder.iterdir())
    async with running_system(installation, broker=broker, database=database, port=port, smtp=smtp) as system:
        if seed and fresh:
            await _seed(system)
        _tell(system, Console(highlight=False, soft_wrap=True))
        await stop.wait()


async def _seed(system: System) -> None:
    """The sample bureau with its employees and register; the feature is left to be bought."""
    await mark_as_sample(system)
    (system.installation.folder / "sample-data").touch()
    async with httpx.AsyncClient(base_url=system.url, timeout=60, trust_env=False) as http:
        story = Story(
            system=system,
            screen=Screen(),
            letters=Letters(system.mailbox),
            http=http,
            register=SAMPLE.read_bytes(),
            choice=random.Random(1),  # noqa: S311 - the same sample bureau each time
            deactivate=0,
            password=system.installation.secret["demo_password"],
        )
        await bureau.sign_up(story)
        await bureau.import_register(story)
        people = [story.admin, *story.employees[:1]]
        system.installation.logins.write_text(json.dumps([[who.email, who.act_as] for who in people]))


def _tell(system: System, console: Console) -> None:
    secret = system.installation.secret
    people = [(OPERATOR, secret["operator_password"], {"operator": True})]
    if system.installation.logins.exists():
        known = json.loads(system.installation.logins.read_text())
        people = [(email, secret["demo_password"], act_as) for email, act_as in known] + people
    for email, password, act_as in people:
        console.print(f"log in as {email}, password {password}, act_as {json.dumps(act_as)}", markup=False)
    ahead = clock.offset()
    if ahead.days:
        console.print(f"the clock is {ahead.days} days ahead: a demo has moved it")
    console.print(f"API {system.url}/docs, mails {system.url}/mails, Ctrl-C ends it")
    console.print(f"ready {system.url}")
