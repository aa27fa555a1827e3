import pytest

from services.billing.invoices.tables import ocr_reference
from services.billing.runs.errors import TooEarly
from shared.events.billing import InvoiceIssued
from shared.events.identity import BureauRegistered
from tests.factories.callers import Caller
from tests.factories.events import event_of
from tests.factories.records import Bureau, Employee
from tests.factories.service import Service
from tests.factories.subscriptions import add_subscription, bill, deactivate, invoices, register_customers


async def test_october_is_billed_at_the_end_of_november(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    await service.deliver(event_of(BureauRegistered, bureau))
    await register_customers(service, bureau, 3)
    await add_subscription(service, bureau, "2021-10-31", "2021-10-31")
    with pytest.raises(TooEarly):
        await bill(service, "2021-10", "2021-11-29 23:59:59")
    await bill(service, "2021-10", "2021-11-30 00:00")
    [invoice] = await invoices(admin)
    assert (invoice["month"], invoice["issued_on"], invoice["due_on"]) == (
        "2021-10",
        "2021-11-30",
        "2021-12-30",
    )
    money = {name: invoice[name]["amount"] for name in ("amount", "vat", "total")}
    assert money == {"amount": 8700, "vat": 2175, "total": 10875}
    assert invoice["ocr"] == ocr_reference(invoice["number"])
    assert invoice["buyer"]["name"] == bureau.name
    [line] = invoice["lines"]
    assert line["description_sv"] == "Ärendehantering 2021-10, aktiva kunder"
    assert (line["quantity"], line["unit_price"]["amount"], line["amount"]["amount"]) == (3, 2900, 8700)
    [issued] = await service.published(InvoiceIssued, bureau_id=bureau.id)
    assert (str(issued.invoice_id), issued.number) == (invoice["id"], invoice["number"])
    assert (issued.quantity, issued.total, issued.sequence) == (3, 10875, 1)


async def test_no_customers_give_no_invoice(service: Service, bureau: Bureau, admin: Caller) -> None:
    await add_subscription(service, bureau, "2022-02-01", "2022-02-28")
    result = await bill(service, "2022-02", "2022-03-31 08:00")
    assert (result.counted, result.invoices) == (1, 0)
    assert await invoices(admin) == []
    [month] = (await admin.read("/v1/usage"))["months"]
    assert month == {"month": "2022-02", "quantity": 0, "invoiced": False}


async def test_a_late_correction_is_a_line_on_the_next_invoice(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    [first, second, _] = await register_customers(service, bureau, 3)
    await add_subscription(service, bureau, "2022-03-01", "2022-06-30")
    await bill(service, "2022-03", "2022-04-30 08:00")
    await deactivate(service, first, "2022-03-31 23:59:59")
    await bill(service, "2022-04", "2022-05-31 08:00")
    [april, march] = await invoices(admin)
    assert march["quantity"] == 3
    assert april["quantity"] == 2
    assert [(line["month"], line["quantity"]) for line in april["lines"]] == [("2022-04", 2), ("2022-03", -1)]
    assert april["lines"][1]["description_en"] == "Correction of the number of customers 2022-03"
    assert april["amount"]["amount"] == 2900
    # A correction is billed once; another one follows only when something new has become known.
    await deactivate(service, second, "2022-04-30 23:59:59")
    await bill(service, "2022-05", "2022-06-30 08:00")
    [may, *_] = await invoices(admin)
    assert [(line["month"], line["quantity"]) for line in may["lines"]] == [("2022-05", 1), ("2022-04", -1)]
    assert may["total"]["amount"] == 0


async def test_the_bill_is_for_administrators_and_full_maintenance(
    service: Service, bureau: Bureau, admin: Caller, other_admin: Caller
) -> None:
    await register_customers(service, bureau, 1)
    await add_subscription(service, bureau, "2024-07-01", "2024-07-31")
    await bill(service, "2024-07", "2024-08-31 08:00")
    [invoice] = await invoices(admin)
    for path in ("/v1/invoices", f"/v1/invoices/{invoice['id']}"):
        assert (await service.caller(Employee(bureau.id, account_role="user")).get(path)).status_code == 200
        assert (await service.caller(Employee(bureau.id, maintenance="none")).get(path)).status_code == 200
        refused = await service.caller(Employee(bureau.id, account_role="user", maintenance="none")).get(path)
        assert (refused.status_code, refused.json()["code"]) == (403, "missing_permission")
    assert (await other_admin.get(f"/v1/invoices/{invoice['id']}")).status_code == 404
    assert (await other_admin.read("/v1/invoices"))["items"] == []


async def test_invoices_are_paged_the_latest_first(service: Service, bureau: Bureau, admin: Caller) -> None:
    await register_customers(service, bureau, 1)
    await add_subscription(service, bureau, "2024-09-01", "2024-11-30")
    for month, at in (("2024-09", "2024-10-31"), ("2024-10", "2024-11-30"), ("2024-11", "2024-12-31")):
        await bill(service, month, f"{at} 08:00")
    first = await admin.read("/v1/invoices?limit=2")
    rest = await admin.read(f"/v1/invoices?limit=2&cursor={first['next']}")
    months = [item["month"] for item in first["items"] + rest["items"]]
    assert months == ["2024-11", "2024-10", "2024-09"]
    assert rest["next"] is None
