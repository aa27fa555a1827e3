"""Whom a case concerns, as the other services tell of them. A row is as new as its `sequence`.

What was removed or has ended stays as a row that is not `active`: an earlier event that comes late does not
bring it back. Each `email` is normalised.
"""

from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.cases.tables import Row
from shared.events.identity import BureauStatus, Language

# How long the customer reads on after the end of a collaboration.
READABLE = timedelta(days=90)


class Bureau(Row):
    """What a bureau may do. There is no row until identity's news of the bureau has come."""

    __tablename__ = "bureaus"

    bureau_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int]
    status: Mapped[BureauStatus] = mapped_column(Text)


class Customer(Row):
    __tablename__ = "customers"

    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    sequence: Mapped[int]
    name: Mapped[str]
    kind: Mapped[Literal["company", "private_individual"]] = mapped_column(Text)
    active: Mapped[bool]
    responsible_id: Mapped[UUID]
    participant_ids: Mapped[list[UUID]]
    main_contact_id: Mapped[UUID | None]


class Contact(Row):
    __tablename__ = "contacts"
    __table_args__ = (Index(None, "bureau_id", "customer_id"),)

    contact_id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    sequence: Mapped[int]
    customer_id: Mapped[UUID]
    name: Mapped[str]
    email: Mapped[str | None]
    # None until identity tells of the contact again: earlier releases did not keep it.
    language: Mapped[Language | None] = mapped_column(Text)
    active: Mapped[bool]


class Member(Row):
    """Accounts belong to no bureau, so every query names the account."""

    __tablename__ = "members"
    __table_args__ = (Index(None, "account_id", "email"),)

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int]
    name: Mapped[str]
    email: Mapped[str]
    active: Mapped[bool]


class Employee(Row):
    """`successor_id` is the colleague who took over from one who is no longer `active`, if one was named."""

    __tablename__ = "employees"
    __table_args__ = (Index(None, "bureau_id", "user_id"),)

    employee_id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    sequence: Mapped[int]
    user_id: Mapped[UUID]
    name: Mapped[str]
    active: Mapped[bool]
    successor_id: Mapped[UUID | None]


class Collaboration(Row):
    """Cases flow only inside one that is active. The customer reads on for a while after `ended_at`."""

    __tablename__ = "collaborations"
    __table_args__ = (Index(None, "bureau_id", "customer_id"), Index(None, "account_id"))

    collaboration_id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    sequence: Mapped[int]
    customer_id: Mapped[UUID]
    account_id: Mapped[UUID]
    active: Mapped[bool]
    ended_at: Mapped[datetime | None]


class Feature(Row):
    """Whether the bureau has bought case management; `ends_on` is the last day of a cancelled purchase.

    There is no row until billing's news of the bureau has come.
    """

    __tablename__ = "features"

    bureau_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int]
    active: Mapped[bool]
    ends_on: Mapped[date | None]
