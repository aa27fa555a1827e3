"""What `arende up` and `arende demo` run: the system on this machine, used by the people of the demo."""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

from rich.console import Console

from arende.demo import journey
from arende.demo.client import Caller, Unexpected
from arende.demo.letters import Letters
from arende.demo.screen import Screen
from arende.demo.story import SAMPLE, Story, story_at
from arende.installation import OPERATOR, ApproveBureaus, Installation
from arende.local.processes import processes
from arende.local.sample import mark_as_sample, start_over
from arende.local.system import System, embedded
from shared import clock
from shared.failures import Failure
from shared.loop import stop_on_signals
from shared.telemetry import set_up_logs


def run_up(
    *,
    port: int,
    data: Path,
    smtp: str | None,
    broker: str | None,
    database: str | None,
    seed: bool,
    approve_bureaus: ApproveBureaus,
) -> None:
    set_up_logs("WARNING")
    installation = Installation(data.resolve(), approve_bureaus)
    asyncio.run(_up(installation, port=port, smtp=smtp, broker=broker, database=database, seed=seed))


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
    set_up_logs("ERROR")
    installation = Installation(data.resolve())
    sample = {"register": (register or SAMPLE).read_bytes(), "seed": seed, "deactivate": deactivate}
    try:
        asyncio.run(start_over(installation, broker=broker, database=database))
        asyncio.run(_demo(installation, sample, report, broker=broker, database=database))
    except (Unexpected, RuntimeError) as error:
        raise Failure(f"the journey ended early: {error}") from error


async def _up(
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
    async with _running(installation, broker=broker, database=database, port=port, smtp=smtp) as system:
        if seed and fresh:
            await mark_as_sample(system)
            async with _story(system, Screen(), register=SAMPLE.read_bytes()) as story:
                await journey.sign_up(story)
                _keep_log_ins(installation, [story.admin, *story.employees[:1]])
        _tell(system, Console(highlight=False, soft_wrap=True))
        await stop.wait()


async def _demo(
    installation: Installation,
    sample: dict[str, Any],
    file: Path | None,
    *,
    broker: str | None,
    database: str | None,
) -> None:
    screen, began = Screen(), time.monotonic()
    screen.console.print("Starting PostgreSQL, five services and a mail server …")
    async with _running(installation, broker=broker, database=database) as system:
        await mark_as_sample(system)
        screen.console.print(f"{system.url}, events by {system.transport}")
        async with _story(system, screen, **sample) as story:
            await journey.walk(story)
            seconds = round(time.monotonic() - began, 1)
            report = {"transport": system.transport, **await journey.outcome(story)}
            report |= {"dead_letters": await system.dead_letters(), "seconds": seconds}
            if file is not None:
                text = json.dumps(report, indent=1, ensure_ascii=False)
                await asyncio.to_thread(file.write_text, text + "\n")
            _keep_log_ins(installation, journey.conclude(story, report))
    if parked := report["dead_letters"]:
        raise RuntimeError(f"{parked} events could not be handled: see arende dead-letters list")


@asynccontextmanager
async def _running(
    installation: Installation,
    *,
    broker: str | None,
    database: str | None,
    port: int = 0,
    smtp: str | None = None,
) -> AsyncIterator[System]:
    """The system in one process; in ten, where a broker is given."""
    if broker is None:
        async with embedded(installation, database=database, port=port, smtp=smtp) as system:
            yield system
    else:
        async with processes(installation, broker=broker, database=database, port=port, smtp=smtp) as system:
            yield system


def _story(
    system: System, screen: Screen, *, register: bytes, seed: int = 1, deactivate: int = 0
) -> AbstractAsyncContextManager[Story]:
    return story_at(
        system.url,
        screen=screen,
        letters=Letters(system.mailbox),
        mails_arrive=system.receives,
        clock_file=system.installation.clock,
        register=register,
        choice=random.Random(seed),  # noqa: S311 - the same seed, the same story
        deactivate=deactivate,
        password=system.installation.secret["demo_password"],
        operator=(OPERATOR, system.installation.secret["operator_password"]),
    )


def _keep_log_ins(installation: Installation, people: Iterable[Caller]) -> None:
    installation.logins.write_text(json.dumps([[who.email, who.act_as] for who in people]))


def _tell(system: System, console: Console) -> None:
    secret = system.installation.secret
    people = [(OPERATOR, secret["operator_password"], {"operator": True})]
    if system.installation.logins.exists():
        known = json.loads(system.installation.logins.read_text())
        people = [(email, secret["demo_password"], act_as) for email, act_as in known] + people
    for email, password, act_as in people:
        console.print(f"log in as {email}, password {password}, act_as {json.dumps(act_as)}", markup=False)
    if system.installation.approve_bureaus == "automatic":
        console.print(
            "a bureau that signs up can be used at once; with --approve-bureaus manual it waits for"
        )
    else:
        console.print(
            "a bureau that signs up waits: log in as the operator, GET /v1/bureaus?status=registered,"
        )
    console.print("the operator's POST /v1/bureaus/{id}/approve", markup=False)
    ahead = clock.offset()
    if ahead.days:
        console.print(f"the clock is {ahead.days} days ahead: a demo has moved it")
    console.print(f"API {system.url}/docs, mails {system.url}/mails, Ctrl-C ends it")
    console.print(f"ready {system.url}")
