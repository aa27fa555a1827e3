"""Taking a register file in, and importing it chunk by chunk: each chunk and the progress commit together."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.accounts.commands import rename_account
from services.identity.imports import queries
from services.identity.imports.lines import LineRejected, RegisterLine
from services.identity.imports.merge import Merge
from services.identity.imports.queries import JobReport
from services.identity.imports.register_file import RegisterFile
from services.identity.imports.tables import ImportChunk, ImportJob
from shared.callers import CallerEmployee
from shared.database.engine import Cause
from shared.database.walls import set_tenant
from shared.errors import MissingPermission
from shared.ids import uuid7

LINES_AT_A_TIME = 100
# In one statement, whose JSON is made in the loop.
CHUNKS_AT_A_TIME = 5


async def start_import(
    session: AsyncSession, *, by: CallerEmployee, file: RegisterFile, at: datetime
) -> JobReport:
    if by.customers != "full":
        raise MissingPermission(required="customers: full")
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
    await session.flush()  # the chunks refer to it
    chunks = _chunks(job, file.records)
    while part := list(itertools.islice(chunks, CHUNKS_AT_A_TIME)):
        await session.execute(insert(ImportChunk), part)
    return JobReport(job, [], file.warnings)


def _chunks(job: ImportJob, records: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for position, first in enumerate(range(0, len(records), LINES_AT_A_TIME)):
        yield {
            "job_id": job.id,
            "position": position,
            "bureau_id": job.bureau_id,
            "records": records[first : first + LINES_AT_A_TIME],
            "rejected": [],
            "warnings": [],
        }


async def import_chunk(
    session: AsyncSession, *, job: ImportJob, read: Callable[[Sequence[str]], RegisterLine], at: datetime
) -> None:
    """Imports the next chunk of a job that is locked. `read` judges a line, and raises LineRejected."""
    await set_tenant(session, job.bureau_id)
    session.info["cause"] = Cause(actor_id=job.user_id, correlation_id=job.id)
    chunk = await queries.find_next_chunk(session, job)
    if chunk is None or chunk.records is None:
        job.state = "finished"
        return
    lines, rejected = _sort_out(chunk.records, read)
    merge = await Merge.prepare(session, job, lines, at=at)
    known = [(customer, customer.name) for customer in merge.customers.values()]
    for place, line in lines:
        merge.merge(place, line)
    for customer, was in known:
        of = {"bureau_id": customer.bureau_id, "customer_id": customer.id}
        await rename_account(session, **of, was=was, name=customer.name)
    job.advance(
        created=merge.created, updated=merge.updated, unchanged=merge.unchanged, lines=len(chunk.records)
    )
    # Personal data that is in the register now is not kept a second time.
    rejected = sorted([*rejected, *merge.rejected], key=lambda note: int(note["line"]))
    chunk.records, chunk.rejected, chunk.warnings = None, rejected, merge.warnings
    job.state = "finished" if job.done == job.total else "running"
    job.touched_at = at


async def note_failure(session: AsyncSession, *, job_id: UUID, at: datetime) -> None:
    """Counts a failed attempt; after the last one the job ends."""
    job = await queries.lock_job(session, job_id)
    if job is not None:
        job.fail_once(at=at)


def _sort_out(
    records: Sequence[dict[str, Any]], read: Callable[[Sequence[str]], RegisterLine]
) -> tuple[list[tuple[int, RegisterLine]], list[dict[str, Any]]]:
    """The lines to import, and why the others are not imported."""
    lines, rejected = [], []
    for record in records:
        if "code" in record:
            rejected.append({"line": record["line"], "code": record["code"]})
            continue
        try:
            lines.append((record["line"], read(record["cells"])))
        except LineRejected as rejection:
            rejected.append({"line": record["line"], **asdict(rejection.fault)})
    return lines, rejected
