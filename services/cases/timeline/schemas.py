from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field

from services.cases.timeline.queries import ShownEntry
from shared.events.cases import Side
from shared.http.schemas import Answer


class AuthorOut(Answer):
    """The person who did something in a case."""

    side: Side
    """Whether the person acted for the bureau or for the customer."""
    user_id: UUID
    """The person's log-in, the same in all their roles; the nil UUID where the passing of time did it."""
    name: Annotated[str | None, Field(examples=["Anna Ek"])]
    """Null where the person is not known here, or has been erased."""


class EntryOut(Answer):
    position: Annotated[int, Field(examples=[2])]
    """Its place among the entries that the caller sees, counted from 1, without gaps."""
    at: datetime
    """When it happened, by the clock of the server."""
    action: Annotated[str, Field(examples=["message_posted"])]
    """What was done, such as `created`, `sent`, `message_posted`, `item_accepted`, `approved`, `resolved`."""
    by: AuthorOut
    """Who did it."""
    facts: Annotated[dict[str, Any], Field(examples=[{"status": "waiting_for_bureau"}])]
    """What belongs to the action: ids, the status after it, texts that were replaced. `contents` are the
    SHA-256 of the texts and files that were written or changed, such as `body` or `message/{id}`; null for a
    text that there is no more."""
    internal: bool
    """Whether only the bureau sees it; never true for members."""
    hash: Annotated[str, Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])]
    """SHA-256 (hexadecimal) over the hash of the entry before in the caller's chain and this entry, so that a
    change is found."""

    @classmethod
    def of(cls, shown: ShownEntry) -> Self:
        entry = shown.entry
        return cls(
            position=shown.position,
            at=entry.at,
            action=entry.action,
            by=AuthorOut(side=entry.side, user_id=entry.user_id, name=shown.name),
            facts=entry.facts,
            internal=entry.internal,
            hash=shown.hash,
        )
