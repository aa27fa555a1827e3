"""What is said in a case: messages to both sides, notes inside the bureau."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.cases.case.contents import Content
from services.cases.messages.errors import NotTheAuthor, TooLate
from services.cases.tables import Row
from shared.events.cases import Side

CORRECTABLE = timedelta(minutes=15)


class Message(Row):
    __tablename__ = "messages"
    __table_args__ = (Index(None, "case_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    case_id: Mapped[UUID]
    side: Mapped[Side] = mapped_column(Text)
    user_id: Mapped[UUID]
    body: Mapped[str]
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]

    def contents(self) -> list[Content]:
        return [Content.of_text(f"message/{self.id}", self.body)]

    def correct(self, body: str, *, by: UUID, at: datetime) -> str | None:
        """Returns the earlier text; None where it is the same. Raises NotTheAuthor and TooLate."""
        if by != self.user_id:
            raise NotTheAuthor
        if body == self.body:
            return None
        if at > self.created_at + CORRECTABLE:
            raise TooLate(minutes=int(CORRECTABLE.total_seconds() // 60))
        earlier, self.body, self.edited_at = self.body, body, at
        return earlier


class Note(Row):
    __tablename__ = "notes"
    __table_args__ = (Index(None, "case_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    case_id: Mapped[UUID]
    user_id: Mapped[UUID]
    body: Mapped[str]
    created_at: Mapped[datetime]

    def contents(self) -> list[Content]:
        return [Content.of_text(f"note/{self.id}", self.body)]
