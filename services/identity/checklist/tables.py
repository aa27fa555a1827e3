from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.identity.tables import Row

DutyCode = Literal["general_risk_assessment", "engagement_letters"]


class Duty(Row):
    """A document that must name the service, ticked by an employee."""

    __tablename__ = "duties"

    bureau_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    confirmed_by: Mapped[UUID]
    confirmed_at: Mapped[datetime]
