from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BeforeValidator, Field, model_validator

from services.cases.files.tables import File
from services.cases.items.tables import Item, ItemState
from shared.http.schemas import Answer, Body, Flag, one_line
from shared.http.validation import wrong

Reason = Annotated[str, Field(min_length=1, max_length=2000, examples=["We have no stock."])]
WantedItems = Annotated[
    list[Annotated[str, BeforeValidator(one_line), Field(min_length=1, max_length=500)]],
    Field(max_length=100, examples=[["Bank statements for October"]]),
]


class ItemAnswerIn(Body):
    """Either files, or that the item does not apply and why."""

    file_ids: Annotated[list[UUID], Field(max_length=100)] = Field(default_factory=list)
    """Files of the case that answer the item, in place of those of the earlier answer. If none are named,
    those that the customer added to the item since then, and the earlier answer's unless it was returned."""
    not_applicable: Flag = False
    """True where there is nothing to send; then `reason` is required, and no files are named."""
    reason: Reason | None = None
    """Why the item does not apply, at most 2,000 characters."""

    @model_validator(mode="after")
    def one_of_both(self) -> Self:
        if self.not_applicable and (self.file_ids or self.reason is None):
            raise wrong(
                "reason_required",
                en="With not_applicable, give a reason and name no files.",
                sv="Med not_applicable anges en anledning och inga filer.",
            )
        return self


class ItemReturnIn(Body):
    reason: Annotated[Reason, Field(examples=["March is missing."])]
    """What the customer should send instead, at most 2,000 characters; the customer sees it."""


class ItemFileOut(Answer):
    """A file that answers an item."""

    id: UUID
    """To download it by."""
    name: Annotated[str, Field(examples=["bank statement.pdf"])]
    """As it was called when it was added."""
    size: Annotated[int, Field(examples=[48213])]
    """In bytes."""


class ItemOut(Answer):
    """One thing that a `document_request` asks for."""

    id: UUID
    """To answer, accept or return it by."""
    text: Annotated[str, Field(examples=["Bank statements for October"])]
    """What is asked for."""
    state: ItemState
    """`open` and `returned` wait for the customer, `answered` and `not_applicable` for the bureau."""
    files: list[ItemFileOut]
    """Those of the last answer; while the item waits for the customer, also those that were added to it."""
    reason: Annotated[str | None, Field(examples=[None])]
    """Why it does not apply, or why the bureau returned it."""
    answered_by: UUID | None
    """The user who answered last; null before the first answer."""
    answered_at: datetime | None
    """When it was last answered."""

    @classmethod
    def of(cls, item: Item, files: Iterable[File]) -> Self:
        """`files` are all those of the case."""
        return cls(
            id=item.id,
            text=item.text,
            state=item.state,
            files=[ItemFileOut.model_validate(each) for each in files if item.shows(each)],
            reason=item.reason,
            answered_by=item.answered_by,
            answered_at=item.answered_at,
        )
