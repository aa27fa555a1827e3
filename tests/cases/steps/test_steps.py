"""Steps with a case as a whole, by hand and by the passing of time."""

from datetime import timedelta
from uuid import UUID

from services.cases.case.tables import Case
from services.cases.steps.jobs import close_resolved
from shared.clock import utcnow
from shared.events.cases import CaseResolved
from tests.factories.cases import (
    Colleague,
    Counterpart,
    collaborate,
    events_about,
    open_case,
    post,
    read_case,
)
from tests.factories.records import Bureau
from tests.factories.service import Service


async def test_steps_by_hand_and_their_refusals(
    service: Service, anna: Colleague, customer: Counterpart
) -> None:
    case = await open_case(anna, await collaborate(service, anna))
    assert (await post(anna, case, "close")).json()["code"] == "transition_not_allowed"
    resolved = (await post(anna, case, "resolve")).json()
    assert (resolved["status"], resolved["allowed_transitions"]) == ("resolved", ["close", "reopen"])
    assert (await post(anna, case, "reopen")).json()["status"] == "waiting_for_bureau"
    await post(anna, case, "resolve")
    assert (await post(anna, case, "close")).json()["allowed_transitions"] == []
    assert (await post(anna, case, "cancel")).status_code == 409
    assert sum(isinstance(event, CaseResolved) for event in await events_about(service, case)) == 2
    cancelled = await post(anna, await open_case(anna, customer), "cancel")
    assert cancelled.json()["status"] == "cancelled"


async def test_a_resolved_case_is_closed_when_it_can_no_longer_be_reopened(
    service: Service, bureau: Bureau, anna: Colleague, customer: Counterpart
) -> None:
    old, fresh = await open_case(anna, customer), await open_case(anna, customer)
    for case in (old, fresh):
        await post(anna, case, "resolve")
    async with service.database.transaction(bureau_id=bureau.id) as session:
        row = await session.get_one(Case, UUID(old["id"]))
        row.resolved_at = utcnow() - timedelta(days=31)
    for _ in range(2):
        await close_resolved(service.database)
    closed = await read_case(anna, old)
    assert (closed["status"], closed["version"]) == ("closed", 4)
    assert (await read_case(anna, fresh))["status"] == "resolved"
