"""Reading imports: the asker's by bureau, the worker's across bureaus."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.bureaus.tables import Employee
from services.identity.customers.imports.schemas import WORDS, JobOut, LineNote
from services.identity.customers.tables import ImportChunk, ImportJob
from shared.errors import NotFound


async def job_out(session: AsyncSession, bureau_id: UUID, job_id: UUID, *, language: str) -> JobOut:
    job = await session.scalar(select(ImportJob).filter_by(id=job_id, bureau_id=bureau_id))
    if job is None:
        raise NotFound("job")
    notes = select(ImportChunk.rejected, ImportChunk.warnings).filter_by(job_id=job_id, records=None)
    rejected, warnings = [], [*job.warnings]
    for chunk in await session.execute(notes.order_by(ImportChunk.position)):
        rejected += chunk.rejected
        warnings += chunk.warnings
    return JobOut(
        id=job.id,
        status=job.state,
        total=job.total,
        done=job.done,
        created=job.created,
        updated=job.updated,
        unchanged=job.unchanged,
        rejected=[_in_words(each, language) for each in rejected],
        warnings=[_in_words(each, language) for each in warnings],
        created_at=job.created_at,
    )


async def claim_job(session: AsyncSession) -> ImportJob | None:
    """The unfinished import that waited longest and that no other worker holds."""
    unfinished = select(ImportJob).where(ImportJob.state.in_(("queued", "running")))
    return await session.scalar(
        unfinished.order_by(ImportJob.touched_at).limit(1).with_for_update(skip_locked=True)
    )


async def next_chunk(session: AsyncSession, job: ImportJob) -> ImportChunk | None:
    waiting = select(ImportChunk).where(ImportChunk.job_id == job.id, ImportChunk.records.is_not(None))
    return await session.scalar(waiting.order_by(ImportChunk.position).limit(1))


async def hold_employees(session: AsyncSession, bureau_id: UUID) -> None:
    """None of them is deactivated while customers are given to them."""
    staff = select(Employee.id).where(Employee.bureau_id == bureau_id, Employee.active)
    await session.execute(staff.order_by(Employee.id).with_for_update(read=True))


def _in_words(note: dict[str, Any], language: str) -> LineNote:
    words = WORDS[note["code"]][language == "sv"]
    detail = words.format(value=note.get("value", ""))
    return LineNote(line=note["line"], code=note["code"], detail=detail)
