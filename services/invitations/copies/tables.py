"""What invitations knows of the other services' facts; each row is as new as its `sequence`."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.invitations.tables import Row
from shared.callers import CallerEmployee
from shared.errors import MissingPermission
from shared.events.identity import BureauStatus


class Bureau(Row):
    """`name` is the one that customers are to see, which an operator has approved."""

    __tablename__ = "bureaus"

    bureau_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    status: Mapped[BureauStatus] = mapped_column(Text, server_default="registered")
    sequence: Mapped[int]


class Customer(Row):
    """`contact_…` is the main contact; `contact_email` is normalised."""

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

    def is_open_to(self, employee: CallerEmployee) -> bool:
        """Whether the employee may work with this customer."""
        return employee.may_work_with(
            responsible_id=self.responsible_id, participant_ids=self.participant_ids
        )

    def require_open_to(self, employee: CallerEmployee) -> None:
        """Raises MissingPermission."""
        if not self.is_open_to(employee):
            raise MissingPermission(required="customers: full")


class Contact(Row):
    """A person at a customer; `email` is normalised. Not `active` once removed from the register. `name` is
    None until the next news of a contact that was known before it was kept here."""

    __tablename__ = "contacts"
    __table_args__ = (Index(None, "bureau_id", "customer_id"),)

    contact_id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    name: Mapped[str | None]
    email: Mapped[str | None]
    active: Mapped[bool]
    sequence: Mapped[int]


class Feature(Row):
    """Whether the bureau has bought case management; `ends_on` is the last day of a cancelled purchase."""

    __tablename__ = "features"

    bureau_id: Mapped[UUID] = mapped_column(primary_key=True)
    active: Mapped[bool]
    ends_on: Mapped[date | None]
    sequence: Mapped[int]


class Member(Row):
    """A person at an account; not `active` once removed from it."""

    __tablename__ = "members"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    role: Mapped[str]
    active: Mapped[bool]
    sequence: Mapped[int]


class Account(Row):
    """An account, by its organisation number, by the private individual to whom it belongs, or by the one
    customer whose it is: a company without an organisation number.

    Accepting an invitation opens it here first, under an id that identity takes over; `sequence` is 0 until
    identity has told of it. Until its members are known too, `opened_by` counts as its administrator.
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
        Index(
            "uq_accounts_of_customer",
            "of_customer",
            unique=True,
            postgresql_where=text("of_customer is not null"),
        ),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_number: Mapped[str | None]
    personal_to: Mapped[UUID | None]
    of_customer: Mapped[UUID | None]
    opened_by: Mapped[UUID | None]
    sequence: Mapped[int] = mapped_column(server_default=text("0"))

    def is_administered_by(self, user_id: UUID, *, member: Member | None) -> bool:
        """`member` is what is known of the person at this account."""
        if member is None:
            return self.opened_by == user_id
        return member.active and member.role == "administrator"
