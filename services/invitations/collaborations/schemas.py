from datetime import datetime
from typing import Literal
from uuid import UUID

from services.invitations.collaborations.queries import Named
from shared.http.schemas import Answer

Status = Literal["open", "ended"]


class CollaborationOut(Answer):
    id: UUID
    bureau_id: UUID
    bureau_name: str | None
    customer_id: UUID
    customer_number: str
    customer_name: str
    account_id: UUID
    invitation_id: UUID
    status: Status
    opened_at: datetime
    ended_at: datetime | None
    ended_by: Literal["bureau", "customer"] | None

    @classmethod
    def of(cls, named: Named) -> "CollaborationOut":
        collaboration, bureau_name = named
        own = {name: getattr(collaboration, name) for name in cls.model_fields if name != "bureau_name"}
        return cls.model_validate({**own, "bureau_name": bureau_name})
