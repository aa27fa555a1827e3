"""The bureau's register: customers, their contacts, imports of both, and the document duties."""

from collections.abc import Container
from datetime import datetime
from typing import Any
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.tables import Row

LAST_ATTEMPT = 5


class Customer(Row):
    """`failing_points` are the readiness codes that fail now; kept here so that lists are plain SQL."""

    __tablename__ = "customers"
    __table_args__ = (
        UniqueConstraint("bureau_id", "number"),
        # Without bureau_id: while there are no statistics, one with it would be taken to look up numbers.
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
    last_activity_at: Mapped[datetime]
    # The newest collaboration that identity has heard of, by (id, sequence).
    collaboration_id: Mapped[UUID | None]
    collaboration_sequence: Mapped[int] = mapped_column(default=0)
    collaboration_open: Mapped[bool] = mapped_column(default=False)
    account_id: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]

    @property
    def ready(self) -> bool:
        """Whether it can be invited."""
        return self.active and not self.failing_points

    @property
    def has_whole_address(self) -> bool:
        return all((self.street, self.postal_code, self.city))

    def assess(self, main_contact: "Contact | None", *, employee_emails: Container[str]) -> bool:
        """Judge readiness anew; answers whether that changed anything."""
        failing = [] if main_contact else ["main_contact_missing"]
        failing += main_contact.failing_points(employee_emails) if main_contact else []
        failing += [] if self.has_whole_address else ["address_incomplete"]
        changed = failing != self.failing_points
        self.failing_points = failing
        return changed

    def set_active(self, active: bool, *, at: datetime) -> bool:
        """Answers whether it was otherwise before."""
        if self.active == active:
            return False
        self.active = active
        self.inactive_since = None if active else at
        return True

    def hand_over(self, *, from_id: UUID, to_id: UUID) -> None:
        """Give one employee's part in this customer to another."""
        if self.responsible_id == from_id:
            self.responsible_id = to_id
        moved = [to_id if each == from_id else each for each in self.participant_ids]
        self.participant_ids = list(dict.fromkeys(moved))


class Contact(Row):
    __tablename__ = "contacts"
    __table_args__ = (Index(None, "bureau_id", "customer_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    language: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]

    def failing_points(self, employee_emails: Container[str]) -> list[str]:
        if not self.email:
            return ["email_missing"]
        if not is_email(self.email):
            return ["email_invalid"]
        return ["email_belongs_to_employee"] if self.email.lower() in employee_emails else []


class ImportJob(Row):
    """`touched_at` orders the jobs, so that several go forward in turns. `attempts` in vain, in a row."""

    __tablename__ = "import_jobs"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    user_id: Mapped[UUID]
    employee_id: Mapped[UUID]
    state: Mapped[str]  # queued | running | finished | failed
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    warnings: Mapped[list[dict[str, Any]]]
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    touched_at: Mapped[datetime]

    def advance(self, *, created: int, updated: int, unchanged: int, lines: int) -> None:
        self.created += created
        self.updated += updated
        self.unchanged += unchanged
        self.done += lines
        self.attempts = 0

    def fail_once(self, *, at: datetime) -> None:
        """After an attempt in vain others have their turn; after the last one the job ends."""
        self.attempts += 1
        self.touched_at = at
        if self.attempts >= LAST_ATTEMPT:
            self.state = "failed"


class ImportChunk(Row):
    """Lines that are imported in one transaction: to do while `records` are there, else done."""

    __tablename__ = "import_chunks"

    job_id: Mapped[UUID] = mapped_column(ForeignKey("import_jobs.id", ondelete="cascade"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    records: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    rejected: Mapped[list[dict[str, Any]]]
    warnings: Mapped[list[dict[str, Any]]]


class Duty(Row):
    """A document that must name the service, ticked by an employee."""

    __tablename__ = "duties"

    bureau_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    confirmed_by: Mapped[UUID]
    confirmed_at: Mapped[datetime]


def is_email(text: str) -> bool:
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


# What jobs look for across bureaus.
Index(
    "ix_import_jobs_unfinished", ImportJob.touched_at, postgresql_where=text("state in ('queued', 'running')")
)
# A contact's address may be an employee's, in any case of letters.
Index("ix_contacts_email", Contact.bureau_id, func.lower(Contact.email))
