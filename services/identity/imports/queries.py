"""Imports: the caller's by bureau, the worker's across bureaus."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.imports.tables import ImportChunk, ImportJob
from shared.errors import NotFound


@dataclass(frozen=True)
class JobReport:
    """A job and its notes on single lines: `{"line", "code"}`, some with the `value` in question."""

    job: ImportJob
    rejected: list[dict[str, Any]]
    warnings: list[dict[str, Any]]


async def get_job_report(session: AsyncSession, bureau_id: UUID, job_id: UUID) -> JobReport:
    job = await session.scalar(select(ImportJob).filter_by(id=job_id, bureau_id=bureau_id))
    if job is None:
        raise NotFound("job")
    notes = select(ImportChunk.rejected, ImportChunk.warnings).filter_by(job_id=job_id, records=None)
    report = JobReport(job, [], [*job.warnings])
    for chunk in await session.execute(notes.order_by(ImportChunk.position)):
        report.rejected.extend(chunk.rejected)
        report.warnings.extend(chunk.warnings)
    return report


async def lock_next_job(session: AsyncSession) -> ImportJob | None:
    """The unfinished import that waited longest and that no other worker holds."""
    unfinished = select(ImportJob).where(ImportJob.state.in_(("queued", "running")))
    return await session.scalar(
        unfinished.order_by(ImportJob.touched_at).limit(1).with_for_update(skip_locked=True)
    )


async def lock_job(session: AsyncSession, job_id: UUID) -> ImportJob | None:
    """None where the job has been deleted."""
    return await session.scalar(select(ImportJob).filter_by(id=job_id).with_for_update())


async def find_next_chunk(session: AsyncSession, job: ImportJob) -> ImportChunk | None:
    waiting = select(ImportChunk).where(ImportChunk.job_id == job.id, ImportChunk.records.is_not(None))
    return await session.scalar(waiting.order_by(ImportChunk.position).limit(1))
