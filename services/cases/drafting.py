"""What a new case says: what the sender wrote, and what the template fills in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.parties.queries import Recipient
from services.cases.schemas import NewCase
from services.cases.tables import ApprovalRule, Priority
from services.cases.templates.queries import get_template
from services.cases.templates.template import Filled
from shared.errors import FieldError, InvalidRequest
from shared.events.cases import CaseType


@dataclass(frozen=True)
class Content:
    type: CaseType
    subject: str
    body: str
    items: Sequence[str]
    due_on: date | None
    priority: Priority
    approval_rule: ApprovalRule
    must_acknowledge: bool
    assignee_id: UUID | None


async def content_of(
    session: AsyncSession,
    bureau_id: UUID,
    wanted: NewCase,
    *,
    customer_name: str,
    recipients: Sequence[Recipient],
    at: datetime,
) -> Content:
    """Raises InvalidRequest for what neither the sender nor the template says."""
    if wanted.template_id is None:
        return _complete(wanted)
    template = await get_template(session, bureau_id, wanted.template_id, wanted.language)
    due_on = wanted.due_on or template.due_on(at)
    values = {
        "customer.name": customer_name,
        "period": wanted.period or "",
        "contact.first_name": ", ".join(each.name.split(" ")[0] for each in recipients),
        "due_on": due_on.isoformat() if due_on else "",
    }
    filled = Filled.of(template, values, due_on=due_on)
    from_template = {
        "type": template.type,
        "subject": filled.subject,
        "body": filled.body,
        "items": filled.items,
        "due_on": due_on,
        "priority": template.priority,
        "approval_rule": template.approval_rule,
        "must_acknowledge": template.must_acknowledge,
        "assignee_id": template.default_assignee_id,
    }
    left_out = {name: value for name, value in from_template.items() if getattr(wanted, name) in (None, [])}
    return _complete(wanted.model_copy(update=left_out))


def _complete(wanted: NewCase) -> Content:
    if wanted.type is None or wanted.subject is None or wanted.body is None:
        raise missing([name for name in ("type", "subject", "body") if getattr(wanted, name) is None])
    if wanted.type == "document_request" and not wanted.items:
        raise missing(["items"])
    if wanted.items and wanted.type != "document_request":
        wrong = FieldError(field="items", code="wrong_case_type", detail="only a document_request has items")
        raise InvalidRequest(errors=[wrong])
    return Content(
        type=wanted.type,
        subject=wanted.subject,
        body=wanted.body,
        items=wanted.items,
        due_on=wanted.due_on,
        priority=wanted.priority or "normal",
        approval_rule=wanted.approval_rule or "one",
        must_acknowledge=bool(wanted.must_acknowledge) and wanted.type == "information",
        assignee_id=wanted.assignee_id,
    )


def missing(names: Sequence[str]) -> InvalidRequest:
    return InvalidRequest(
        errors=[FieldError(field=name, code="required", detail="Field required") for name in names]
    )
