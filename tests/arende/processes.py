"""`arende serve` and `arende work` as real processes, seen from outside."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from arende.local.system import free_port
from tests.conftest import within

START_SECONDS = 60
LEAVE_SECONDS = 25
# Runs the command as `python -m arende.cli` does. At its end it writes the names of the loaded modules.
AND_TELL = """
import atexit, os, pathlib, runpy, sys
atexit.register(lambda: pathlib.Path(os.environ["MODULES"]).write_text("\\n".join(sys.modules)))
runpy.run_module("arende.cli", run_name="__main__", alter_sys=True)
"""


@dataclass
class Running:
    """A process that is ready. `port` is the API's; /readyz is on `management`."""

    process: asyncio.subprocess.Process
    port: int
    management: int
    folder: Path

    async def readiness(self) -> int:
        """The status of /readyz; 0 where the port is closed."""
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
                return (await client.get(f"http://127.0.0.1:{self.management}/readyz")).status_code
        except httpx.TransportError:
            return 0

    async def leave(self) -> int:
        """Send SIGTERM. Returns the exit code; raises TimeoutError where the process does not end in time."""
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(LEAVE_SECONDS):
            return await self.process.wait()

    def log(self) -> str:
        return (self.folder / "log").read_text()

    def modules(self) -> set[str]:
        """The names of the modules that it had loaded when it ended."""
        return set((self.folder / "modules").read_text().split())


@asynccontextmanager
async def running(
    folder: Path, *arguments: str, variables: dict[str, str], code: Path | None = None
) -> AsyncIterator[Running]:
    """A process that is ready, while the block runs. `code` is another copy of the product to run."""
    port, management = free_port(), free_port()
    told = {"MODULES": str(folder / "modules"), "ARENDE_MANAGEMENT_PORT": str(management)}
    if code is not None:
        told["PYTHONPATH"] = str(code)
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", AND_TELL),
            *_with_port(arguments, port),
            env={**os.environ, **variables, **told},
            cwd=folder,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    found = Running(process, port, management, folder)
    try:
        await _ready(found)
        yield found
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _with_port(arguments: Sequence[str], port: int) -> Sequence[str]:
    return [*arguments, "--port", str(port)] if arguments[0] == "serve" else arguments


async def _ready(process: Running) -> None:
    async def ready() -> bool:
        return process.process.returncode is not None or await process.readiness() == 200

    if not await within(START_SECONDS, ready) or process.process.returncode is not None:
        raise AssertionError(f"it did not start:\n{process.log()[-3000:]}")
