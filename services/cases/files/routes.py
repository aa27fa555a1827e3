import base64
from typing import Any
from uuid import UUID

from fastapi.responses import FileResponse

from services.cases.dependencies import Configured
from services.cases.errors import CaseNotOpen, NotYourCustomer
from services.cases.files import commands, queries
from services.cases.files.errors import FileTypeNotAllowed
from services.cases.files.receiving import Received
from services.cases.files.schemas import FileOut
from services.cases.files.storage import path_of
from services.cases.files.tables import File
from services.cases.parties.errors import NoCollaboration
from services.cases.queries import case_for
from shared.clock import utcnow
from shared.errors import InvalidRequest, NotFound, TooLarge
from shared.http.api import create_router
from shared.http.callers import EmployeeOrMember
from shared.http.pagination import Page, Paging, page
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("files")

# The route reads the stream itself, so FastAPI can't see the form.
FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "contentMediaType": "application/octet-stream"},
                        "item_id": {"type": "string", "format": "uuid"},
                    },
                }
            }
        },
    }
}


@router.post(
    "/v1/cases/{case_id}/files",
    status_code=201,
    openapi_extra=FORM,
    responses=refusals(
        NotFound,
        NotYourCustomer,
        NoCollaboration,
        CaseNotOpen,
        TooLarge,
        FileTypeNotAllowed,
        InvalidRequest,
    ),
)
async def add_file(case_id: UUID, upload: Received, caller: EmployeeOrMember, session: Session) -> FileOut:
    file = await commands.add_file(session, case_id, upload=upload, by=caller, at=utcnow())
    return FileOut.model_validate(file)


@router.get("/v1/cases/{case_id}/files", responses=refusals(NotFound))
async def list_files(
    case_id: UUID, caller: EmployeeOrMember, session: Session, paging: Paging
) -> Page[FileOut]:
    case = await case_for(session, caller, case_id)
    files = await queries.list_files(session, case, paging)
    return page(files, paging, out=FileOut.model_validate, key=lambda each: [each.id])


@router.get("/v1/files/{file_id}", response_class=FileResponse, responses=refusals(NotFound))
async def download_file(
    file_id: UUID, caller: EmployeeOrMember, session: Session, settings: Configured
) -> FileResponse:
    """Whole or in ranges (RFC 9110, 14)."""
    file = await queries.file_for(session, caller, file_id)
    return FileResponse(
        path_of(settings.files_folder, file.storage_key),
        media_type=file.content_type,
        filename=file.name,
        headers=_headers(file),
    )


def _headers(file: File) -> dict[str, str]:
    """A file is never shown by the browser as a page of ours; its hash is the digest of RFC 9530."""
    digest = base64.b64encode(bytes.fromhex(file.sha256)).decode()
    return {
        "ETag": f'"{file.sha256}"',
        "Repr-Digest": f"sha-256=:{digest}:",
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
