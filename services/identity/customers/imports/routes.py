import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from services.identity.customers.imports import commands, queries
from services.identity.customers.imports.errors import EmptyFile, MissingColumn, NotCsv, WrongEncoding
from services.identity.customers.imports.reading import read_register
from services.identity.customers.imports.schemas import JobOut
from shared.clock import utcnow
from shared.errors import MissingPermission, NotFound, NotLoggedIn, TooLarge
from shared.http.api import create_router
from shared.http.callers import Employee
from shared.http.problems import language_of, refusals
from shared.http.session import Session, read_principal

LARGEST_IMPORT = 20_000_000
router = create_router("imports")


async def uploaded(request: Request) -> bytes:
    """The body, refused as soon as it is too large; read before a connection to the database is taken."""
    if read_principal(request) is None:
        raise NotLoggedIn
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "text/csv":
        raise NotCsv
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_IMPORT:
            raise TooLarge(limit=LARGEST_IMPORT)
    return bytes(body)


Uploaded = Annotated[bytes, Depends(uploaded)]


@router.post(
    "/v1/customers/import",
    status_code=202,
    responses=refusals(MissingPermission, NotCsv, TooLarge, EmptyFile, WrongEncoding, MissingColumn),
    openapi_extra={
        "requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}
    },
)
async def import_customers(
    body: Uploaded, caller: Employee, session: Session, request: Request, response: Response
) -> JobOut:
    commands.require_import(caller)
    file = await asyncio.to_thread(read_register, body)
    job = await commands.start_import(session, by=caller, file=file, at=utcnow())
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    language = language_of(request.headers.get("accept-language"))
    return await queries.job_out(session, caller.bureau_id, job.id, language=language)


@router.get("/v1/jobs/{job_id}", responses=refusals(NotFound))
async def get_job(job_id: UUID, caller: Employee, session: Session, request: Request) -> JobOut:
    language = language_of(request.headers.get("accept-language"))
    return await queries.job_out(session, caller.bureau_id, job_id, language=language)
