from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.files.tables import File
from services.cases.queries import visible
from services.cases.tables import Case
from shared.callers import CallerEmployee, CallerMember
from shared.database.keyset import PageRequest, keyset
from shared.errors import NotFound


async def files_of(session: AsyncSession, case_id: UUID) -> Sequence[File]:
    """In the order they came. The transaction has entered the case's bureau."""
    return (await session.scalars(select(File).where(File.case_id == case_id).order_by(File.id))).all()


async def list_files(session: AsyncSession, case: Case, paging: PageRequest) -> Sequence[File]:
    wanted = select(File).where(File.bureau_id == case.bureau_id, File.case_id == case.id)
    return (await session.scalars(keyset(wanted, paging, File.id))).all()


async def file_for(session: AsyncSession, caller: CallerEmployee | CallerMember, file_id: UUID) -> File:
    """A file of a case that the caller may see, else NotFound."""
    wanted = select(File).join(Case, Case.id == File.case_id).where(File.id == file_id, visible(caller))
    file = (await session.scalars(wanted)).one_or_none()
    if file is None:
        raise NotFound("file")
    return file
