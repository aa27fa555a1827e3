"""The clock is moved to the month's end: customers are counted, then the invoice comes."""

from datetime import datetime, time, timedelta
from typing import Any

from arende.demo.client import until
from arende.demo.screen import kronor
from arende.demo.story import Story
from shared import clock


def _move_to(story: Story, moment: datetime) -> None:
    """Move the clock of all services. They follow its file only in a trial system; production has none."""
    by = clock.offset() + (moment - clock.utcnow())
    clock.set_offset(story.clock_file, by)
    story.screen.note(f"the clock is moved to {moment.astimezone(clock.STOCKHOLM):%Y-%m-%d %H:%M}")


async def bill(story: Story) -> None:
    story.screen.chapter("Month's end, and the bill in arrears")
    month = clock.month_of(clock.stockholm_date(clock.utcnow()))
    _, month_ends = clock.month_bounds(month)
    _move_to(story, month_ends + timedelta(minutes=5))

    async def counted() -> dict[str, Any] | None:
        months = (await story.admin.get("/v1/usage"))["months"]
        return next((each for each in months if each["month"] == month), None)

    count = await until(counted, f"the count of {month}", seconds=60)
    story.screen.did(f"{month} is counted: {count['quantity']} active customers")
    _, following_ends = clock.month_bounds(clock.next_month(month))
    last_day = clock.stockholm_date(following_ends) - timedelta(days=1)
    _move_to(story, datetime.combine(last_day, time(6), tzinfo=clock.STOCKHOLM))

    async def issued() -> dict[str, Any] | None:
        invoices = (await story.admin.get("/v1/invoices"))["items"]
        return next((each for each in invoices if each["month"] == month), None)

    found = await until(issued, f"the invoice for {month}", seconds=60)
    await _show(story, await story.admin.get(f"/v1/invoices/{found['id']}"))


async def _show(story: Story, invoice: dict[str, Any]) -> None:
    story.screen.did(f"invoice {invoice['number']} for {invoice['month']}, due {invoice['due_on']}")
    rows = [
        [
            line["description_sv"],
            str(line["quantity"]),
            kronor(line["unit_price"]["amount"]),
            kronor(line["amount"]["amount"]),
        ]
        for line in invoice["lines"]
    ]
    sums = (("Netto", "amount"), ("Moms 25 %", "vat"), ("Att betala", "total"))
    rows += [[label, "", "", kronor(invoice[name]["amount"])] for label, name in sums]
    story.screen.table(("", "antal", "à-pris", "belopp"), rows, numbers=(1, 2, 3))
    story.screen.note(f"OCR {invoice['ocr']}")
    story.report["invoice"] = {
        "number": invoice["number"],
        "month": invoice["month"],
        "quantity": invoice["quantity"],
        "due_on": invoice["due_on"],
        **{name: invoice[name]["amount"] for _, name in sums},
    }
    await story.letters.count("invoice_issued", 1)
    story.screen.did("the bureau has its mail about it")
