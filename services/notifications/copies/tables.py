"""Whom notifications writes to, and in which language. A row is as new as its `sequence`."""

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.tables import Row


class Bureau(Row):
    __tablename__ = "bureaus"

    bureau_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    language: Mapped[str]
    sequence: Mapped[int]


class Customer(Row):
    __tablename__ = "customers"

    bureau_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
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
