from dataclasses import dataclass
from uuid import UUID

from services.cases.files.storage import Incoming


@dataclass(frozen=True)
class Upload:
    """A file that has been received whole, and what it was found to be."""

    incoming: Incoming
    name: str
    content_type: str
    item_id: UUID | None
