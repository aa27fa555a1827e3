"""A small pair of services on the product's own bus: one accepts writes, the other reacts to them.

`python -m tests.faults.probe api|writer|reader` runs one of them as a process. A reaction writes one row for
each effect, so that an effect that happened twice shows.
"""

import asyncio
import os
import sys
import threading
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import uvloop
from fastapi import FastAPI
from pydantic import Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus import outbox
from shared.bus.handlers import Handlers
from shared.bus.rabbitmq import RabbitMQ
from shared.events.billing import CaseManagementActivated
from shared.http.api import create_api, create_router
from shared.http.schemas import Body
from shared.http.serving import serving
from shared.http.session import Session
from shared.loop import stop_on_signals
from shared.settings import ServiceSettings, read_settings
from shared.telemetry import set_up_logs
from shared.worker import Worker

WRITER_TABLES = """
create schema if not exists probe;
create table if not exists probe.writes
    (id uuid primary key, subject uuid not null, sequence integer not null);
grant usage on schema probe to arende_identity, arende_identity_worker;
grant all on probe.writes to arende_identity;
"""
READER_TABLES = """
create schema if not exists probe;
create table if not exists probe.effects (n bigserial, event_id uuid not null);
create index if not exists effects_event on probe.effects (event_id);
create table if not exists probe.copies (subject uuid primary key, sequence integer not null);
create table if not exists probe.backwards (subject uuid, was integer, became integer);
create or replace function probe.watch() returns trigger language plpgsql security definer as $$
begin
    if new.sequence <= old.sequence then
        insert into probe.backwards values (new.subject, old.sequence, new.sequence);
    end if;
    return new;
end $$;
create or replace trigger watch before update on probe.copies for each row execute function probe.watch();
grant usage on schema probe to arende_billing_worker;
grant all on all tables in schema probe to arende_billing_worker;
grant all on all sequences in schema probe to arende_billing_worker;
"""


# The date of an event says what its reaction does with it.
FINE, FAILS, KILLS = date(2026, 11, 1), date(2026, 11, 2), date(2026, 11, 3)


class Settings(ServiceSettings):
    service: str = "identity"
    port: int = 0


class Writes(Body):
    """Many events about one subject in one transaction; the first one has the sequence `first`."""

    subject: UUID
    first: int = Field(ge=1)
    ids: list[UUID] = Field(min_length=1, max_length=1000)
    bug: bool = False


router = create_router("probe")


@router.post("/v1/probe", status_code=201)
async def write(body: Writes, session: Session) -> dict[str, int]:
    rows: list[dict[str, Any]] = [
        {"event_id": event_id, "subject": body.subject, "sequence": number}
        for number, event_id in enumerate(body.ids, start=body.first)
    ]
    await session.execute(text("insert into probe.writes values (:event_id, :subject, :sequence)"), rows)
    outbox.add(session, *(event_of(**row, on=FAILS if body.bug else FINE) for row in rows))
    return {"accepted": len(rows)}


def event_of(event_id: UUID, subject: UUID, sequence: int, on: date) -> CaseManagementActivated:
    return CaseManagementActivated(
        id=event_id, bureau_id=subject, sequence=sequence, subscription_id=subject, activated_on=on
    )


handlers = Handlers("billing")


@handlers.on(CaseManagementActivated, queue="probe-effect")
async def leave_effect(event: CaseManagementActivated, session: AsyncSession) -> None:
    if event.activated_on == KILLS:
        os._exit(137)
    await session.execute(text("insert into probe.effects (event_id) values (:id)"), {"id": event.id})
    if event.activated_on == FAILS:
        raise RuntimeError("a bug in the handler, after its effect")


@handlers.on_batch(CaseManagementActivated, queue="probe-copy")
async def keep_copies(events: Sequence[CaseManagementActivated], session: AsyncSession) -> None:
    newest: dict[UUID, int] = {}
    for event in events:
        newest[event.subscription_id] = max(event.sequence, newest.get(event.subscription_id, 0))
    await session.execute(
        text(
            "insert into probe.copies values (:subject, :sequence) on conflict (subject) do update"
            " set sequence = excluded.sequence where excluded.sequence > copies.sequence"
        ),
        [{"subject": subject, "sequence": newest[subject]} for subject in sorted(newest)],
    )


def api(settings: Settings) -> FastAPI:
    return create_api(settings, routers=[router])


async def run_api(settings: Settings, stop: asyncio.Event) -> None:
    app = api(settings)
    async with (
        serving(app.state.management, host="127.0.0.1", port=settings.management_port),
        serving(app, host="127.0.0.1", port=settings.port),
    ):
        await stop.wait()


async def run_worker(settings: Settings, reactions: Handlers, stop: asyncio.Event) -> None:
    worker = Worker(settings, handlers=reactions)
    transport = RabbitMQ(settings.broker_url or "", name=f"probe-{settings.service}", watch_seconds=2)
    async with serving(worker.management(transport), host="127.0.0.1", port=settings.management_port):
        await worker.run(transport, stop)
    await transport.close()


def end_with_the_harness() -> None:
    # Reads the descriptor: a thread that reads sys.stdin holds a lock that the interpreter needs to end.
    os.read(0, 1)
    os._exit(1)


async def main(role: str) -> None:
    set_up_logs()
    threading.Thread(target=end_with_the_harness, daemon=True).start()
    stop = asyncio.Event()
    stop_on_signals(stop)
    settings = read_settings(Settings)
    if role == "api":
        await run_api(settings, stop)
    else:
        await run_worker(settings, handlers if role == "reader" else Handlers("identity"), stop)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
