"""Accounts: the customers' own organisations. They belong to no bureau."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.people.tables import User
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
    """The row stays when the membership ends, so that `version` goes on counting if the person returns.

    `administrator_since` is None for a user. `name` is what whoever added the person calls them; it is shown
    until the person first acts for the account, at `joined_at`.
    """

    __tablename__ = "members"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="cascade"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    role: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    administrator_since: Mapped[datetime | None]
    name: Mapped[str | None]
    joined_at: Mapped[datetime | None]

    @classmethod
    def begin(
        cls, *, account_id: UUID, user_id: UUID, name: str | None, role: str, at: datetime
    ) -> "Membership":
        membership = cls(account_id=account_id, user_id=user_id, name=name, version=1, added_at=at)
        membership._take(role, at=at)
        return membership

    @property
    def is_administrator(self) -> bool:
        return self.removed_at is None and self.role == "administrator"

    def shown_name(self, user: User) -> str:
        """The person's own name once they have come; before, an account learns nothing of who it adds."""
        return user.name if self.joined_at else self.name or user.email

    def join(self, *, at: datetime) -> None:
        self.joined_at = at
        self.version += 1

    def set_role(self, role: str, *, at: datetime) -> bool:
        """Returns False where it is the role already."""
        if self.role == role:
            return False
        self._take(role, at=at)
        self.version += 1
        return True

    def remove(self, *, at: datetime) -> None:
        self.removed_at = at
        self.version += 1

    def come_back(self, *, name: str, role: str, at: datetime) -> None:
        self._take(role, at=at)
        self.name = name
        self.added_at = at
        self.removed_at = None
        self.version += 1

    def _take(self, role: str, *, at: datetime) -> None:
        self.role = role
        self.administrator_since = at if role == "administrator" else None
