"""A worker's process: consumes one queue until SIGTERM. `python -m bench.worker AMQP DATABASE`"""

import asyncio
import sys

import uvloop

from bench.events import each
from shared.bus.consumer import Consumer
from shared.bus.rabbitmq import RabbitMQ
from shared.database.engine import Database
from shared.loop import stop_on_signals


async def main(broker: str, database_url: str) -> None:
    stop = asyncio.Event()
    stop_on_signals(stop)
    database = Database(database_url, name="bench-worker")
    await RabbitMQ(broker, name="bench").consume(Consumer(database, each), stop)
    await database.close()


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
