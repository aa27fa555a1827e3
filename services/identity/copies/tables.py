"""What identity knows of the other services' facts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.tables import Row


class Collaboration(Row):
    """A collaboration as of its `sequence`; not `active` once it has ended."""

    __tablename__ = "collaborations"
    __table_args__ = (Index(None, "bureau_id", "customer_id"), Index(None, "account_id"))

    collaboration_id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    account_id: Mapped[UUID]
    active: Mapped[bool]
    sequence: Mapped[int]


class RefusedAcceptance(Row):
    """An invitation of the bureau could not be accepted, because the invited person is no administrator of
    the account: so the bureau has learnt that there is one."""

    __tablename__ = "refused_acceptances"

    bureau_id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)


class Activity(Row):
    """When something last happened in the customer's cases. There is no row until something does."""

    __tablename__ = "activity"

    bureau_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    last_at: Mapped[datetime]


class Case(Row):
    """A case that an employee holds, as of its `sequence`; not `active` once it is closed or cancelled."""

    __tablename__ = "cases"
    __table_args__ = (Index("ix_cases_held", "bureau_id", "assignee_id", postgresql_where=text("active")),)

    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    assignee_id: Mapped[UUID]
    number: Mapped[str]
    active: Mapped[bool]
    sequence: Mapped[int]
