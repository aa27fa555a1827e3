from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.cases.case.schemas import People
from shared.http.schemas import Body


class AssigneeIn(Body):
    employee_id: UUID
    """An active employee of the bureau."""


class FollowersIn(Body):
    employee_ids: People
    """All who should follow the case, at most 100; those who are not named no longer do."""


class ParticipantsIn(Body):
    contact_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]
    """All whom the case should be with, contacts of the customer who are members of its account; the member
    who wrote the case stays in it without being named."""
