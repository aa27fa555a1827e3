from collections.abc import Mapping
from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from services.cases.messages.tables import Message, Note
from services.cases.timeline.schemas import Author
from shared.http.schemas import Body, Prose


class Text(Body):
    body: Prose


class MessageOut(BaseModel):
    id: UUID
    case_id: UUID
    body: str
    by: Author
    created_at: datetime
    edited_at: datetime | None

    @classmethod
    def of(cls, message: Message, names: Mapping[UUID, str]) -> Self:
        return cls(
            id=message.id,
            case_id=message.case_id,
            body=message.body,
            by=Author(side=message.side, user_id=message.user_id, name=names.get(message.user_id)),
            created_at=message.created_at,
            edited_at=message.edited_at,
        )


class NoteOut(BaseModel):
    id: UUID
    case_id: UUID
    body: str
    by: Author
    created_at: datetime

    @classmethod
    def of(cls, note: Note, names: Mapping[UUID, str]) -> Self:
        return cls(
            id=note.id,
            case_id=note.case_id,
            body=note.body,
            by=Author(side="bureau", user_id=note.user_id, name=names.get(note.user_id)),
            created_at=note.created_at,
        )
