"""Accounts: the customers' own organisations. They belong to no bureau."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.tables import Row


class Account(Row):
    """`organisation_number` is None for a private individual's."""

    __tablename__ = "accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    organisation_number: Mapped[str | None] = mapped_column(unique=True)
    first_case_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Membership(Row):
    """The row stays when the membership ends, so that `version` goes on counting if the person returns."""

    __tablename__ = "members"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="cascade"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    role: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    @property
    def is_administrator(self) -> bool:
        return self.removed_at is None and self.role == "administrator"

    def set_role(self, role: str) -> bool:
        """Returns False where it is the role already."""
        if self.role == role:
            return False
        self.role = role
        self.version += 1
        return True

    def remove(self, *, at: datetime) -> None:
        self.removed_at = at
        self.version += 1

    def come_back(self, *, role: str, at: datetime) -> None:
        self.role = role
        self.added_at = at
        self.removed_at = None
        self.version += 1
