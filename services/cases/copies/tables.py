"""Copies of those whom a case concerns, each kept by the `sequence` of its events.

What was removed stays as a row that says so: an earlier event that comes late does not bring it back.
"""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.cases.tables import Row


class Customer(Row):
    __tablename__ = "party_customers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    sequence: Mapped[int]
    name: Mapped[str]
    kind: Mapped[Literal["company", "private_individual"]] = mapped_column(Text)
    active: Mapped[bool]
    responsible_id: Mapped[UUID]
    participant_ids: Mapped[list[UUID]]
    main_contact_id: Mapped[UUID | None]


class Contact(Row):
    """`email` is lower case."""

    __tablename__ = "contacts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    sequence: Mapped[int]
    customer_id: Mapped[UUID]
    name: Mapped[str]
    email: Mapped[str | None]
    removed: Mapped[bool]


class Member(Row):
    """Accounts belong to no bureau: every query names the account. `email` is lower case."""

    __tablename__ = "members"
    __table_args__ = (Index(None, "account_id", "email"),)

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int]
    name: Mapped[str]
    email: Mapped[str]
    removed: Mapped[bool]


class Employee(Row):
    __tablename__ = "employees"
    __table_args__ = (Index(None, "bureau_id", "user_id"),)

    employee_id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    sequence: Mapped[int]
    user_id: Mapped[UUID]
    name: Mapped[str]
    active: Mapped[bool]


class Collaboration(Row):
    """Cases flow only inside one that has not ended."""

    __tablename__ = "collaborations"
    __table_args__ = (Index(None, "bureau_id", "customer_id"), Index(None, "account_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    sequence: Mapped[int]
    customer_id: Mapped[UUID]
    account_id: Mapped[UUID]
    ended_at: Mapped[datetime | None]
