from typing import Any

from fastapi import Response

from services.cases.approvals.errors import DocumentsChanged
from services.cases.case.errors import CaseNotOpen, NotYourCustomer
from services.cases.case.schemas import CaseId
from services.cases.copies.errors import READ_ONLY, NoCollaboration
from services.cases.files.schemas import FileOut
from services.cases.uploads import commands
from services.cases.uploads.dependencies import Received
from services.cases.uploads.errors import FileInfected, FileTypeNotAllowed, ScannerUnavailable
from shared.clock import utcnow
from shared.errors import InvalidRequest, NotFound, TooLarge
from shared.http.api import create_router
from shared.http.callers import EmployeeOrMember
from shared.http.components import LOCATION
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("files")

# The request's stream is read by `Received`, so FastAPI can't document the form.
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
                        "file": {
                            "type": "string",
                            "contentMediaType": "application/octet-stream",
                            "description": "One file with its name; PDF, pictures, Office documents or text.",
                        },
                        "item_id": {
                            "type": "string",
                            "format": "uuid",
                            "description": "The item of a `document_request` that the file answers.",
                        },
                        "replaces": {
                            "type": "string",
                            "format": "uuid",
                            "description": "The document of an `approval` that the file is a new version of.",
                        },
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
    responses={
        201: LOCATION,
        **refusals(
            NotFound,
            NotYourCustomer,
            *READ_ONLY,
            NoCollaboration,
            CaseNotOpen,
            DocumentsChanged,
            TooLarge,
            FileTypeNotAllowed,
            FileInfected,
            ScannerUnavailable,
            InvalidRequest,
        ),
    },
)
async def add_file(
    case_id: CaseId, upload: Received, caller: EmployeeOrMember, session: Session, response: Response
) -> FileOut:
    """Add a file to a case

    For everyone who may see the case, and employees who may work with the customer; not in a case that is
    closed or cancelled. What the file is, is judged by its content. Where the installation has a virus
    scanner, a file is received only when that has found nothing in it. In an `approval`, a file from the
    bureau is a document: it replaces the one that `replaces` names and what has its name, voids the decisions
    that were made before, and those who decided are asked again. The same document again changes nothing.
    """
    file = await commands.add_file(session, case_id=case_id, upload=upload, by=caller, at=utcnow())
    response.headers["Location"] = f"/v1/files/{file.id}"
    return FileOut.model_validate(file)
