from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from services.notifications.feed.tables import Notification
from shared.http.schemas import Answer


class NotificationOut(Answer):
    """`about_id` is the case or invitation that it is about; what happened there is read there."""

    id: UUID
    kind: str
    about: Literal["case", "invitation"]
    about_id: UUID
    case_number: str | None
    at: datetime
    read: bool

    @classmethod
    def of(cls, row: Notification) -> Self:
        return cls.model_validate(
            {
                "id": row.id,
                "kind": row.kind,
                "about": row.about,
                "about_id": row.about_id,
                "case_number": row.case_number,
                "at": row.at,
                "read": row.read_at is not None,
            }
        )
