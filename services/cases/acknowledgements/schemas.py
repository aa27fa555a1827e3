from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.http.schemas import Answer


class AcknowledgementOut(Answer):
    """That a person has read an `information`."""

    user_id: UUID
    """The person who says so."""
    name: Annotated[str | None, Field(examples=["Karin Berg"])]
    """Null where the person is not known here, or has been erased."""
    at: datetime
    """When they said so for the first time."""
