"""The chain of who did what."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from services.cases.timeline.queries import find_broken_position
from shared.database.engine import Database
from tests.cases.factories import World


async def test_each_step_is_in_the_trail_and_the_chain_is_whole(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    case = await world.case(anna, customer)
    await world.post(case, "messages", customer.people[0].headers, {"body": "Hej"})
    await world.post(case, "resolve", anna.headers)
    url = f"/v1/cases/{case['id']}/timeline"
    trail = (await world.client.get(url, headers=anna.headers)).json()["items"]
    assert [each["action"] for each in trail] == ["created", "sent", "message_posted", "resolved"]
    assert [each["position"] for each in trail] == [1, 2, 3, 4]
    assert trail[2]["by"]["name"] == customer.people[0].name
    async with world.consumer.database.transaction(bureau_id=world.bureau_id) as session:
        assert await find_broken_position(session, world.bureau_id, UUID(case["id"])) is None


@pytest.mark.parametrize(
    ("harm", "broken"),
    [
        ("update timeline set action = 'resolved' where case_id = :id and position = 2", 2),
        ("delete from timeline where case_id = :id and position = 1", 1),
        ("delete from timeline where case_id = :id and position = 3", 3),
    ],
)
async def test_what_was_altered_or_removed_is_found(
    world: World, owner_of_cases: str, harm: str, broken: int
) -> None:
    anna = await world.employee()
    case = await world.case(anna, await world.customer(anna))
    await world.post(case, "resolve", anna.headers)
    owner = Database(owner_of_cases, name="owner", pool=1)
    async with owner.transaction(bureau_id=world.bureau_id) as session:
        await session.execute(text(harm), {"id": case["id"]})
    await owner.close()
    async with world.consumer.database.transaction(bureau_id=world.bureau_id) as session:
        assert await find_broken_position(session, world.bureau_id, UUID(case["id"])) == broken


async def test_the_services_roles_can_only_add(world: World) -> None:
    for harm in ("update timeline set action = ''", "delete from timeline"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with world.consumer.database.transaction(bureau_id=world.bureau_id) as session:
                await session.execute(text(harm))
