"""Answers of the checklist."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.http.schemas import Answer

DutyCode = Literal["general_risk_assessment", "engagement_letters"]
PointCode = Literal[
    "main_contact_missing",
    "email_missing",
    "email_invalid",
    "address_incomplete",
    "email_belongs_to_employee",
    "main_contact_not_administrator",
    "stale_customer",
]


class ConcernedCustomer(Answer):
    """`employee_can_mend`: an employee is administrator of the account, so can make the main contact one."""

    id: UUID
    number: str
    name: str
    employee_can_mend: bool | None = None


class Point(Answer):
    code: PointCode
    count: int
    customers: list[ConcernedCustomer]


class DutyOut(Answer):
    code: DutyCode
    confirmed_by: UUID | None
    confirmed_at: datetime | None


class Checklist(Answer):
    """What to mend before the feature is worth buying; all of it of active customers only."""

    billable_customers: int
    ready_customers: int
    points: list[Point]
    duties: list[DutyOut]
