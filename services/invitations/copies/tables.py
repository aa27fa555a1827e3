"""What invitations knows of the other services' rows; each row as new as its `sequence`."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.invitations.tables import Row
from shared.clock import stockholm_date


class Bureau(Row):
    __tablename__ = "bureaus"

    bureau_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    sequence: Mapped[int]


class Customer(Row):
    """`contact_…` is the main contact; `contact_email` is lower case."""

    __tablename__ = "customers"

    bureau_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    organisation_number: Mapped[str | None]
    active: Mapped[bool]
    responsible_id: Mapped[UUID]
    participant_ids: Mapped[list[UUID]]
    contact_id: Mapped[UUID | None]
    contact_name: Mapped[str | None]
    contact_email: Mapped[str | None]
    contact_language: Mapped[str | None]
    failing_points: Mapped[list[str]]
    sequence: Mapped[int]

    def stopping_points(self) -> list[str]:
        """The codes of all that stops an invitation; empty for a customer that is ready."""
        points = [] if self.active else ["customer_inactive"]
        points += self.failing_points
        if not self.contact_email and not self.failing_points:
            points.append("main_contact_missing")
        return points


class Feature(Row):
    """Whether the bureau has bought case management; `ends_on` is the last day of a cancelled purchase."""

    __tablename__ = "features"

    bureau_id: Mapped[UUID] = mapped_column(primary_key=True)
    active: Mapped[bool]
    ends_on: Mapped[date | None]
    sequence: Mapped[int]

    def is_open(self, at: datetime) -> bool:
        return self.active and (self.ends_on is None or stockholm_date(at) <= self.ends_on)


class Account(Row):
    """An account by its organisation number, or by the private individual whose own it is.

    `opened_by` may administrate it until identity's news of its members have come.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        Index(
            "uq_accounts_organisation_number",
            "organisation_number",
            unique=True,
            postgresql_where=text("organisation_number is not null"),
        ),
        Index(
            "uq_accounts_personal_to",
            "personal_to",
            unique=True,
            postgresql_where=text("personal_to is not null"),
        ),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_number: Mapped[str | None]
    personal_to: Mapped[UUID | None]
    opened_by: Mapped[UUID | None]


class AccountRole(Row):
    """`active` is false where the member was removed."""

    __tablename__ = "account_roles"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    role: Mapped[str]
    active: Mapped[bool]
    sequence: Mapped[int]
