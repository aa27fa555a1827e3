"""The probe's processes. As on a platform, one that ends is started again."""

import asyncio
import contextlib
import os
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from arende.local.system import free_port

START_SECONDS = 60


@dataclass
class Process:
    """The process of one role. `deaths` are the exit codes so far: 137 at a kill point, -9 by SIGKILL."""

    role: str
    variables: dict[str, str]
    log: Path
    management: int = 0
    deaths: list[int] = field(default_factory=list)
    stopping: bool = False
    armed: str | None = None
    _process: asyncio.subprocess.Process | None = None
    _keeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._keeper = asyncio.create_task(self._keep())
        await self.ready()

    async def _keep(self) -> None:
        while not self.stopping:
            await self._spawn()
            assert self._process is not None
            code = await self._process.wait()
            if not self.stopping:
                self.deaths.append(code)

    async def _spawn(self) -> None:
        self.management = free_port()
        point = {"ARENDE_KILL_POINT": self.armed} if self.armed else {}
        # A kill point is armed for one start only, so that the process gets further after the next one.
        self.armed = None
        with self.log.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.faults.probe",
                self.role,
                env={**os.environ, **self.variables, **point, "ARENDE_MANAGEMENT_PORT": str(self.management)},
                stdout=output,
                stderr=output,
                # The process reads this pipe, and ends when the harness does, even if that was killed.
                stdin=asyncio.subprocess.PIPE,
                start_new_session=True,
            )

    async def ready(self) -> None:
        async with httpx.AsyncClient(trust_env=False) as client, asyncio.timeout(START_SECONDS):
            while True:
                with contextlib.suppress(httpx.TransportError):
                    if (await client.get(f"http://127.0.0.1:{self.management}/livez")).is_success:
                        return
                await asyncio.sleep(0.02)

    def arm(self, point: str) -> None:
        """End the process. After its next start it dies at this point, once."""
        self.armed = point
        self.signal(signal.SIGKILL)

    def signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(number)

    async def metric(self, name: str, label: str = "") -> float:
        """The sum of a metric's values whose labels contain `label`; 0 while the process can't be reached."""
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=2) as client:
                text = (await client.get(f"http://127.0.0.1:{self.management}/metrics")).text
        except httpx.HTTPError:
            return 0.0
        lines = [line for line in text.splitlines() if line.startswith(f"{name}{{") and label in line]
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines)

    @property
    def pid(self) -> int:
        return self._process.pid if self._process is not None else 0

    async def stop(self) -> int:
        """Send SIGTERM, and SIGKILL after 25 s. Returns the exit code."""
        self.stopping = True
        self.signal(signal.SIGTERM)
        assert self._process is not None
        assert self._keeper is not None
        try:
            async with asyncio.timeout(25):
                code = await self._process.wait()
        except TimeoutError:
            self._process.kill()
            code = await self._process.wait()
        await self._keeper
        return code
