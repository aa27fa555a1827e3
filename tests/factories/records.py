"""People and things of a test: frozen records, whose fields have the names of those of the events about them.

Each has ids and addresses of its own, so that tests don't disturb each other. A test sets the fields that it
is about: `Employee(bureau.id, maintenance="none")`. `dataclasses.replace` makes a changed record.
"""

import itertools
import secrets
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from stdnum import luhn

from shared.events.identity import MainContact
from shared.ids import uuid7

numbers = itertools.count(1001)


def organisation_number() -> str:
    """Ten digits, of which the last one is the check digit (Luhn)."""
    digits = f"55{secrets.randbelow(10**7):07d}"
    return digits + luhn.calc_check_digit(digits)


def address(name: str = "person", domain: str = "byran.example") -> str:
    return f"{name}-{uuid7().hex[-12:]}@{domain}"


@dataclass(frozen=True)
class Bureau:
    """A bureau that an operator has approved, unless a test sets another status."""

    bureau_id: UUID = field(default_factory=uuid7)
    name: str = field(default_factory=lambda: f"Söderbyrån {next(numbers)} AB")
    organisation_number: str = field(default_factory=organisation_number)
    email: str = field(default_factory=lambda: address("post"))
    language: str = "sv"
    street: str = "Storgatan 1"
    postal_code: str = "111 22"
    city: str = "Stockholm"
    country: str = "SE"
    status: str = "approved"
    approved_name: str | None = None
    subscription_id: UUID = field(default_factory=uuid7)

    @property
    def id(self) -> UUID:
        return self.bureau_id


@dataclass(frozen=True)
class Employee:
    """An employee, with all rights unless a test sets others."""

    bureau_id: UUID
    name: str = "Anna Ek"
    employee_id: UUID = field(default_factory=uuid7)
    user_id: UUID = field(default_factory=uuid7)
    email: str = field(default_factory=lambda: address("anna"))
    language: str = "sv"
    account_role: str = "administrator"
    maintenance: str = "full"
    customers: str = "full"


@dataclass(frozen=True)
class Customer:
    """A bureau's customer, with the ids of its account and its collaboration, where it has them."""

    bureau_id: UUID
    name: str = "Ek & Son HB"
    customer_id: UUID = field(default_factory=uuid7)
    number: str = field(default_factory=lambda: str(next(numbers)))
    kind: str = "company"
    organisation_number: str | None = field(default_factory=organisation_number)
    active: bool = True
    responsible_id: UUID = field(default_factory=uuid7)
    participant_ids: list[UUID] = field(default_factory=list)
    main_contact: MainContact | None = None
    failing_points: list[str] = field(default_factory=list)
    account_id: UUID = field(default_factory=uuid7)
    collaboration_id: UUID = field(default_factory=uuid7)


@dataclass(frozen=True)
class Contact:
    """A contact of a customer, who need not be able to log in."""

    bureau_id: UUID
    customer_id: UUID
    name: str = "Åsa Ek"
    contact_id: UUID = field(default_factory=uuid7)
    email: str | None = field(default_factory=lambda: address("asa", "kund.example"))
    language: str = "sv"


@dataclass(frozen=True)
class Member:
    """A member of a customer's account."""

    account_id: UUID
    name: str = "Åsa Ek"
    user_id: UUID = field(default_factory=uuid7)
    email: str = field(default_factory=lambda: address("asa", "kund.example"))
    language: str = "sv"
    role: str = "administrator"


@dataclass(frozen=True)
class User:
    """A person without a hat."""

    name: str = "Åsa Ek"
    user_id: UUID = field(default_factory=uuid7)
    email: str = field(default_factory=lambda: address("asa", "kund.example"))
    language: str = "sv"
    verification_id: UUID = field(default_factory=uuid7)
    reset_id: UUID = field(default_factory=uuid7)


@dataclass(frozen=True)
class Operator:
    user_id: UUID = field(default_factory=uuid7)
    name: str = "Olle Drift"
    email: str = "olle@arende.example"


@dataclass(frozen=True)
class Case:
    """A case after a step of one side (`by`), and whom on the other side the step concerns."""

    bureau_id: UUID
    customer_id: UUID
    account_id: UUID
    by: str
    recipient_ids: list[UUID]
    case_id: UUID = field(default_factory=uuid7)
    number: str = "2026-000123"
    case_type: str = "question"
    status: str = "waiting_for_customer"
    message_id: UUID = field(default_factory=uuid7)
    item_id: UUID = field(default_factory=uuid7)
    assignee_id: UUID = field(default_factory=uuid7)


@dataclass(frozen=True)
class Invitation:
    """An invitation to a customer's contact."""

    bureau_id: UUID
    customer_id: UUID
    customer_name: str = "Ek & Son HB"
    invitation_id: UUID = field(default_factory=uuid7)
    contact_id: UUID = field(default_factory=uuid7)
    contact_name: str = "Åsa Ek"
    email: str = field(default_factory=lambda: address("asa", "kund.example"))
    language: str = "sv"
    message: str | None = None
    expires_at: datetime = datetime(2026, 4, 30, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Acceptance:
    """A person's acceptance of an invitation, for the account of the bureau's customer."""

    accepted_by: UUID
    bureau_id: UUID = field(default_factory=uuid7)
    customer_id: UUID = field(default_factory=uuid7)
    invitation_id: UUID = field(default_factory=uuid7)
    contact_id: UUID = field(default_factory=uuid7)
    account_id: UUID = field(default_factory=uuid7)
    account_name: str = "Bageriet AB"
    kind: str = "company"
    organisation_number: str | None = field(default_factory=organisation_number)


@dataclass(frozen=True)
class Invoice:
    """An invoice for ten customers. Money is in öre."""

    bureau_id: UUID
    invoice_id: UUID = field(default_factory=uuid7)
    number: str = "10042"
    month: str = "2026-03"
    quantity: int = 10
    amount: int = 98760
    vat: int = 24690
    total: int = 123450
    due_on: date = date(2026, 5, 30)


@dataclass(frozen=True)
class Mail:
    """A mail that notifications has sent, or could not send; `about` says what `about_id` is the id of."""

    bureau_id: UUID
    about_id: UUID | str
    about: str = "invitation"
    kind: str = "invitation"
    mail_id: UUID = field(default_factory=uuid7)


def main_contact(name: str = "Åsa Ek", **overrides: Any) -> MainContact:
    fields = {"contact_id": uuid7(), "email": address("asa", "kund.example"), "language": "sv"}
    return MainContact(name=name, **{**fields, **overrides})
