"""One API or one worker as a process, from reading its settings until its end, at most 25 s after SIGTERM.

Only what a process needs is imported, when it is needed: an API loads no RabbitMQ client, a worker no
FastAPI, and neither of them another service.
"""

import asyncio
import gc
import logging
from typing import TYPE_CHECKING, Any

import uvloop

from arende.registry import SERVICES
from shared.http.protocol import Bounds
from shared.http.serving import serving
from shared.loop import stop_on_signals, stopped
from shared.settings import ServiceSettings, read_settings, required
from shared.telemetry import otlp, set_up_logs, set_up_traces

if TYPE_CHECKING:
    from fastapi import FastAPI

    from shared.bus.transport import Transport

log = logging.getLogger("arende.process")

HEALTH_CHECK_SECONDS = 5.0
# Kubernetes kills a process 30 s after SIGTERM. An API has 23 s for its drain and the requests that it has
# begun; a worker has 18 s, because closing its connections to a dead broker may take a few more.
ANSWER_SECONDS = 23.0
FINISH_SECONDS = 18.0


class ConsumingStuck(RuntimeError):
    """The process can't recover by itself and ends; the platform starts a new one."""


def serve(name: str, *, host: str, port: int) -> None:
    """Run one API until SIGTERM. Raises Failure where a setting, a port or a key set can't be used."""
    settings = _set_up(name)
    uvloop.run(_serve(SERVICES[name].api(settings), settings, host=host, port=port))


def work(name: str) -> None:
    """Run one worker until SIGTERM. Raises ConsumingStuck where consuming has stood still, and Failure."""
    settings = _set_up(name)
    uvloop.run(_work(settings, required(settings.broker_url, "ARENDE_BROKER_URL")))


async def declare(name: str, broker_url: str) -> None:
    """Declare one service's queues, and bind those of its own events that no service reads to their queue.
    Without a queue, the broker would return an event to its publisher."""
    from shared.bus.declaration import declare_all
    from shared.events import TYPES, load_all

    handlers = SERVICES[name].handlers
    load_all()
    own = [kind for kind in TYPES.values() if kind.source == f"/arende/{name}"]
    await declare_all(broker_url, [handlers], unread=[kind.type for kind in own if kind.unread])


def settle() -> None:
    """Exclude the objects that start-up has made, which live until the end, from garbage collection."""
    gc.collect()
    gc.freeze()


def _set_up(name: str) -> ServiceSettings:
    settings = read_settings(SERVICES[name].settings)
    set_up_logs()
    set_up_traces(name, otlp(settings.otlp_endpoint))
    return settings


async def _serve(app: "FastAPI", settings: ServiceSettings, *, host: str, port: int) -> None:
    stop = asyncio.Event()
    stop_on_signals(stop)
    for check in app.state.before_start:
        check()
    answer_seconds = ANSWER_SECONDS - settings.drain_seconds
    async with (
        serving(app.state.management, host=host, port=settings.management_port, answer_seconds=1),
        serving(
            app,
            host=host,
            port=port,
            trusted_proxies=settings.trusted_proxies,
            bounds=Bounds(
                head_seconds=settings.head_seconds,
                stall_seconds=settings.stall_seconds,
                lowest_rate=settings.lowest_rate,
                connections=settings.connections,
            ),
            answer_seconds=answer_seconds,
            leaving=stop,
        ),
    ):
        settle()
        log.info("serves", extra={"facts": {"service": settings.service, "port": port}})
        await stop.wait()
        log.info("leaves", extra={"facts": {"service": settings.service}})
        # /readyz says no from now on. Until load balancers have noticed, requests are still served.
        app.state.management.state.leaving = True
        await asyncio.sleep(settings.drain_seconds)


async def _work(settings: ServiceSettings, broker_url: str) -> None:
    from shared.bus.rabbitmq import RabbitMQ

    stop = asyncio.Event()
    stop_on_signals(stop)
    worker = SERVICES[settings.service].worker(settings)
    transport = RabbitMQ(broker_url, name=f"arende-{settings.service}")
    management = worker.management(transport)
    async with (
        serving(management, host=settings.host, port=settings.management_port, answer_seconds=1),
        asyncio.TaskGroup() as group,
    ):
        running = group.create_task(worker.run(transport, stop))
        group.create_task(_leave_when_stuck(transport, stop))
        settle()
        log.info("works", extra={"facts": {"service": settings.service}})
        await stop.wait()
        log.info("leaves", extra={"facts": {"service": settings.service}})
        management.state.leaving = True
        await finished(running, seconds=FINISH_SECONDS)
    await transport.close()


async def finished(running: "asyncio.Task[Any]", *, seconds: float) -> None:
    """Wait for the task to finish, then cancel it: its transaction is rolled back, and another worker does
    that part again."""
    _, late = await asyncio.wait({running}, timeout=seconds)
    if late:
        log.warning("leaves before all that was begun is done", extra={"facts": {"seconds": seconds}})
        running.cancel()


async def _leave_when_stuck(transport: "Transport", stop: asyncio.Event) -> None:
    while not await stopped(stop, HEALTH_CHECK_SECONDS):
        if not transport.healthy():
            raise ConsumingStuck("consuming stands still")
