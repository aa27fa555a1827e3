from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import Path
from pydantic import AfterValidator, BaseModel, Field

from services.cases.case.actors import Caller, side_of
from services.cases.case.queries import Filters, ListedCase
from services.cases.case.tables import Case, Priority
from shared.callers import CallerEmployee
from shared.database.keyset import LARGEST_PAGE
from shared.events.cases import CaseType, Side, Status
from shared.http.schemas import Answer, Line, Moment, OneLine, Prose

CaseId = Annotated[UUID, Path(description="The case's `id`, not its number.")]
# What is written, and what is shown of it: that was judged when it came.
Subject = Annotated[Line, Field(examples=["Receipt missing for a purchase in March"])]
ShownSubject = Annotated[str, Field(examples=["Receipt missing for a purchase in March"])]
Text = Annotated[Prose, Field(examples=["We find no receipt for this purchase. What was it for?"])]
ShownText = Annotated[str, Field(examples=["We find no receipt for this purchase. What was it for?"])]
People = Annotated[list[UUID], Field(max_length=100)]
Label = Annotated[OneLine, Field(max_length=50)]
Labels = Annotated[
    list[Label],
    Field(max_length=20, examples=[["annual accounts"]]),
    AfterValidator(lambda labels: list(dict.fromkeys(labels))),
]
ShownLabels = Annotated[list[str], Field(examples=[["annual accounts"]])]


class CaseFilters(BaseModel):
    """The query of a list of cases; a case must meet all of what is given."""

    status: Annotated[
        list[Status], Field(description="Only these statuses; the parameter can be repeated.")
    ] = Field(default_factory=list)
    type: Annotated[CaseType | None, Field(description="Only cases that are answered in this way.")] = None
    customer: Annotated[UUID | None, Field(description="Only cases with this customer of the bureau.")] = None
    assignee: Annotated[UUID | None, Field(description="Only cases that this employee holds.")] = None
    unread: Annotated[
        bool | None,
        Field(description="Whether the other side has done something that the caller has not read."),
    ] = None
    overdue: Annotated[
        bool | None, Field(description="Whether the due date has passed by the Swedish calendar.")
    ] = None
    waiting_for: Annotated[Side | None, Field(description="Whose turn it is to do something.")] = None
    label: Annotated[
        str | None, Field(max_length=50, description="One of the bureau's labels; finds nothing for members.")
    ] = None
    q: Annotated[
        str | None, Field(max_length=200, description="Words that the subject holds, whatever their case.")
    ] = None
    updated_since: Annotated[
        Moment | None, Field(description="Only cases that changed at this time or later.")
    ] = None
    limit: Annotated[
        int, Field(ge=1, le=LARGEST_PAGE, description="The largest number of cases in one page.")
    ] = 50
    cursor: Annotated[
        str | None,
        Field(
            max_length=2000, description="`next` of the page before; without it the newest change is first."
        ),
    ] = None

    def filters(self) -> Filters:
        return Filters(**{name: getattr(self, name) for name in Filters.__dataclass_fields__})


class ListedCaseOut(Answer):
    """A case as lists show it."""

    id: UUID
    """What the case's own address holds."""
    bureau_id: UUID
    """The bureau that the case is with."""
    number: Annotated[str, Field(examples=["2026-000123"])]
    """For people: the year, and a number without gaps in the bureau's year. It is never used again."""
    status: Status
    """`draft` is the bureau's own; `sent` asks for nothing; `closed` and `cancelled` are final."""
    type: CaseType
    """How the case is answered: by messages, by documents, by approvals, or not at all."""
    subject: ShownSubject
    """In one line of at most 200 characters."""
    customer_id: UUID
    """The customer in the bureau's register."""
    account_id: UUID
    """The customer's account, whose members see the case."""
    assignee_id: UUID | None
    """The employee who holds the case."""
    due_on: date | None
    """The last day on time, by the Swedish calendar; null for none."""
    overdue: bool
    """Whether that day has passed while the case is not resolved."""
    priority: Priority
    """As the bureau set it."""
    labels: ShownLabels
    """The bureau's own words; always empty for members."""
    unread: bool
    """Whether the other side has done something that the caller has not read."""
    waiting_for: Side | None
    """Whose turn it is; null where nobody is waited for."""
    waiting_for_customer_seconds: Annotated[int, Field(examples=[7200])]
    """Whole seconds that the case has waited for the customer in all, the running turn included."""
    waiting_for_bureau_seconds: Annotated[int, Field(examples=[900])]
    """Whole seconds that the case has waited for the bureau in all, the running turn included."""
    version: Annotated[int, Field(examples=[4])]
    """One more with each change that the caller sees, as in the `ETag`: members and employees count apart."""
    created_at: datetime
    """When it was opened; for members, when it was sent."""
    updated_at: datetime
    """When anything last changed that the caller sees."""
    sent_at: datetime | None
    """When it was first sent; null for a draft."""

    @classmethod
    def listed(cls, listed: ListedCase, *, to: Caller, at: datetime) -> Self:
        return cls.of(listed.case, unread=listed.unread, to=to, at=at)

    @classmethod
    def of(cls, case: Case, *, unread: bool, to: Caller, at: datetime, **more: Any) -> Self:
        return cls(
            **{name: getattr(case, name) for name in _plain(cls)},
            version=case.version_for(side_of(to)),
            created_at=case.created_at if isinstance(to, CallerEmployee) else case.sent_at or case.created_at,
            updated_at=case.updated_for(side_of(to)),
            labels=case.labels if isinstance(to, CallerEmployee) else [],
            unread=unread,
            overdue=case.overdue(at=at),
            waiting_for=case.waiting_for,
            waiting_for_customer_seconds=case.seconds_waiting("customer", at=at),
            waiting_for_bureau_seconds=case.seconds_waiting("bureau", at=at),
            **more,
        )


class CountsOut(Answer):
    """How many cases the caller sees."""

    total: Annotated[int, Field(examples=[7])]
    """All of them, drafts and closed ones included."""
    status: Annotated[dict[Status, int], Field(examples=[{"waiting_for_customer": 4, "closed": 3}])]
    """By status; statuses of which there are none are left out."""
    waiting_for: Annotated[
        dict[Literal["customer", "bureau"], int], Field(examples=[{"customer": 4, "bureau": 0}])
    ]
    """By whose turn it is."""
    unread: Annotated[int, Field(examples=[2])]
    """Those in which the other side has done something that the caller has not read."""
    overdue: Annotated[int, Field(examples=[1])]
    """Those whose due date has passed while they are not resolved."""

    @classmethod
    def of(cls, rows: Sequence[Any]) -> Self:
        status: dict[Status, int] = {row[0]: row[1] for row in rows}
        return cls(
            total=sum(status.values()),
            status=status,
            waiting_for={
                "customer": status.get("waiting_for_customer", 0),
                "bureau": status.get("waiting_for_bureau", 0),
            },
            unread=sum(row[2] for row in rows),
            overdue=sum(row[3] for row in rows),
        )


# These are not for everybody, or depend on the time: `of` computes them.
_COMPUTED = {
    "version",
    "created_at",
    "updated_at",
    "labels",
    "follower_ids",
    "waiting_for_customer_seconds",
    "waiting_for_bureau_seconds",
}


@cache
def _plain(answer: type[ListedCaseOut]) -> tuple[str, ...]:
    """The fields that an answer takes from the row without change."""
    return tuple((Case.__mapper__.column_attrs.keys() & answer.model_fields.keys()) - _COMPUTED)
