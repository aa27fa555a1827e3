from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.cases.case.tables import ApprovalRule, Priority
from services.cases.tables import Row
from shared.events.cases import CaseType
from shared.events.identity import Language


class OwnTemplate(Row):
    """A bureau's own template, shared by all its employees.

    `due_days` are counted from the day on which a case is created from it.
    """

    __tablename__ = "templates"
    __table_args__ = (Index(None, "bureau_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    name: Mapped[str]
    type: Mapped[CaseType] = mapped_column(Text)
    subject: Mapped[str]
    body: Mapped[str]
    statement: Mapped[str | None]
    items: Mapped[list[str]]
    due_days: Mapped[int | None]
    priority: Mapped[Priority] = mapped_column(Text)
    approval_rule: Mapped[ApprovalRule] = mapped_column(Text)
    must_acknowledge: Mapped[bool]
    default_assignee_id: Mapped[UUID | None]
    language: Mapped[Language] = mapped_column(Text)
    version: Mapped[int]
