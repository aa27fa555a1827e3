"""A light HTTP/1.1 client in a process of its own: prepared requests over kept connections.

`python -m bench.http_load` reads a job from its input and writes the result; `run` starts it and does both.
"""

import asyncio
import json
import sys
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import uvloop

# Each request has another value of the same length in its place.
KEY = "00000000-0000-7000-8000-000000000000"
GRACE_SECONDS = 30.0
WARM_UP_SECONDS = 0.5


@dataclass(frozen=True)
class Job:
    """`clients` has the requests of each connection, which it sends in turn. `rate` is the number of requests
    a second of all together, sent at even distances however long answers take. With None, each connection
    sends the next one as soon as it has its answer."""

    port: int
    clients: Sequence[Sequence[str]]
    seconds: float
    warm_up_seconds: float = WARM_UP_SECONDS
    rate: float | None = None


@dataclass(frozen=True)
class Done:
    """`latencies` are in seconds. With a `rate` they count from the moment at which a request was due."""

    seconds: float
    statuses: dict[str, int] = field(default_factory=dict)
    latencies: Sequence[float] = ()
    failure: str = ""

    def rate(self, status: int) -> float:
        """Answers a second. Raises RuntimeError where one of them had another status."""
        if self.statuses.keys() - {str(status)} or not self.statuses:
            raise RuntimeError(f"answered {self.statuses}: {self.failure}")
        return self.statuses[str(status)] / self.seconds

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> str:
    """One request as it is sent."""
    lines = {"host": "127.0.0.1", **headers}
    if body:
        lines |= {"content-type": "application/json", "content-length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n" + body.decode()


async def run(job: Job) -> Done:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.http_load", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(job.seconds + job.warm_up_seconds + GRACE_SECONDS):
            output, _ = await process.communicate(json.dumps(asdict(job)).encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Done(**json.loads(output))


class Connection(asyncio.Protocol):
    """Sends a request, and sets the result of `answered` when the whole answer has arrived."""

    def __init__(self) -> None:
        self._received = b""
        self.answered: asyncio.Future[tuple[int, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def send(self, prepared: bytes) -> "asyncio.Future[tuple[int, bytes]]":
        self.answered = asyncio.get_running_loop().create_future()
        self._transport.write(prepared)
        return self.answered

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found:
            return
        _, _, length = head.lower().partition(b"content-length:")
        if len(body) >= int(length.split(b"\r\n", 1)[0]) and self.answered:
            self._received = b""
            self.answered.set_result((int(head[9:12]), body))

    def connection_lost(self, error: Exception | None) -> None:
        if self.answered and not self.answered.done():
            self.answered.set_exception(error or ConnectionError("closed by the server"))


@dataclass
class _Load:
    job: Job
    starts: float
    statuses: Counter[str] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    failure: str = ""

    @property
    def ends(self) -> float:
        return self.starts + self.job.seconds

    async def client(self, number: int) -> None:
        _, connection = await asyncio.get_running_loop().create_connection(
            Connection, "127.0.0.1", self.job.port
        )
        prepared = [each.encode() for each in self.job.clients[number]]
        turn, due = 0, self._first(number)
        while due < self.ends:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            own = prepared[turn % len(prepared)].replace(KEY.encode(), str(uuid.uuid4()).encode())
            status, body = await connection.send(own)
            now = time.perf_counter()
            if (due if self.job.rate else now) >= self.starts and (self.job.rate or now <= self.ends):
                self._count(status, body, now - due)
            turn += 1
            due = due + len(self.job.clients) / self.job.rate if self.job.rate else now

    def _first(self, number: int) -> float:
        began = self.starts - self.job.warm_up_seconds
        return began + number / self.job.rate if self.job.rate else began

    def _count(self, status: int, body: bytes, seconds: float) -> None:
        self.statuses[str(status)] += 1
        self.latencies.append(seconds)
        if status >= 300:
            self.failure = body.decode(errors="replace")[:500]


async def _main(job: Job) -> Done:
    load = _Load(job, time.perf_counter() + job.warm_up_seconds)
    async with asyncio.TaskGroup() as group:
        for number in range(len(job.clients)):
            group.create_task(load.client(number))
    return Done(job.seconds, dict(load.statuses), load.latencies, load.failure)


if __name__ == "__main__":
    read = Job(**json.load(sys.stdin))
    json.dump(asdict(uvloop.run(_main(read))), sys.stdout)
