"""Customers and their contacts. The contact's row is here and not in the room `contacts`, because a
customer's readiness depends on its main contact."""

from collections.abc import Container
from datetime import datetime
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, validates

from services.identity.tables import Row
from shared.addresses import normalised


class Customer(Row):
    """`failing_points`: the checklist's codes that stop an invitation, stored so that lists can filter.

    `changed_at` is when `version` was published; None for one that was last changed under 0.1.
    """

    __tablename__ = "customers"
    __table_args__ = (
        UniqueConstraint("bureau_id", "number"),
        # Without bureau_id: before there are statistics, PostgreSQL would use an index with it to find
        # numbers.
        Index(None, "responsible_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    number: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    organisation_number: Mapped[str | None]
    street: Mapped[str]
    postal_code: Mapped[str]
    city: Mapped[str]
    country: Mapped[str]
    financial_year_end: Mapped[str | None]
    vat_period: Mapped[str | None]
    responsible_id: Mapped[UUID]
    participant_ids: Mapped[list[UUID]]
    active: Mapped[bool]
    inactive_since: Mapped[datetime | None]
    main_contact_id: Mapped[UUID | None]
    failing_points: Mapped[list[str]]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]

    @property
    def ready(self) -> bool:
        """Whether it can be invited."""
        return self.active and not self.failing_points

    @property
    def has_whole_address(self) -> bool:
        return all((self.street, self.postal_code, self.city))

    def must_stay_company(self, kind: str) -> bool:
        """Whether `kind` would make a private individual of a customer with an organisation number."""
        return kind == "private_individual" and self.kind == "company" and bool(self.organisation_number)

    def assess(self, main_contact: "Contact | None", *, employee_emails: Container[str]) -> None:
        """Judges readiness by the customer, its main contact and the addresses of the bureau's employees."""
        failing = [] if main_contact else ["main_contact_missing"]
        failing += main_contact.failing_points(employee_emails) if main_contact else []
        failing += [] if self.has_whole_address else ["address_incomplete"]
        self.failing_points = failing

    def set_active(self, active: bool, *, at: datetime) -> None:
        if self.active != active:
            self.active = active
            self.inactive_since = None if active else at

    def hand_over(self, *, from_id: UUID, to_id: UUID) -> None:
        """Gives one employee's part in this customer to another."""
        if self.responsible_id == from_id:
            self.responsible_id = to_id
        moved = [to_id if each == from_id else each for each in self.participant_ids]
        self.participant_ids = list(dict.fromkeys(moved))


class Contact(Row):
    """`email` is kept as it was typed, right or wrong; `normalised_email` is what comparisons use."""

    __tablename__ = "contacts"
    __table_args__ = (Index(None, "bureau_id", "customer_id"), Index(None, "bureau_id", "normalised_email"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    name: Mapped[str]
    email: Mapped[str | None]
    normalised_email: Mapped[str | None]
    phone: Mapped[str | None]
    language: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]

    @validates("email")
    def _normalise(self, _: str, email: str | None) -> str | None:
        self.normalised_email = normalised(email) if email else None
        return email

    def failing_points(self, employee_emails: Container[str]) -> list[str]:
        if not self.email:
            return ["email_missing"]
        if not is_email(self.email):
            return ["email_invalid"]
        return ["email_belongs_to_employee"] if self.normalised_email in employee_emails else []


class RemovedContact(Row):
    """What the event of a contact's removal told, so that it can be told again to who has missed it."""

    __tablename__ = "removed_contacts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID] = mapped_column(index=True)
    customer_id: Mapped[UUID]
    name: Mapped[str]
    email: Mapped[str | None]
    language: Mapped[str]
    version: Mapped[int]
    removed_at: Mapped[datetime]

    @classmethod
    def of(cls, contact: Contact, *, at: datetime) -> "RemovedContact":
        names = ("id", "bureau_id", "customer_id", "name", "email", "language", "version")
        return cls(**{name: getattr(contact, name) for name in names}, removed_at=at)


def is_email(text: str) -> bool:
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True
