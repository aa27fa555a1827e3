"""The probe's processes, kept running as a platform would: what ends is started again."""

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
    """One role's process; `deaths` are the exit codes so far, 137 those at a kill point or by -9."""

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
        # A kill point is for one life: the next one must get further.
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
                # Its end is the end of the process too, however the harness went.
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
        """End the process, so that it dies at this point in its next life, once."""
        self.armed = point
        self.signal(signal.SIGKILL)

    def signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(number)

    async def metric(self, name: str, label: str = "") -> float:
        """The sum over one metric's lines that hold `label`; 0 while it can't be asked."""
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
        """SIGTERM; answers the exit code, and kills what is not gone within 25 s."""
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
