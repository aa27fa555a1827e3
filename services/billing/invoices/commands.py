"""Issuing invoices: numbered without gaps, one per bureau and month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, Uuid, bindparam, func, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from stdnum import luhn

from services.billing.invoices import queries
from services.billing.invoices.queries import Charge
from services.billing.invoices.tables import BUYER, Bureau, Counter, Invoice, InvoiceLine
from services.billing.money import vat_on
from services.billing.usage.tables import MonthlyCount
from shared.bus import outbox
from shared.clock import stockholm_date
from shared.database.insertion import Insertion
from shared.events.billing import InvoiceIssued
from shared.events.identity import BureauRegistered
from shared.ids import uuid7

DAYS_TO_PAY = timedelta(days=30)
_INVOICES, _LINES = cast(Table, Invoice.__table__), cast(Table, InvoiceLine.__table__)
_NEW = Insertion(_INVOICES, _LINES)
_SETTLE = (
    update(MonthlyCount)
    .where(
        MonthlyCount.month == bindparam("of_month"),
        MonthlyCount.bureau_id == func.any(bindparam("bureaus", type_=ARRAY(Uuid()))),
    )
    .values(settled_at=bindparam("at"))
    .execution_options(synchronize_session=False)
)


@dataclass(frozen=True)
class Batch:
    """`settled`: how many counts it took; `issued`: the invoices of those that needed one."""

    settled: int
    issued: list[UUID]


async def keep_bureaus(session: AsyncSession, events: Sequence[BureauRegistered]) -> None:
    newest = {event.tenant: event for event in sorted(events, key=lambda each: each.sequence)}
    rows = [
        {
            "bureau_id": id,
            "sequence": newest[id].sequence,
            **{name: getattr(newest[id], name) for name in BUYER},
        }
        for id in sorted(newest)
    ]
    statement = postgresql.insert(Bureau).values(rows)
    fresh = statement.excluded
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[Bureau.bureau_id],
            set_={name: fresh[name] for name in (*BUYER, "sequence")},
            where=fresh.sequence > Bureau.sequence,
        )
    )


async def bill_batch(session: AsyncSession, *, month: str, at: datetime, limit: int) -> Batch:
    """Bill the next bureaus of the month, at most `limit`. Whoever else bills waits for this to commit,
    so each count is billed once and a rollback gives its numbers back."""
    counter = await queries.lock_counter(session)
    usage = await queries.unsettled(session, month=month, limit=limit)
    if not usage:
        return Batch(0, [])
    bureau_ids = [each.bureau_id for each in usage]
    adjustments = await queries.adjustments(session, bureau_ids)
    buyers = await queries.buyers(session, bureau_ids)
    invoices: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    for each in usage:
        charges = charges_of(each, adjustments.get(each.bureau_id, []))
        if charges:
            invoice = _invoice(counter, each, charges, on=stockholm_date(at))
            invoices.append({**invoice, "buyer": buyers.get(each.bureau_id)})
            lines.extend(_lines(invoice, charges))
    await _write(session, invoices, lines)
    await session.execute(_SETTLE, {"of_month": month, "bureaus": bureau_ids, "at": at})
    return Batch(len(usage), [invoice["id"] for invoice in invoices])


def charges_of(usage: Charge, adjustments: Sequence[Charge]) -> list[Charge]:
    """The lines of one invoice; none where there is nothing to bill.

    An invoice is never negative: corrections that would make it so wait for one that is large enough.
    """
    own = [usage] if usage.quantity else []
    charges = [*own, *adjustments]
    return charges if sum(charge.amount for charge in charges) >= 0 else own


def ocr_reference(number: str) -> str:
    """The invoice's number with its Luhn check digit, as the Swedish giro systems want it."""
    return number + str(luhn.calc_check_digit(number))


def _invoice(counter: Counter, usage: Charge, charges: Sequence[Charge], *, on: date) -> dict[str, Any]:
    sequence = counter.take()
    amount = sum(charge.amount for charge in charges)
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
        "vat": vat_on(amount),
        "total": amount + vat_on(amount),
        "currency": "SEK",
        "ocr": ocr_reference(str(sequence)),
        "status": "issued",
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


async def _write(session: AsyncSession, invoices: list[dict[str, Any]], lines: list[dict[str, Any]]) -> None:
    if not invoices:
        return
    await _NEW.write(session, {_INVOICES: invoices, _LINES: lines})
    outbox.add(session, *map(_issued, invoices))


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
