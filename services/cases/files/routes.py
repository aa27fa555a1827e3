from typing import Annotated, Any
from uuid import UUID

from fastapi import Path
from fastapi.responses import FileResponse

from services.cases.case.schemas import CaseId
from services.cases.dependencies import Configured
from services.cases.files import queries
from services.cases.files.download import Download
from services.cases.files.errors import RangeNotSatisfiable
from services.cases.files.schemas import FileOut
from shared.errors import NotFound
from shared.http.api import create_router
from shared.http.callers import EmployeeOrMember
from shared.http.pagination import Page, Paging, page
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("files")

FileId = Annotated[UUID, Path(description="As the list of files shows it.")]
_TAGGED: dict[str, Any] = {
    "headers": {
        "ETag": {
            "description": "The SHA-256 of the whole content in hexadecimal, in quotes.",
            "schema": {"type": "string"},
        }
    },
}
_ANSWER = {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}, **_TAGGED}


@router.get("/v1/cases/{case_id}/files", responses=refusals(NotFound))
async def list_files(
    case_id: CaseId, caller: EmployeeOrMember, session: Session, paging: Paging
) -> Page[FileOut]:
    """List the files of a case

    For everyone who may see the case. Oldest first.
    """
    case, files = await queries.list_files(session, caller, case_id, paging)
    return page(
        files,
        paging,
        out=lambda each: FileOut.of(each, sent_at=case.sent_at, to=caller),
        key=lambda each: [each.id],
    )


@router.get(
    "/v1/files/{file_id}",
    response_class=FileResponse,
    responses={
        200: {"description": "The whole file.", **_ANSWER},
        206: {"description": "The part that `Range` asked for.", **_ANSWER},
        304: {"description": "The content is the one that `If-None-Match` names.", **_TAGGED},
        **refusals(NotFound, RangeNotSatisfiable),
    },
)
async def download_file(
    file_id: FileId, caller: EmployeeOrMember, session: Session, settings: Configured
) -> Download:
    """Download a file

    For everyone who may see its case. Whole, or in ranges of bytes by `Range` and `If-Range` (RFC 9110, 14).
    `ETag` is the SHA-256 of the whole content, and `Repr-Digest` (RFC 9530) has it too. With `If-None-Match`
    nothing is sent to who has the content already.
    """
    return Download(settings.files_folder, await queries.get_file(session, caller, file_id))
