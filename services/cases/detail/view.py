"""How routes return the case that a command has changed."""

from collections.abc import Awaitable
from datetime import datetime

from fastapi import Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.case.actors import Caller, side_of
from services.cases.case.tables import Case
from services.cases.detail.queries import get_detail_of
from services.cases.detail.schemas import CaseOut
from shared.http.etags import set_etag


async def shown(
    session: AsyncSession,
    command: Awaitable[Case],
    *,
    to: Caller,
    at: datetime,
    response: Response,
) -> CaseOut:
    """Carry out the command, and return the case as this caller sees it. The version that the caller sees is
    the answer's ETag."""
    case = await command
    set_etag(response, case.version_for(side_of(to)))
    return CaseOut.shown(await get_detail_of(session, case, reader=to), to=to, at=at)
