"""What billing publishes. Amounts are whole öre in Swedish kronor; a month is `YYYY-MM`."""

from datetime import date
from uuid import UUID

from shared.events import Event


class BillingEvent(Event):
    source = "/arende/billing"


class CaseManagementEvent(BillingEvent):
    """What became of a bureau's subscription to case management."""

    subject = "subscription_id"
    public = True

    subscription_id: UUID


class CaseManagementActivated(CaseManagementEvent):
    type = "se.arende.case_management.activated.v1"
    partner_facts = ("activated_on",)

    activated_on: date


class CaseManagementCancelled(CaseManagementEvent):
    """`ends_on` is the last day on which new dialogues may open."""

    type = "se.arende.case_management.cancelled.v1"
    partner_facts = ("ends_on",)

    ends_on: date


class CaseManagementEnded(CaseManagementEvent):
    type = "se.arende.case_management.ended.v1"
    ends = True


class UsageCounted(BillingEvent):
    type = "se.arende.usage.counted.v1"
    unread = True
    subject = "count_id"

    count_id: UUID
    month: str
    quantity: int


class InvoiceIssued(BillingEvent):
    type = "se.arende.invoice.issued.v1"
    subject = "invoice_id"
    public = True
    partner_facts = ("number", "month", "due_on")

    invoice_id: UUID
    number: str
    month: str
    quantity: int
    amount: int
    vat: int
    total: int
    due_on: date
