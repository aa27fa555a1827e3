"""Taking a file in, and importing it piece by piece: each piece and the progress commit together."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.customers.imports import queries
from services.identity.customers.imports.lines import LineRejected, RegisterLine
from services.identity.customers.imports.merging import Merge
from services.identity.customers.imports.reading import RegisterFile
from services.identity.customers.tables import ImportChunk, ImportJob
from shared.callers import CallerEmployee
from shared.database.engine import Cause
from shared.database.walls import set_tenant
from shared.errors import MissingPermission
from shared.ids import uuid7

LINES_AT_A_TIME = 100


def require_import(by: CallerEmployee) -> None:
    if by.customers != "full":
        raise MissingPermission(required="customers: full")


async def start_import(
    session: AsyncSession, *, by: CallerEmployee, file: RegisterFile, at: datetime
) -> ImportJob:
    job = ImportJob(
        id=uuid7(),
        bureau_id=by.bureau_id,
        user_id=by.user_id,
        employee_id=by.employee_id,
        state="queued" if file.records else "finished",
        total=len(file.records),
        warnings=file.warnings,
        created_at=at,
        touched_at=at,
    )
    session.add(job)
    await session.flush()  # the pieces refer to it
    if file.records:
        await session.execute(insert(ImportChunk), list(_chunks(job, file)))
    return job


def _chunks(job: ImportJob, file: RegisterFile) -> Iterator[dict[str, Any]]:
    for position, first in enumerate(range(0, len(file.records), LINES_AT_A_TIME)):
        yield {
            "job_id": job.id,
            "position": position,
            "bureau_id": job.bureau_id,
            "records": file.records[first : first + LINES_AT_A_TIME],
            "rejected": [],
            "warnings": [],
        }


async def import_chunk(session: AsyncSession, job: ImportJob, *, at: datetime) -> None:
    """The next piece of a claimed job."""
    await set_tenant(session, job.bureau_id)
    session.info["cause"] = Cause(actor_id=job.user_id, correlation_id=job.id)
    chunk = await queries.next_chunk(session, job)
    if chunk is None or chunk.records is None:
        job.state = "finished"
        return
    lines, rejected = _sort_out(chunk.records)
    merge = await Merge.prepare(session, job, lines, at=at)
    for place, line in lines:
        merge.merge(place, line)
    job.advance(
        created=merge.created, updated=merge.updated, unchanged=merge.unchanged, lines=len(chunk.records)
    )
    # What is imported is kept in the register alone.
    chunk.records, chunk.rejected, chunk.warnings = None, rejected, merge.warnings
    job.state = "finished" if job.done == job.total else "running"
    job.touched_at = at


def _sort_out(
    records: list[dict[str, Any]],
) -> tuple[list[tuple[int, RegisterLine]], list[dict[str, Any]]]:
    """The lines to import, and the faults of the others."""
    lines, rejected = [], []
    for record in records:
        try:
            if "code" in record:
                raise LineRejected(record["code"])
            lines.append((record["line"], RegisterLine.parse(record["cells"])))
        except LineRejected as fault:
            rejected.append({"line": record["line"], "code": fault.code})
    return lines, rejected
