from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.invitations.tables import Row


class Batch(Row):
    """Many customers invited in one step. `results` tells what became of each, in the order asked for."""

    __tablename__ = "batches"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID] = mapped_column(index=True)
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    results: Mapped[list[dict[str, Any]]]
