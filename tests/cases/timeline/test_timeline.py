"""The chain of who did what."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from services.cases.timeline.queries import find_broken_position
from shared.database.engine import Database
from tests.factories.cases import Colleague, Counterpart, collaborate, open_case, post
from tests.factories.records import Bureau
from tests.factories.service import Service


async def test_each_step_is_in_the_trail_and_the_chain_is_whole(
    service: Service, bureau: Bureau, anna: Colleague, customer: Counterpart
) -> None:
    case = await open_case(anna, customer)
    await post(customer.people[0], case, "messages", {"body": "Hej"})
    await post(anna, case, "resolve")
    url = f"/v1/cases/{case['id']}/timeline"
    trail = (await anna.get(url)).json()["items"]
    assert [each["action"] for each in trail] == ["created", "sent", "message_posted", "resolved"]
    assert [each["position"] for each in trail] == [1, 2, 3, 4]
    assert trail[2]["by"]["name"] == customer.people[0].name
    async with service.database.transaction(bureau_id=bureau.id) as session:
        assert await find_broken_position(session, bureau.id, UUID(case["id"])) is None


@pytest.mark.parametrize(
    ("harm", "broken"),
    [
        ("update timeline set action = 'resolved' where case_id = :id and position = 2", 2),
        ("delete from timeline where case_id = :id and position = 1", 1),
        ("delete from timeline where case_id = :id and position = 3", 3),
    ],
)
async def test_what_was_altered_or_removed_is_found(
    service: Service, bureau: Bureau, anna: Colleague, owner_url: str, harm: str, broken: int
) -> None:
    case = await open_case(anna, await collaborate(service, anna))
    await post(anna, case, "resolve")
    owner = Database(owner_url, name="owner", pool=1)
    async with owner.transaction(bureau_id=bureau.id) as session:
        await session.execute(text(harm), {"id": case["id"]})
    await owner.close()
    async with service.database.transaction(bureau_id=bureau.id) as session:
        assert await find_broken_position(session, bureau.id, UUID(case["id"])) == broken


async def test_the_services_roles_can_only_add(service: Service, bureau: Bureau) -> None:
    for harm in ("update timeline set action = ''", "delete from timeline"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with service.database.transaction(bureau_id=bureau.id) as session:
                await session.execute(text(harm))
