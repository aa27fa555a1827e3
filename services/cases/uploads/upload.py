from dataclasses import dataclass
from uuid import UUID

from services.cases.files.storage import Incoming


@dataclass(frozen=True)
class Upload:
    """A file that has been received whole, and what it was found to be. `replaces` is the document of an
    approval whose new version it is, where the sender named it. `virus` is what the scanner found in it."""

    incoming: Incoming
    name: str
    content_type: str
    item_id: UUID | None
    replaces: UUID | None
    virus: str | None = None
