from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.cases.tables import Row


class Acknowledgement(Row):
    """A person's 'I have read it'."""

    __tablename__ = "acknowledgements"

    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    at: Mapped[datetime]
