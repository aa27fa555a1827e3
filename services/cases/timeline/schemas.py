from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel

from services.cases.timeline.queries import Shown
from shared.events.cases import Side
from shared.http.schemas import Answer


class Author(BaseModel):
    """`name` is None for a person who has been erased."""

    side: Side
    user_id: UUID
    name: str | None


class EntryOut(Answer):
    position: int
    at: datetime
    action: str
    by: Author
    facts: dict[str, Any]
    hash: str

    @classmethod
    def of(cls, shown: Shown, names: Mapping[UUID, str]) -> Self:
        entry = shown.entry
        return cls(
            position=shown.number,
            at=entry.at,
            action=entry.action,
            by=Author(side=entry.side, user_id=entry.user_id, name=names.get(entry.user_id)),
            facts=entry.facts,
            hash=entry.hash,
        )
