"""Answers of the checklist."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from services.identity.checklist.queries import Checklist, PointCode
from services.identity.checklist.tables import DutyCode
from shared.http.schemas import Answer


class ConcernedCustomerOut(Answer):
    id: UUID
    """As `GET /v1/customers/{customer_id}` takes it."""
    number: Annotated[str, Field(examples=["1001"])]
    """The bureau's own."""
    name: Annotated[str, Field(examples=["Bageriet AB"])]
    """As the register has it."""
    employee_can_mend: bool | None = None
    """Under `main_contact_not_administrator`: whether one of the bureau's employees is an administrator of
    the account, and so can make the main contact one. Else null. Named there are only customers whose account
    the bureau has a tie to: an employee is a member, a collaboration is or was open, or an invitation was
    refused for it."""


class PointOut(Answer):
    code: PointCode
    """What is missing. All but the last two stop an invitation."""
    count: int
    """How many customers it concerns."""
    customers: list[ConcernedCustomerOut]
    """All of them, in the order of their numbers."""


class DutyOut(Answer):
    code: DutyCode
    """The document that must name the service."""
    confirmed_by: UUID | None
    """The employee who ticked it first; null while nobody has."""
    confirmed_at: datetime | None
    """When it was ticked first; null while nobody has."""


class ChecklistOut(Answer):
    """Only active customers are counted."""

    billable_customers: int
    """How many companies the bureau would pay for in a month."""
    ready_customers: int
    """How many customers can be invited now."""
    points: list[PointOut]
    """Everything that may be missing, also where it concerns no customer."""
    duties: list[DutyOut]
    """The documents that an employee ticks once they name the service."""

    @classmethod
    def of(cls, checklist: Checklist) -> Self:
        points = [
            {"code": code, "count": len(them), "customers": them} for code, them in checklist.points.items()
        ]
        return cls.model_validate({**vars(checklist), "points": points})
