"""A bureau signs up, and an operator decides what it may do."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import update

from services.identity.approval.jobs import measure_waiting
from services.identity.bureaus import tables
from services.identity.facts.commands import FACTS
from services.identity.settings import Settings
from shared.bus.republish import republish
from shared.clock import utcnow
from shared.events.identity import (
    BureauApproved,
    BureauChanged,
    BureauEvent,
    BureauRegistered,
    BureauSuspended,
    EmployeeAdded,
    PasswordResetRequested,
)
from tests.factories.callers import Caller, refusal
from tests.factories.customers import new_contact, new_customer
from tests.factories.keys import Keys
from tests.factories.people import (
    Person,
    bureau_body,
    employ,
    judge,
    log_in_first_employee,
    sign_up_bureau,
)
from tests.factories.records import Bureau, Operator, address
from tests.factories.service import Service, serve


@pytest.fixture
def operator(service: Service) -> Caller:
    return service.caller(Operator())


@pytest.fixture
async def waiting(service: Service) -> Bureau:
    """A bureau that nobody has approved yet."""
    return await sign_up_bureau(service, approve=False)


@pytest.fixture
async def founder(service: Service, waiting: Bureau) -> Person:
    return await log_in_first_employee(service, waiting)


async def listed(operator: Caller, bureau: Bureau, **params: Any) -> dict[str, Any] | None:
    """The bureau as the operator's list shows it, in pages of three."""
    params = {"limit": 3, **params}
    while True:
        page = await operator.read("/v1/bureaus", **params)
        for item in page["items"]:
            if item["id"] == str(bureau.id):
                return dict(item)
        if page["next"] is None:
            return None
        params["cursor"] = page["next"]


async def test_the_operator_sees_what_is_needed_to_decide(operator: Caller, waiting: Bureau) -> None:
    shown = await listed(operator, waiting, status="registered")
    assert shown is not None
    assert (shown["name"], shown["approved_name"], shown["status"]) == (waiting.name, None, "registered")
    assert shown["organisation_number"] == waiting.organisation_number
    assert shown["address"]["city"] == "Stockholm"
    assert shown["admin"] == {"name": "Anna Ek", "email": waiting.email, "email_verified": True}
    assert shown["created_at"]
    assert await listed(operator, waiting, status="approved") is None


async def test_whoever_takes_an_authority_s_name_is_seen_to_be_unverified(
    service: Service, operator: Caller
) -> None:
    body = bureau_body(name="Skatteverket")
    answer = await service.client.post("/v1/bureaus", json=body)
    assert (answer.status_code, answer.json()["status"]) == (201, "registered")
    page = await operator.read("/v1/bureaus", status="registered", limit=200)
    (shown,) = [each for each in page["items"] if each["id"] == answer.json()["id"]]
    assert (shown["name"], shown["admin"]["email_verified"]) == ("Skatteverket", False)


async def test_approving_tells_it_once(service: Service, waiting: Bureau, founder: Person) -> None:
    assert (await founder.read(f"/v1/bureaus/{waiting.id}"))["status"] == "registered"
    first = await judge(service, waiting, "approve")
    assert (first["status"], first["approved_name"]) == ("approved", waiting.name)
    assert first["decided_at"]
    assert await judge(service, waiting, "approve") == first
    (event,) = await service.published(BureauApproved, bureau_id=waiting.id)
    assert (event.status, event.approved_name, event.sequence) == ("approved", waiting.name, 2)
    assert str(event.actor_id) == first["decided_by"]
    assert (await founder.read(f"/v1/bureaus/{waiting.id}"))["status"] == "approved"


async def test_suspending_and_approving_again(service: Service, bureau: Bureau) -> None:
    first = await judge(service, bureau, "suspend")
    assert (first["status"], first["approved_name"]) == ("suspended", bureau.name)
    assert await judge(service, bureau, "suspend") == first
    (event,) = await service.published(BureauSuspended, bureau_id=bureau.id)
    assert (event.status, event.sequence) == ("suspended", 3)
    assert (await judge(service, bureau, "approve"))["status"] == "approved"
    assert len(await service.published(BureauApproved, bureau_id=bureau.id)) == 2


async def test_a_metric_tells_how_many_wait_and_for_how_long(service: Service, waiting: Bureau) -> None:
    async with service.database.transaction(bureau_id=waiting.id) as session:
        earlier = {"created_at": utcnow() - timedelta(days=3)}
        await session.execute(update(tables.Bureau).where(tables.Bureau.id == waiting.id).values(earlier))
    await measure_waiting(service.database)
    late = REGISTRY.get_sample_value("arende_bureaus_waiting", {"waited": "longer"}) or 0
    assert late >= 1
    await judge(service, waiting, "approve")
    await measure_waiting(service.database)
    assert REGISTRY.get_sample_value("arende_bureaus_waiting", {"waited": "longer"}) == late - 1


async def test_only_an_operator_decides(
    service: Service, waiting: Bureau, founder: Person, admin: Person
) -> None:
    for caller in (founder, admin):
        assert refusal(await caller.get("/v1/bureaus")) == (403, "wrong_hat")
        for step in ("approve", "suspend"):
            assert refusal(await caller.post(f"/v1/bureaus/{waiting.id}/{step}")) == (403, "wrong_hat")
    assert (await founder.read(f"/v1/bureaus/{waiting.id}"))["status"] == "registered"
    operator = service.caller(Operator())
    missing = await operator.post("/v1/bureaus/0192f3a0-7c4e-7b3a-9d51-2f6c1e8a4b90/approve")
    assert refusal(missing) == (404, "not_found")


