from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field

from services.notifications.feed.tables import Notification
from shared.http.schemas import Answer


class NotificationOut(Answer):
    """One piece of news. It holds nothing of a dialogue: what happened is read where `about_id` leads."""

    id: UUID
    """By which it is marked as read."""
    kind: Annotated[str, Field(examples=["message_posted"])]
    """What happened, such as `case_sent`, `message_posted` or `item_answered`; more kinds may be added."""
    about: Literal["case", "invitation", "customer", "invoice"]
    """What `about_id` is the id of."""
    about_id: UUID
    """The case, invitation, customer or invoice to which it happened."""
    case_number: Annotated[str | None, Field(examples=["2026-000123"])]
    """The case's number as people say it; null for what is about no case."""
    at: datetime
    """When it happened."""
    read: bool
    """Whether the person has marked it as read."""

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
