"""What a `document_request` asks for, one row for each wanted thing."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.cases.case.contents import Content
from services.cases.case.tables import Case
from services.cases.files.tables import File
from services.cases.items.errors import ItemAlreadyAccepted, ItemNotAnswered
from services.cases.tables import Row
from shared.ids import uuid7

ItemState = Literal["open", "answered", "not_applicable", "accepted", "returned"]


class Item(Row):
    """`reason` says why it does not apply, or why it was returned. `file_ids` are the last answer's."""

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
        self.file_ids, self.reason = list(dict.fromkeys(file_ids)), None

    def not_applicable(self, reason: str, *, by: UUID, at: datetime) -> None:
        self._take_answer("not_applicable", by, at)
        self.file_ids, self.reason = [], reason

    def answered_without_names(self, files: Iterable[File]) -> list[UUID]:
        """The files that answer the item where none are named: those that the customer has added to it since
        the last answer, together with that answer's own, unless it was returned."""
        kept = [] if self.state == "returned" else self.file_ids
        return [
            each.id
            for each in files
            if each.id in kept
            or (
                each.item_id == self.id
                and each.side == "customer"
                and (self.answered_at is None or each.added_at > self.answered_at)
            )
        ]

    def shows(self, file: File) -> bool:
        """Whether the file is shown with the item: one that answers it, or while the customer has yet to
        answer also one that was added to it."""
        return file.id in self.file_ids or (self.with_customer and file.item_id == self.id)

    def has_answer(self, file_ids: Collection[UUID], not_applicable: str | None) -> bool:
        """Whether this is the answer that the bureau has before it."""
        if not_applicable is not None:
            return (self.state, self.reason) == ("not_applicable", not_applicable)
        return self.state == "answered" and set(file_ids) == set(self.file_ids)

    def text_contents(self) -> list[Content]:
        return [Content.of_text(f"item/{self.id}", self.text)]

    def answer_contents(self) -> list[Content]:
        """The reason why it does not apply or was returned, and the ids of the files, one a line."""
        files = "\n".join(map(str, self.file_ids)) if self.file_ids else None
        return [
            Content.of_text(f"item_reason/{self.id}", self.reason),
            Content.of_text(f"item_files/{self.id}", files),
        ]

    def contents(self) -> list[Content]:
        return [*self.text_contents(), *self.answer_contents()]

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
