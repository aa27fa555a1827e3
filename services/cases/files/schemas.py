from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from services.cases.case.actors import Caller
from services.cases.files.tables import File
from shared.callers import CallerEmployee
from shared.events.cases import Side
from shared.http.schemas import Answer


class FileOut(Answer):
    """A file of a case. Its content is never changed: a new version is a new file."""

    id: UUID
    """To download it by."""
    case_id: UUID
    """Where it was added."""
    item_id: UUID | None
    """The item of a `document_request` that it was added to, if to any."""
    name: Annotated[str, Field(examples=["bank statement.pdf"])]
    """As the sender called it, in one line and with an ending that fits its content."""
    size: Annotated[int, Field(examples=[48213])]
    """In bytes."""
    sha256: Annotated[
        str, Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
    ]
    """Of its content, in hexadecimal."""
    content_type: Annotated[str, Field(examples=["application/pdf"])]
    """The media type by its content, whatever the sender said."""
    side: Side
    """Whether the bureau or the customer added it."""
    added_by: UUID
    """The user who added it."""
    added_at: datetime
    """When it had been received whole; for members, not before the case was sent."""
    replaced_by: UUID | None
    """The file that is the newer version of this document of an `approval`; null while there is none."""

    @classmethod
    def of(cls, file: File, *, sent_at: datetime | None, to: Caller) -> Self:
        out = cls.model_validate(file)
        if sent_at is not None and not isinstance(to, CallerEmployee):
            out.added_at = max(file.added_at, sent_at)
        return out
