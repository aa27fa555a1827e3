"""What a `document_request` asks for, one row for each wanted thing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.cases.case.tables import Case
from services.cases.items.errors import ItemAlreadyAccepted, ItemNotAnswered
from services.cases.tables import Row
from shared.ids import uuid7

ItemState = Literal["open", "answered", "not_applicable", "accepted", "returned"]


class Item(Row):
    """`reason` says why it does not apply, or why it was returned."""

    __tablename__ = "items"
    __table_args__ = (Index(None, "case_id", "position"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    case_id: Mapped[UUID]
    position: Mapped[int]
    text: Mapped[str]
    state: Mapped[ItemState] = mapped_column(Text, default="open")
    reason: Mapped[str | None]
    file_ids: Mapped[list[UUID]] = mapped_column(default=list)
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]

    @classmethod
    def of(cls, case: Case, position: int, text: str) -> Self:
        return cls(id=uuid7(), bureau_id=case.bureau_id, case_id=case.id, position=position, text=text)

    def answer(self, *, file_ids: Sequence[UUID], by: UUID, at: datetime) -> None:
        self._take_answer("answered", by, at)
        self.file_ids = [*self.file_ids, *(each for each in file_ids if each not in self.file_ids)]
        self.reason = None

    def not_applicable(self, reason: str, *, by: UUID, at: datetime) -> None:
        self._take_answer("not_applicable", by, at)
        self.reason = reason

    def accept(self) -> None:
        self._require_answer()
        self.state = "accepted"

    def give_back(self, reason: str) -> None:
        self._require_answer()
        self.state, self.reason = "returned", reason

    @property
    def with_customer(self) -> bool:
        return self.state in ("open", "returned")

    def _take_answer(self, state: ItemState, by: UUID, at: datetime) -> None:
        if self.state == "accepted":
            raise ItemAlreadyAccepted
        self.state, self.answered_by, self.answered_at = state, by, at

    def _require_answer(self) -> None:
        if self.state == "accepted":
            raise ItemAlreadyAccepted
        if self.with_customer:
            raise ItemNotAnswered
