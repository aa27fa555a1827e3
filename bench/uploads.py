"""Uploading a large file: the API streams it to the disk, so its memory does not grow with the size."""

import asyncio
import tempfile
from pathlib import Path

import httpx

from bench.apis import Bureau, Installed, Process, insert_bureaus
from bench.measure import Figure, cpu_seconds, memory_bytes
from bench.servers import Servers
from shared.ids import uuid7

MEGABYTE = 1_000_000
CHUNK = b"%PDF-1.7\n" + bytes(range(256)) * 1024
BOUNDARY = "arende-bench"
HEAD = (
    f"--{BOUNDARY}\r\ncontent-disposition: form-data; name=file; filename=bokslut.pdf\r\n"
    "content-type: application/pdf\r\n\r\n"
).encode()
TAIL = f"\r\n--{BOUNDARY}--\r\n".encode()
LOOK_SECONDS = 0.02


async def figures(servers: Servers, *, quick: bool) -> list[Figure]:
    size = (100 if quick else 1000) * MEGABYTE
    bureau = Bureau()
    admin = await servers.connect("cases")
    await insert_bureaus(admin, [bureau])
    await admin.close()
    with tempfile.TemporaryDirectory() as folder:
        cases = Installed(servers, Path(folder))
        async with cases.serving(largest_file=str(2 * size)) as api:
            case = await _case(api, bureau, cases)
            await _upload(api, case, 20 * MEGABYTE)
            resting, used = memory_bytes(api.pid), cpu_seconds(api.pid)
            grown = [(await _peak(api, case, size) - resting) / MEGABYTE for _ in range(2 if quick else 5)]
            used = (cpu_seconds(api.pid) - used) / len(grown)
    return [_figure(grown, size=size, used=used)]


def _figure(grown: list[float], *, size: int, used: float) -> Figure:
    return Figure(
        name="upload_memory",
        group="api",
        # The worst round, because memory that is never given back shows in later rounds.
        ratio=max(grown),
        spread=max(grown) - min(grown),
        must=50,
        aim=20,
        better="lower",
        reference=f"the same process before, against at most while it takes {size // MEGABYTE:,} MB",
        rounds=len(grown),
        bound_by=f"One megabyte at a time is on its way to the disk; {used:.1f} s of CPU an upload go to"
        " parsing, SHA-256 and writing.",
        unit="MB",
        rates={"Ärende": grown},
        cpu={"Ärende": {"API": used}},
    )


class _Case:
    def __init__(self, case_id: str, headers: dict[str, str]) -> None:
        self.path, self.headers = f"/v1/cases/{case_id}/files", headers


async def _case(api: Process, bureau: Bureau, cases: Installed) -> _Case:
    headers = bureau.headers(cases.key)
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        answer = await client.post(
            f"http://127.0.0.1:{api.port}/v1/cases", json=bureau.body(), headers=headers
        )
    answer.raise_for_status()
    return _Case(answer.json()["id"], headers)


async def _peak(api: Process, case: _Case, size: int) -> int:
    """The most memory that the process had during the upload."""
    uploading, peak = asyncio.create_task(_upload(api, case, size)), 0
    while not uploading.done():
        peak = max(peak, memory_bytes(api.pid))
        await asyncio.wait({uploading}, timeout=LOOK_SECONDS)
    await uploading
    return peak


async def _upload(api: Process, case: _Case, size: int) -> None:
    chunks = size // len(CHUNK)
    headers = {
        **case.headers,
        "host": "127.0.0.1",
        "idempotency-key": str(uuid7()),
        "content-type": f"multipart/form-data; boundary={BOUNDARY}",
        "content-length": str(len(HEAD) + chunks * len(CHUNK) + len(TAIL)),
        "connection": "close",
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    reader, writer = await asyncio.open_connection("127.0.0.1", api.port)
    try:
        writer.write(f"POST {case.path} HTTP/1.1\r\n{lines}\r\n".encode() + HEAD)
        for _ in range(chunks):
            writer.write(CHUNK)
            await writer.drain()
        writer.write(TAIL)
        answer = await reader.read()
    finally:
        writer.close()
    if not answer.startswith(b"HTTP/1.1 201"):
        raise RuntimeError(answer[:500].decode(errors="replace"))
