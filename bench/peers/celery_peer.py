"""Celery: `delay()` with publisher confirms, one prefork worker with late acknowledgement, quorum queue.

The worker is a process of its own: `celery -A bench.peers.celery_peer worker`.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from celery import Celery

app = Celery("bench", broker=os.environ.get("BENCH_BROKER", "amqp://"))
app.conf.update(
    task_acks_late=True,
    task_ignore_result=True,
    task_default_queue="bench-celery",
    task_default_queue_type="quorum",
    broker_transport_options={"confirm_publish": True},
    worker_prefetch_multiplier=64,
    worker_concurrency=2,
    broker_connection_retry_on_startup=True,
)


@app.task
def take(body: str) -> None:
    """Counts by the size of a file: appending a byte is atomic."""
    descriptor = os.open(os.environ["BENCH_TAKEN"], os.O_WRONLY | os.O_APPEND)
    os.write(descriptor, b".")
    os.close(descriptor)


@asynccontextmanager
async def worker(url: str, folder: Path) -> AsyncIterator[Path]:
    """A worker, while the block runs. Yields the file whose size is the number of tasks done."""
    taken = folder / "taken"
    os.environ |= {"BENCH_BROKER": url, "BENCH_TAKEN": str(taken)}
    app.conf.broker_url = url
    await asyncio.to_thread(taken.write_bytes, b"")
    command = [sys.executable, "-m", "celery", "-A", "bench.peers.celery_peer", "worker"]
    quiet = ["--loglevel=ERROR", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    nowhere = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, *quiet, stdout=nowhere, stderr=nowhere)
    try:
        await publish_and_consume(taken, number=1, body="ready")
        yield taken
    finally:
        process.terminate()
        await process.wait()


async def publish_and_consume(taken: Path, *, number: int, body: str) -> None:
    before = _size(taken)
    await asyncio.to_thread(_publish, number, body)
    while _size(taken) < before + number:
        await asyncio.sleep(0.005)


def _size(file: Path) -> int:
    return file.stat().st_size


def _publish(number: int, body: str) -> None:
    for _ in range(number):
        take.delay(body)
