from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path
from pydantic import Field

from services.invitations.collaborations.queries import Named
from shared.http.schemas import Answer

Status = Literal["open", "ended"]
CollaborationId = Annotated[UUID, Path(description="As the list of collaborations shows it.")]


class CollaborationOut(Answer):
    """What an accepted invitation opened; cases flow only inside one that is open."""

    id: UUID
    """To end it by."""
    bureau_id: UUID
    """One of the two sides."""
    bureau_name: Annotated[str | None, Field(examples=["Nord Redovisning AB"])]
    """Null for a moment after the bureau's sign-up."""
    customer_id: UUID
    """The other side, in the bureau's register."""
    customer_number: Annotated[str, Field(examples=["1042"])]
    """In the bureau's own numbering."""
    customer_name: Annotated[str, Field(examples=["Ström Bygg AB"])]
    """As the bureau's register has it."""
    account_id: UUID
    """The other side, as its members log in to it."""
    invitation_id: UUID
    """What was accepted."""
    status: Status
    """Once `ended` it stays so; the customer can be invited again."""
    paused: bool
    """True while the bureau has the customer as inactive: what is there can be read, not written in."""
    opened_at: datetime
    """When the invitation was accepted."""
    ended_at: datetime | None
    """Null while it is open."""
    ended_by: Literal["bureau", "customer"] | None
    """Which side ended it; null while it is open."""

    @classmethod
    def of(cls, named: Named) -> "CollaborationOut":
        collaboration, bureau_name = named
        own = {name: getattr(collaboration, name) for name in cls.model_fields if name != "bureau_name"}
        return cls.model_validate({**own, "bureau_name": bureau_name})
