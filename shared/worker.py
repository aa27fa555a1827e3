"""A service's second process: consumers, relay, retries and timed jobs, and a graceful end."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from starlette.applications import Starlette

from shared import clock, telemetry
from shared.bus import dead_letters
from shared.bus.consumer import Consumer
from shared.bus.handlers import Handlers
from shared.bus.relay import Relay
from shared.bus.transport import Transport
from shared.database.access import forget_ended
from shared.database.engine import Database
from shared.database.idempotency import forget_old
from shared.http.management import create_management
from shared.kill_points import arm
from shared.loop import Wake, stopped
from shared.outages import DatabaseDown
from shared.settings import ServiceSettings, required

log = logging.getLogger("arende.worker")
# Few enough that the deletion ends long before its statement would be broken off.
FORGOTTEN_AT_ONCE = 1000


@dataclass(frozen=True)
class Job:
    """Timed work. `run` may be called by many replicas at once and at any moment again."""

    name: str
    every_seconds: float
    run: Callable[[Database], Awaitable[None]]


class Worker:
    def __init__(self, settings: ServiceSettings, *, handlers: Handlers, jobs: Sequence[Job] = ()) -> None:
        self.settings = settings
        self.service = settings.service
        url = required(settings.worker_database_url, "ARENDE_WORKER_DATABASE_URL")
        name, pool = f"arende-{self.service}-worker", settings.database_pool
        self.database = Database(url, name=name, pool=pool, service=self.service)
        self.consumer = Consumer(self.database, handlers, delays=settings.retry_delays)
        self.wake = Wake()
        self.database.committed.append(self.wake)
        self.jobs = [*jobs, Job("housekeeping", 3600, self._housekeep), Job("measure", 5, self._measure)]
        clock.follow(settings.clock_file)
        arm(settings.kill_point)

    def management(self, transport: Transport) -> Starlette:
        return create_management(self.database, healthy=transport.healthy)

    async def run(self, transport: Transport, stop: asyncio.Event) -> None:
        """Runs until `stop`, then lets what was begun finish. Any part that ends early ends all."""
        self.relay = Relay(self.database, transport, service=self.service, wake=self.wake)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.relay.run(stop), name=f"{self.service} relay")
                group.create_task(transport.consume(self.consumer, stop), name=f"{self.service} consumer")
                group.create_task(self._retry(stop), name=f"{self.service} retries")
                for job in self.jobs:
                    group.create_task(self._run_job(job, stop), name=f"{self.service} {job.name}")
        finally:
            await self.database.close()

    async def _retry(self, stop: asyncio.Event) -> None:
        pause = min(1.0, *self.consumer.delays) if self.consumer.delays else 1.0
        while not await stopped(stop, pause):
            try:
                await self.consumer.retry_due(stop)
            except DatabaseDown:
                log.warning("retries pause: database down")

    async def _run_job(self, job: Job, stop: asyncio.Event) -> None:
        while True:
            try:
                with telemetry.span(f"job {job.name}"):
                    await job.run(self.database)
                telemetry.JOBS.labels(self.service, job.name, "done").inc()
            except Exception as error:
                # The next run does what this one could not; the metric raises the alert. A job's bug must
                # not end the reactions beside it.
                telemetry.JOBS.labels(self.service, job.name, "failed").inc()
                log.warning("job failed", exc_info=error, extra={"facts": {"job": job.name}})
            if await stopped(stop, job.every_seconds):
                return

    async def _measure(self, database: Database) -> None:
        await self.relay.measure()
        async with database.transaction() as session:
            for state, number in (await dead_letters.counts(session)).items():
                telemetry.DEAD_LETTERS.labels(self.service, state).set(number)

    async def _housekeep(self, database: Database) -> None:
        async with database.transaction() as session:
            await session.execute(text("select keep_inbox_partitions()"))
        for forget in (forget_old, forget_ended):
            forgotten = FORGOTTEN_AT_ONCE
            while forgotten == FORGOTTEN_AT_ONCE:
                async with database.transaction() as session:
                    forgotten = await forget(session, limit=FORGOTTEN_AT_ONCE)
