"""How one API or one worker runs as a process."""

import asyncio
from typing import TYPE_CHECKING

import uvloop

from arende.registry import SERVICES
from shared.bus.declaration import declare_all
from shared.bus.rabbitmq import RabbitMQ
from shared.events import TYPES
from shared.http.serving import serving, settle, stop_on_signals
from shared.loop import stopped
from shared.settings import ServiceSettings, required
from shared.telemetry import otlp, set_up_logs, set_up_traces

if TYPE_CHECKING:
    from fastapi import FastAPI

HEALTH_CHECK_SECONDS = 5.0


class ConsumingStuck(RuntimeError):
    """The process can't go on by itself; the platform starts a new one."""


def serve(name: str, *, host: str, port: int) -> None:
    """Run one API until SIGTERM. Raises MissingSetting."""
    settings = _set_up(name)
    uvloop.run(_serve(SERVICES[name].api(settings), settings, host=host, port=port))


def work(name: str) -> None:
    """Run one worker until SIGTERM. Raises ConsumingStuck where consuming has stood still, and
    MissingSetting."""
    settings = _set_up(name)
    uvloop.run(_work(settings, required(settings.broker_url, "ARENDE_BROKER_URL")))


async def declare(broker_url: str) -> None:
    """Every service's queues, before the first event is published."""
    await declare_all(broker_url, [service.handlers for service in SERVICES.values()], TYPES)


def _set_up(name: str) -> ServiceSettings:
    settings = SERVICES[name].settings()
    set_up_logs()
    set_up_traces(name, otlp(settings.otlp_endpoint))
    return settings


async def _serve(app: "FastAPI", settings: ServiceSettings, *, host: str, port: int) -> None:
    stop = asyncio.Event()
    stop_on_signals(stop)
    async with (
        serving(app.state.management, host=host, port=settings.management_port),
        serving(app, host=host, port=port, trusted_proxies=settings.trusted_proxies),
    ):
        settle()
        await stop.wait()


async def _work(settings: ServiceSettings, broker_url: str) -> None:
    stop = asyncio.Event()
    stop_on_signals(stop)
    worker = SERVICES[settings.service].worker(settings)
    transport = RabbitMQ(broker_url, name=f"arende-{settings.service}")
    async with (
        serving(worker.management(transport), host=settings.host, port=settings.management_port),
        asyncio.TaskGroup() as group,
    ):
        group.create_task(worker.run(transport, stop))
        group.create_task(_leave_when_stuck(transport, stop))
        settle()
    await transport.close()


async def _leave_when_stuck(transport: RabbitMQ, stop: asyncio.Event) -> None:
    while not await stopped(stop, HEALTH_CHECK_SECONDS):
        if not transport.healthy():
            raise ConsumingStuck("consuming stands still")
