import asyncio
import hashlib
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Request, Response

from services.identity.dependencies import Configured
from services.identity.imports import commands, queries
from services.identity.imports.errors import (
    EmptyFile,
    MissingColumn,
    TooManyColumns,
    TooManyLines,
    WrongEncoding,
)
from services.identity.imports.register_file import RegisterFile, read_register
from services.identity.imports.schemas import JobOut
from shared.clock import utcnow
from shared.errors import MissingPermission, NotFound, NotLoggedIn, TooLarge
from shared.http.api import create_router
from shared.http.callers import Employee
from shared.http.components import LOCATION
from shared.http.idempotency import set_body_digest
from shared.http.middleware import lift_body_limit
from shared.http.problems import language_of, refusals
from shared.http.session import Session, read_principal

EXAMPLE = (
    "number;name;kind;organisation_number;street;postal_code;city;country;"
    "contact_name;contact_email;contact_phone;responsible_email;active\r\n"
    "1001;Bageriet AB;company;556036-0793;Storgatan 1;111 22;Stockholm;SE;"
    "Fatima Åkesson;fatima.akesson@bageriet.example;08-123 45 67;anna.ek@byran.example;yes\r\n"
)
router = create_router("imports")


async def uploaded(request: Request, settings: Configured) -> RegisterFile:
    """The file, refused as soon as it is too large. It is received and read before a connection to the
    database is taken, one file at a time, and in a thread: no other request waits for it. Raises EmptyFile,
    WrongEncoding, MissingColumn, TooManyColumns or TooManyLines for a file that is no register."""
    lift_body_limit(request)
    if read_principal(request) is None:
        raise NotLoggedIn
    body, digest = bytearray(), hashlib.sha256()
    async for part in request.stream():
        body += part
        digest.update(part)
        if len(body) > settings.largest_import:
            raise TooLarge(limit=settings.largest_import)
    set_body_digest(request, digest.digest())
    async with _one_at_a_time(request):
        return await asyncio.to_thread(read_register, body)


def _one_at_a_time(request: Request) -> asyncio.Semaphore:
    """For this process: a large file takes ten times its size while it is read."""
    state = request.app.state
    if not hasattr(state, "reads_register"):
        state.reads_register = asyncio.Semaphore(1)
    semaphore: asyncio.Semaphore = state.reads_register
    return semaphore


def language(request: Request) -> str:
    return language_of(request.headers.get("accept-language"))


Uploaded = Annotated[RegisterFile, Depends(uploaded)]
Language = Annotated[str, Depends(language)]


@router.post(
    "/v1/customers/import",
    status_code=202,
    responses={
        202: LOCATION,
        **refusals(
            MissingPermission,
            TooLarge,
            EmptyFile,
            WrongEncoding,
            MissingColumn,
            TooManyColumns,
            TooManyLines,
        ),
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"text/csv": {"schema": {"type": "string"}, "example": EXAMPLE}},
        }
    },
)
async def import_customers(
    file: Uploaded, caller: Employee, session: Session, language: Language, response: Response
) -> JobOut:
    """Import customers and their main contacts from a CSV file

    For employees with full rights to customers. The file is the body: comma or semicolon, UTF-8 or
    Windows-1252, at most 20 MB, 100,000 lines and 100 columns, with the header of the example in any order.
    The lines are imported in the background, by the rules of `POST /v1/customers` and of contacts; ask the
    job at `Location` how far it is. A customer is known by its number: a line changes what it says and leaves
    what it has empty, so importing the same file again changes nothing.
    """
    report = await commands.start_import(session, by=caller, file=file, at=utcnow())
    response.headers["Location"] = f"/v1/jobs/{report.job.id}"
    return JobOut.of(report, language=language)


@router.get("/v1/jobs/{job_id}", responses=refusals(NotFound))
async def get_job(
    job_id: Annotated[UUID, Path(description="A job that somebody at the bureau has started.")],
    caller: Employee,
    session: Session,
    language: Language,
) -> JobOut:
    """Look how far an import is

    For each employee of the bureau.
    """
    return JobOut.of(await queries.get_job_report(session, caller.bureau_id, job_id), language=language)
