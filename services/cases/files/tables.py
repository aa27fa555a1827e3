from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.cases.case.contents import Content
from services.cases.tables import Row
from shared.events.cases import Side


class File(Row):
    """Its content is never changed: a new version is a new file, which the former one names in `replaced_by`.

    `size` is in bytes, `sha256` in hexadecimal. `storage_key` is random, so that it says nothing of the name.
    """

    __tablename__ = "files"
    __table_args__ = (Index(None, "case_id", "id"), Index(None, "storage_key", unique=True))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    account_id: Mapped[UUID]
    case_id: Mapped[UUID]
    item_id: Mapped[UUID | None]
    name: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    content_type: Mapped[str]
    storage_key: Mapped[str]
    side: Mapped[Side] = mapped_column(Text)
    added_by: Mapped[UUID]
    added_at: Mapped[datetime]
    replaced_by: Mapped[UUID | None]

    def contents(self) -> list[Content]:
        return [Content(f"file/{self.id}", self.sha256)]

    @property
    def is_document(self) -> bool:
        """Whether it is among what an `approval` asks to agree to."""
        return self.side == "bureau" and self.replaced_by is None

    def as_document(self) -> dict[str, str]:
        """As a decision names it."""
        return {"file_id": str(self.id), "name": self.name, "sha256": self.sha256}
