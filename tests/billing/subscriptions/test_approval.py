"""Only a bureau that an operator has approved buys."""

from dataclasses import replace

import pytest

from shared.events.billing import CaseManagementActivated, CaseManagementCancelled
from shared.events.identity import BureauApproved, BureauRegistered, BureauSuspended
from tests.factories.callers import Caller, refusal
from tests.factories.events import event_of
from tests.factories.records import Bureau, Employee
from tests.factories.service import Service
from tests.factories.subscriptions import bill, buy, quote, register_customers


@pytest.fixture
def bureau() -> Bureau:
    """One of which nothing has been told yet."""
    return Bureau(status="registered")


async def test_a_bureau_sees_its_quote_but_buys_once_it_is_approved(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    await register_customers(service, bureau, 2)
    seen = await quote(admin)
    assert seen["billable_customers"] == 2
    assert refusal(await admin.post("/v1/subscription", seen)) == (403, "bureau_not_approved")
    approved = event_of(BureauApproved, replace(bureau, status="approved"), sequence=2)
    registered = event_of(BureauRegistered, bureau)
    await service.deliver(registered)
    assert refusal(await admin.post("/v1/subscription", seen)) == (403, "bureau_not_approved")
    # Whatever order they come in.
    await service.deliver(approved)
    await service.deliver(registered)
    assert (await admin.post("/v1/subscription", seen)).status_code == 201
    limited = service.caller(Employee(bureau.id, maintenance="none"))
    assert refusal(await limited.post("/v1/subscription", seen)) == (403, "not_allowed_to_buy")


async def test_a_suspended_bureau_buys_nothing_and_is_billed_for_what_it_used(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    await service.deliver(event_of(BureauApproved, replace(bureau, status="approved"), sequence=2))
    await register_customers(service, bureau, 3)
    await buy(admin)
    assert (await admin.post("/v1/subscription/cancel")).status_code == 200
    await service.deliver(event_of(BureauSuspended, replace(bureau, status="suspended"), sequence=3))
    # Taking the cancellation back is buying.
    assert refusal(await admin.post("/v1/subscription", await quote(admin))) == (403, "bureau_suspended")
    assert len(await service.published(CaseManagementCancelled, bureau_id=bureau.id)) == 1
    assert len(await service.published(CaseManagementActivated, bureau_id=bureau.id)) == 1
    month = (await admin.read("/v1/subscription"))["activated_on"][:7]
    year, number = map(int, month.split("-"))
    after_next = f"{year + (number + 2 > 12)}-{(number + 1) % 12 + 1:02}-01 12:00"
    await bill(service, month, after_next)
    (invoice,) = (await admin.read("/v1/invoices"))["items"]
    assert invoice["month"] == month
    await service.deliver(event_of(BureauApproved, replace(bureau, status="approved"), sequence=4))
    assert (await admin.post("/v1/subscription", await quote(admin))).is_success


async def test_who_has_not_verified_the_own_address_does_not_buy(service: Service, bureau: Bureau) -> None:
    await service.deliver(event_of(BureauApproved, replace(bureau, status="approved")))
    founder = service.caller(Employee(bureau.id), email_verified=False)
    seen = await quote(founder)
    assert refusal(await founder.post("/v1/subscription", seen)) == (403, "email_not_verified")
