from datetime import datetime
from uuid import UUID

from shared.events.cases import Side
from shared.http.schemas import Answer


class FileOut(Answer):
    """`size` in bytes, `sha256` in hexadecimal."""

    id: UUID
    case_id: UUID
    item_id: UUID | None
    name: str
    size: int
    sha256: str
    content_type: str
    side: Side
    added_by: UUID
    added_at: datetime
