"""The memory that each process takes while it has nothing to do."""

import asyncio
import tempfile
from pathlib import Path

from arende.registry import NAMES
from bench.apis import Installed
from bench.measure import Figure, memory_bytes
from bench.servers import Servers

# Kubernetes states memory in MiB.
MEBIBYTE = 1 << 20
# By then every job of a worker has run once.
REST_SECONDS = 3.0


async def figures(servers: Servers, *, quick: bool) -> list[Figure]:
    """One round, also where not `quick`: memory at rest is the same in each."""
    sizes: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in NAMES:
            service = Installed(servers, Path(folder), service=name)
            async with service.serving() as api, service.working(servers.rabbit.url) as worker:
                await asyncio.sleep(REST_SECONDS)
                sizes[f"{name} API"] = [memory_bytes(api.pid) / MEBIBYTE]
                sizes[f"{name} worker"] = [memory_bytes(worker.pid) / MEBIBYTE]
    every = [size for (size,) in sizes.values()]
    return [
        Figure(
            name="memory_at_rest",
            group="memory",
            ratio=max(every),
            spread=max(every) - min(every),
            must=100,
            aim=80,
            better="lower",
            reference="nothing: the resident memory of the largest of the ten processes, in MiB",
            rounds=1,
            bound_by="the libraries that every process loads: SQLAlchemy, Pydantic; in an API, FastAPI",
            unit="MiB",
            rates=sizes,
        )
    ]
