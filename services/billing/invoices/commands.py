"""Issuing invoices: numbered without gaps, one per bureau and month."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.invoices.tables import (
    Charge,
    Counter,
    Invoice,
    InvoiceLine,
    charges_of,
    ocr_reference,
)
from services.billing.prices.tables import vat_on
from shared.bus import outbox
from shared.database.insertion import Insertion
from shared.events.billing import InvoiceIssued
from shared.ids import uuid7

DAYS_TO_PAY = timedelta(days=30)
_INVOICES, _LINES = cast(Table, Invoice.__table__), cast(Table, InvoiceLine.__table__)
_NEW = Insertion(_INVOICES, _LINES)


async def issue_invoices(
    session: AsyncSession,
    *,
    counter: Counter,
    usage: Sequence[Charge],
    adjustments: Mapping[UUID, Sequence[Charge]],
    buyers: Mapping[UUID, dict[str, Any]],
    on: date,
) -> list[UUID]:
    """Issues an invoice for each bureau's usage that has something to bill, and returns their ids.

    `counter` is locked. Rows are plain dicts, written by one statement: ten thousand bureaus are billed in
    one run, and most of its time would go into objects.
    """
    invoices: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    for each in usage:
        charges = charges_of(each, adjustments.get(each.bureau_id, ()))
        if charges:
            invoice = _invoice(counter.take(), each, charges, buyer=buyers.get(each.bureau_id), on=on)
            invoices.append(invoice)
            lines.extend(_lines(invoice, charges))
    if invoices:
        await _NEW.write(session, {_INVOICES: invoices, _LINES: lines})
        outbox.add(session, *map(_issued, invoices))
    return [invoice["id"] for invoice in invoices]


def _invoice(
    sequence: int, usage: Charge, charges: Sequence[Charge], *, buyer: dict[str, Any] | None, on: date
) -> dict[str, Any]:
    amount = sum(charge.amount for charge in charges)
    vat = vat_on(amount)
    return {
        "id": uuid7(),
        "bureau_id": usage.bureau_id,
        "sequence": sequence,
        "number": str(sequence),
        "month": usage.month,
        "issued_on": on,
        "due_on": on + DAYS_TO_PAY,
        "quantity": usage.quantity,
        "amount": amount,
        "vat": vat,
        "total": amount + vat,
        "currency": "SEK",
        "ocr": ocr_reference(str(sequence)),
        "status": "issued",
        "buyer": buyer,
        "version": 1,
    }


def _lines(invoice: dict[str, Any], charges: Sequence[Charge]) -> list[dict[str, Any]]:
    return [
        {
            "id": uuid7(),
            "bureau_id": invoice["bureau_id"],
            "invoice_id": invoice["id"],
            "position": position,
            "kind": "usage" if charge.month == invoice["month"] else "adjustment",
            "month": charge.month,
            "quantity": charge.quantity,
            "unit_price": charge.unit_price,
            "amount": charge.amount,
        }
        for position, charge in enumerate(charges, start=1)
    ]


def _issued(invoice: dict[str, Any]) -> InvoiceIssued:
    return InvoiceIssued(
        bureau_id=invoice["bureau_id"],
        sequence=invoice["version"],
        invoice_id=invoice["id"],
        number=invoice["number"],
        month=invoice["month"],
        quantity=invoice["quantity"],
        amount=invoice["amount"],
        vat=invoice["vat"],
        total=invoice["total"],
        due_on=invoice["due_on"],
    )
