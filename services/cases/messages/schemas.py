from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from services.cases.messages.queries import Signed
from services.cases.messages.tables import Message, Note
from services.cases.timeline.schemas import AuthorOut
from shared.http.schemas import Answer, Body, Prose

MessageText = Annotated[Prose, Field(examples=["It is a cordless drill for the workshop."])]
ShownMessage = Annotated[str, Field(examples=["It is a cordless drill for the workshop."])]
NoteText = Annotated[Prose, Field(examples=["Book it as consumables from now on."])]
ShownNote = Annotated[str, Field(examples=["Book it as consumables from now on."])]


class MessageIn(Body):
    body: MessageText
    """At most 20,000 characters. Both sides see it."""


class MessageChange(Body):
    body: MessageText
    """The whole text as it should read, at most 20,000 characters."""


class NoteIn(Body):
    body: NoteText
    """At most 20,000 characters. Only the bureau's employees see it."""


class MessageOut(Answer):
    id: UUID
    """To correct it by."""
    case_id: UUID
    """Where it was written."""
    body: ShownMessage
    """As it reads now."""
    by: AuthorOut
    """Who wrote it."""
    created_at: datetime
    """When it was posted."""
    edited_at: datetime | None
    """When it was last corrected; null where it reads as it was posted."""

    @classmethod
    def of(cls, signed: Signed[Message]) -> Self:
        message = signed.row
        return cls(
            id=message.id,
            case_id=message.case_id,
            body=message.body,
            by=AuthorOut(side=message.side, user_id=message.user_id, name=signed.name),
            created_at=message.created_at,
            edited_at=message.edited_at,
        )


class NoteOut(Answer):
    id: UUID
    """The note's own, as the bureau's timeline names it."""
    case_id: UUID
    """Where it was written."""
    body: ShownNote
    """Never shown to the customer."""
    by: AuthorOut
    """Who wrote it."""
    created_at: datetime
    """When it was written; a note is never changed."""

    @classmethod
    def of(cls, signed: Signed[Note]) -> Self:
        note = signed.row
        return cls(
            id=note.id,
            case_id=note.case_id,
            body=note.body,
            by=AuthorOut(side="bureau", user_id=note.user_id, name=signed.name),
            created_at=note.created_at,
        )
