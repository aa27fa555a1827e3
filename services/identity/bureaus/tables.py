"""Bureaus and their employees. The employee's row is here and not in the room `employees`, because signing up
a bureau makes the first one, and the register of customers reads them."""

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from sqlalchemy import Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.tables import Row
from shared.approval import require_approved
from shared.events.identity import BureauStatus, Language


class BureauFields(TypedDict):
    """What a bureau says of itself when it signs up."""

    name: str
    organisation_number: str
    street: str
    postal_code: str
    city: str
    country: str
    email: str
    language: Language


class Bureau(Row):
    """The tenant. `organisation_number` is ten digits without hyphen.

    Others see it by `approved_name`, which an operator has approved. `decided_by` is the user who approved or
    suspended it; None at the command line, and where no operator was asked.
    """

    __tablename__ = "bureaus"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    organisation_number: Mapped[str] = mapped_column(unique=True)
    street: Mapped[str]
    postal_code: Mapped[str]
    city: Mapped[str]
    country: Mapped[str]
    email: Mapped[str]
    language: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    status: Mapped[BureauStatus] = mapped_column(Text, default="registered", server_default="registered")
    approved_name: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]

    def require_approved(self) -> None:
        """Raises BureauNotApproved and BureauSuspended."""
        require_approved(self.status)

    def change(self, **fields: str) -> bool:
        """Returns whether anything differs from before."""
        changes = {name: value for name, value in fields.items() if value != getattr(self, name)}
        for name, value in changes.items():
            setattr(self, name, value)
        self.version += bool(changes)
        return bool(changes)

    def approve(self, *, by: UUID | None, at: datetime) -> bool:
        """Also approves another name than the one that was approved before. Returns False where nothing was
        left to approve."""
        if (self.status, self.approved_name) == ("approved", self.name):
            return False
        self.status, self.approved_name = "approved", self.name
        self._note_decision(by=by, at=at)
        return True

    def suspend(self, *, by: UUID | None, at: datetime) -> bool:
        """Returns False where it was suspended before."""
        if self.status == "suspended":
            return False
        self.status = "suspended"
        self._note_decision(by=by, at=at)
        return True

    def _note_decision(self, *, by: UUID | None, at: datetime) -> None:
        self.decided_by, self.decided_at = by, at
        self.version += 1


class Employee(Row):
    """`email` is where the bureau reaches the person, who logs in with an address of their own. `joined_at`
    is when the person first acted for the bureau; None while only the bureau says that they work there.
    `successor_id` is the colleague who took over from one who is no longer `active`, if one was named."""

    __tablename__ = "employees"
    __table_args__ = (UniqueConstraint("bureau_id", "user_id"), UniqueConstraint("bureau_id", "email"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    user_id: Mapped[UUID] = mapped_column(index=True)
    name: Mapped[str]
    email: Mapped[str]
    account_role: Mapped[str]
    maintenance: Mapped[str]
    customers: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    deactivated_at: Mapped[datetime | None]
    joined_at: Mapped[datetime | None]
    successor_id: Mapped[UUID | None]

    @property
    def holds_the_keys(self) -> bool:
        """True of the employees of whom a bureau always keeps at least one."""
        return self.active and self.account_role == "administrator" and self.maintenance == "full"

    @property
    def rights(self) -> dict[str, str]:
        rights = {"maintenance": self.maintenance, "customers": self.customers}
        return {"account_role": self.account_role, **rights} if self.active else {"rights": "none"}

    def change(self, **fields: str | None) -> bool:
        """Sets the fields that are not None. Returns whether anything differs from before."""
        changes = {name: value for name, value in fields.items() if value not in (None, getattr(self, name))}
        for name, value in changes.items():
            setattr(self, name, value)
        self.version += bool(changes)
        return bool(changes)

    def deactivate(self, *, successor_id: UUID | None, at: datetime) -> None:
        self.active = False
        self.successor_id = successor_id
        self.deactivated_at = at
        self.version += 1

    def return_to_work(self) -> None:
        self.active = True
        self.deactivated_at = None
        self.successor_id = None
        self.version += 1
