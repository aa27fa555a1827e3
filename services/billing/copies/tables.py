"""What billing knows of identity's facts: each bureau as it is now, each customer as it has been since."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables import Row
from shared.events.identity import BureauStatus

# What an invoice says of its buyer: columns of `Bureau`.
BUYER = ("name", "organisation_number", "email", "language", "street", "postal_code", "city", "country")


class Bureau(Row):
    """Name and address to put on an invoice, and whether the bureau may buy, as new as `sequence`; `email` is
    normalised."""

    __tablename__ = "bureaus"

    bureau_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    organisation_number: Mapped[str]
    email: Mapped[str]
    language: Mapped[str]
    street: Mapped[str]
    postal_code: Mapped[str]
    city: Mapped[str]
    country: Mapped[str]
    status: Mapped[BureauStatus] = mapped_column(Text, server_default="registered")
    sequence: Mapped[int]


class CustomerState(Row):
    """What a customer was from `at` on, until the row with the next sequence.

    Rows are never removed; one is changed only where the same state turns out to have begun earlier.
    `recorded_at` is the database's time, and tells which rows came after a count was made.
    """

    __tablename__ = "customer_history"
    __table_args__ = (Index("ix_customer_history_recorded", "bureau_id", "recorded_at"),)

    bureau_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    active: Mapped[bool]
    number: Mapped[str]
    name: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
