from typing import Any, Literal
from uuid import UUID

from fastapi.exceptions import RequestValidationError
from fastapi.openapi.models import Example
from pydantic import Field, ValidationError

from services.cases.case.schemas import Labels, People, Subject, Text
from services.cases.case.tables import ApprovalRule, Priority
from services.cases.items.schemas import WantedItems
from services.cases.opening.draft import Draft
from services.cases.opening.errors import FieldNotYours
from services.cases.templates.schemas import Period
from shared.events.cases import CaseType
from shared.http.schemas import Body, Day, Flag, Language


class CaseIn(Body):
    """What an employee opens: a case with a customer. A template gives what is left out, its placeholders
    filled in; texts that are given here are taken as they are."""

    customer_id: UUID
    """A customer of the bureau with an open collaboration."""
    type: CaseType | None = None
    """How the case is answered; required without a template."""
    subject: Subject | None = None
    """In one line of at most 200 characters; required without a template."""
    body: Text | None = None
    """At most 20,000 characters; required without a template."""
    participant_ids: People = Field(default_factory=list)
    """Contacts of the customer who are members of its account; a case that is sent needs at least one."""
    assignee_id: UUID | None = None
    """The employee who holds the case; without it the template's, or else the caller."""
    follower_ids: People = Field(default_factory=list)
    """Employees who follow the case beside the assignee."""
    due_on: Day | None = None
    """The last day on time, by the Swedish calendar."""
    priority: Priority | None = None
    """`normal` where neither the caller nor the template says another."""
    labels: Labels = Field(default_factory=list)
    """The bureau's own words, at most 20; the customer does not see them."""
    items: WantedItems = Field(default_factory=list)
    """What a `document_request` asks for, at least one; not for the other types."""
    approval_rule: ApprovalRule | None = None
    """For an `approval`: whether one approver is enough, or all must approve; `one` where nobody says."""
    statement: Text | None = None
    """For an `approval`: what one agrees to, in words; required where it is sent without a document."""
    must_acknowledge: Flag | None = None
    """For `information`: whether each participant is asked to say that they have read it."""
    private_to_participants: Flag = False
    """True keeps out administrators of the account who take no part."""
    template_id: UUID | None = None
    """A ready-made template or one of the bureau's own."""
    period: Period | None = None
    """What the template's `{{period}}` becomes."""
    language: Language | None = None
    """Of a ready-made template's texts; without it that of the first of `participant_ids`, or where nobody is
    named of the customer's main contact, as the bureau's register has it."""
    send: Flag = False
    """True sends the case at once; else it stays a draft, which only the bureau sees."""

    def draft(self) -> Draft:
        return Draft(**vars(self))


class MemberCaseIn(Body):
    """What a member of an account opens: a question to the bureau, which is sent at once."""

    subject: Subject
    """In one line of at most 200 characters."""
    body: Text
    """At most 20,000 characters."""
    account_id: UUID | None = None
    """The caller's own account; it can be left out."""
    bureau_id: UUID | None = None
    """Whom to ask, where the account works with several bureaus."""
    customer_id: UUID | None = None
    """As which customer, where the account is several customers of a bureau."""
    employee_id: UUID | None = None
    """An employee from whom the caller has had a case; without it the one responsible for the customer."""
    type: Literal["question"] | None = "question"
    """Members open nothing else; it can be left out."""

    def draft(self) -> Draft:
        return Draft(
            type="question",
            subject=self.subject,
            body=self.body,
            account_id=self.account_id,
            bureau_id=self.bureau_id,
            customer_id=self.customer_id,
            assignee_id=self.employee_id,
        )


# Fields that only the one form has. The other role may send them empty, but for `send`: a member's question
# is sent at once, and a wish for the contrary is not passed over.
_OF_MEMBERS = MemberCaseIn.model_fields.keys() - CaseIn.model_fields.keys()
_OF_EMPLOYEES = CaseIn.model_fields.keys() - MemberCaseIn.model_fields.keys() - {"send"}
EXAMPLES: dict[str, Example] = {
    "employee": {
        "summary": "An employee asks a customer for documents",
        "value": {
            "customer_id": "01932f5e-8a4c-7d10-9b3e-4f6a2c81d7e5",
            "type": "document_request",
            "subject": "Bank statements for October",
            "body": "We need these to close the month.",
            "items": ["The statement of the business account", "The statement of the tax account"],
            "participant_ids": ["01932f5e-8a4c-7d10-9b3e-4f6a2c81d7e6"],
            "due_on": "2026-11-20",
            "send": True,
        },
    },
    "member": {
        "summary": "A member asks the bureau",
        "value": {"subject": "A new car", "body": "Should the company lease it or buy it?"},
    },
}


def draft_of(body: Any, *, at_bureau: bool) -> Draft:
    """Raises RequestValidationError, and FieldNotYours for what only the other role may set."""
    form, others = (CaseIn, _OF_MEMBERS) if at_bureau else (MemberCaseIn, _OF_EMPLOYEES)
    if isinstance(body, dict):
        foreign = body.keys() & others
        refused = [name for name in foreign if body[name] not in (None, [], False)]
        if not at_bureau and body.get("type") not in (None, "question"):
            refused.append("type")
        if refused:
            raise FieldNotYours(fields=", ".join(sorted(refused)))
        if foreign:
            body = {name: value for name, value in body.items() if name not in foreign}
    try:
        return form.model_validate(body).draft()
    except ValidationError as error:
        failures = error.errors(include_url=False)
        raise RequestValidationError(
            [{**each, "loc": ("body", *each["loc"])} for each in failures]
        ) from error
