"""How the mails about one case are gathered."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.tables import Row


class CaseBurst(Row):
    """The newest mail to a person about a case. It was due at once if it began the burst; `gathered` is true
    for a mail that waits and tells of everything that has happened since the mail before it."""

    __tablename__ = "case_bursts"

    bureau_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    mail_due_at: Mapped[datetime]
    gathered: Mapped[bool]
