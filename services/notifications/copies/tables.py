"""Whom notifications writes to, in which language, and what ties a person to a customer's cases. A row is as
new as its `sequence`."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.tables import Row
from shared.events.identity import BureauStatus


class Bureau(Row):
    """`name` is the one that mails show, which an operator has approved."""

    __tablename__ = "bureaus"

    bureau_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    language: Mapped[str]
    status: Mapped[BureauStatus] = mapped_column(Text, server_default="registered")
    sequence: Mapped[int]


class Customer(Row):
    """`responsible_id` is an employee; None until the next news of a customer that was known before it was
    kept here."""

    __tablename__ = "customers"

    bureau_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    responsible_id: Mapped[UUID | None]
    sequence: Mapped[int]


class Contact(Row):
    """A person at a customer, as the bureau's register has it; not `active` once removed from it."""

    __tablename__ = "contacts"
    __table_args__ = (Index(None, "bureau_id", "customer_id"),)

    contact_id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    email: Mapped[str | None]
    active: Mapped[bool]
    sequence: Mapped[int]


class Employee(Row):
    """`active` is false where the employee was deactivated."""

    __tablename__ = "employees"

    bureau_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    employee_id: Mapped[UUID]
    name: Mapped[str]
    email: Mapped[str]
    language: Mapped[str]
    active: Mapped[bool]
    sequence: Mapped[int]


class Member(Row):
    """`active` is false where the member was removed."""

    __tablename__ = "members"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    language: Mapped[str]
    role: Mapped[str]
    active: Mapped[bool]
    sequence: Mapped[int]


class Collaboration(Row):
    """Between a bureau's customer and an account; `active` is false once it has ended."""

    __tablename__ = "collaborations"
    __table_args__ = (Index(None, "bureau_id", "customer_id"),)

    collaboration_id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    account_id: Mapped[UUID]
    active: Mapped[bool]
    sequence: Mapped[int]


class CaseReading(Row):
    """That a person has read a case; `sequence` is the version of the case that they saw."""

    __tablename__ = "case_readings"

    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    read_at: Mapped[datetime]
    sequence: Mapped[int]