async def test_others_see_the_name_that_was_approved(
    service: Service, bureau: Bureau, admin: Person, operator: Caller
) -> None:
    path = f"/v1/bureaus/{bureau.id}"
    seen = (await admin.get(path)).headers["etag"]
    answer = await admin.call("PATCH", path, json={"name": "Skatteverket"}, version="*")
    assert answer.status_code == 200
    changed = answer.json()
    assert (changed["name"], changed["approved_name"]) == ("Skatteverket", bureau.name)
    assert changed["status"] == "approved"
    assert changed["address"]["street"] == "Storgatan 1"
    (event,) = await service.published(BureauChanged, bureau_id=bureau.id)
    assert (event.name, event.shown_name) == ("Skatteverket", bureau.name)
    shown = await listed(operator, bureau)
    assert shown is not None
    assert (shown["name"], shown["approved_name"]) == ("Skatteverket", bureau.name)
    # Nothing is approved that the operator has not seen.
    stale = await operator.sending(if_match=seen).post(f"{path}/approve")
    assert refusal(stale) == (412, "version_conflict")
    assert (await judge(service, bureau, "approve"))["approved_name"] == "Skatteverket"


async def test_a_bureau_changes_what_it_says_of_itself(
    service: Service, bureau: Bureau, admin: Person, other_admin: Person
) -> None:
    path = f"/v1/bureaus/{bureau.id}"
    _, colleague = await employ(service, admin)
    new = {"street": "Nygatan 2", "postal_code": "211 34", "city": "Malmö"}
    body = {"address": new, "email": "Faktura@byran.example", "language": "en"}
    assert refusal(await colleague.call("PATCH", path, json=body, version="*"))[1] == "missing_permission"
    assert refusal(await other_admin.call("PATCH", path, json=body, version="*")) == (404, "not_found")
    assert refusal(await admin.call("PATCH", path, json=body))[0] == 428
    assert refusal(await admin.call("PATCH", path, json={"status": "approved"}, version="*"))[0] == 422
    version = int((await admin.get(path)).headers["etag"].strip('"'))
    answer = await admin.call("PATCH", path, json=body, version=version)
    assert (answer.status_code, answer.headers["etag"]) == (200, f'"{version + 1}"')
    assert answer.json()["address"] == {**new, "country": "SE"}
    assert answer.json()["email"] == "faktura@byran.example"
    assert refusal(await admin.call("PATCH", path, json=body, version=version))[0] == 412


async def test_until_it_is_approved_a_bureau_prepares_and_mails_nobody(
    service: Service, waiting: Bureau, founder: Person
) -> None:
    customer = await new_customer(founder)
    await new_contact(founder, customer["id"])
    await founder.read("/v1/activation-checklist")
    body = {"name": "Bo Ek", "email": address("bo")}
    assert refusal(await founder.post("/v1/employees", body)) == (403, "bureau_not_approved")
    (only,) = await service.published(EmployeeAdded, bureau_id=waiting.id)
    assert only.email == waiting.email
    await judge(service, waiting, "approve")
    assert (await founder.post("/v1/employees", body)).status_code == 201


async def test_a_suspended_bureau_mails_no_link_to_an_employee(
    service: Service, bureau: Bureau, admin: Person
) -> None:
    added = await admin.post("/v1/employees", {"name": "Bo Ek", "email": address("bo")})
    path = f"/v1/employees/{added.json()['id']}"
    await judge(service, bureau, "suspend")
    refused = await admin.post("/v1/employees", {"name": "Cia Ek", "email": address("cia")})
    assert refusal(refused) == (403, "bureau_suspended")
    # Bo has not followed the link: a corrected address would be mailed another one.
    new = address("bosse")
    moved = await admin.call("PATCH", path, json={"email": new}, version="*")
    assert refusal(moved) == (403, "bureau_suspended")
    assert await service.published(PasswordResetRequested, email=new) == []
    assert (await admin.call("PATCH", path, json={"name": "Bosse Ek"}, version="*")).status_code == 200
    assert (await admin.post(f"{path}/deactivate")).status_code == 200


async def test_republishing_tells_each_status(service: Service, bureau: Bureau, waiting: Bureau) -> None:
    other = await sign_up_bureau(service)
    await judge(service, other, "suspend")
    for each, kind in ((waiting, BureauRegistered), (bureau, BureauApproved), (other, BureauSuspended)):
        bureaus = [facts for facts in FACTS if facts.name == "bureaus"]
        await republish(service.database, bureaus, bureau_id=each.id, most_waiting=10**6)
        told = (await service.published(BureauEvent, bureau_id=each.id))[-1]
        assert (type(told), told.republished) == (kind, True)


@pytest.fixture
async def closed(settings: Settings, keys: Keys) -> AsyncIterator[Service]:
    """An installation for people who know each other."""
    async with serve(settings.model_copy(update={"approve_bureaus": "automatic"}), keys) as service:
        yield service


async def test_a_closed_installation_asks_nobody(closed: Service) -> None:
    bureau = await sign_up_bureau(closed, approve=False)
    (event,) = await closed.published(BureauRegistered, bureau_id=bureau.id)
    assert (event.status, event.approved_name) == ("approved", bureau.name)
    admin = await log_in_first_employee(closed, bureau)
    path = f"/v1/bureaus/{bureau.id}"
    renamed = await admin.call("PATCH", path, json={"name": "Nya byrån AB"}, version="*")
    assert renamed.json()["approved_name"] == "Nya byrån AB"
    await judge(closed, bureau, "suspend")
    again = await admin.call("PATCH", path, json={"name": "Byrån igen AB"}, version="*")
    assert (again.json()["status"], again.json()["approved_name"]) == ("suspended", "Nya byrån AB")
