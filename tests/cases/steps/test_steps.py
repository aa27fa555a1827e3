"""Steps with a case as a whole, by hand and by the passing of time."""

from datetime import timedelta
from uuid import UUID

from services.cases.case.tables import Case
from services.cases.steps.jobs import close_resolved
from shared.clock import utcnow
from shared.events.cases import CaseResolved
from tests.cases.factories import World


async def test_steps_by_hand_and_their_refusals(world: World) -> None:
    anna = await world.employee()
    case = await world.case(anna, await world.customer(anna))
    assert (await world.post(case, "close", anna.headers)).json()["code"] == "transition_not_allowed"
    resolved = (await world.post(case, "resolve", anna.headers)).json()
    assert (resolved["status"], resolved["allowed_transitions"]) == ("resolved", ["close", "reopen"])
    assert (await world.post(case, "reopen", anna.headers)).json()["status"] == "waiting_for_bureau"
    await world.post(case, "resolve", anna.headers)
    assert (await world.post(case, "close", anna.headers)).json()["allowed_transitions"] == []
    assert (await world.post(case, "cancel", anna.headers)).status_code == 409
    assert sum(isinstance(event, CaseResolved) for event in await world.events(case)) == 2
    customer = await world.customer(anna)
    cancelled = await world.post(await world.case(anna, customer), "cancel", anna.headers)
    assert cancelled.json()["status"] == "cancelled"


async def test_a_resolved_case_is_closed_when_it_can_no_longer_be_reopened(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    old, fresh = await world.case(anna, customer), await world.case(anna, customer)
    for case in (old, fresh):
        await world.post(case, "resolve", anna.headers)
    async with world.consumer.database.transaction(bureau_id=world.bureau_id) as session:
        row = await session.get_one(Case, UUID(old["id"]))
        row.resolved_at = utcnow() - timedelta(days=31)
    for _ in range(2):
        await close_resolved(world.consumer.database)
    closed = await world.get(old, anna.headers)
    assert (closed["status"], closed["version"]) == ("closed", 4)
    assert (await world.get(fresh, anna.headers))["status"] == "resolved"
