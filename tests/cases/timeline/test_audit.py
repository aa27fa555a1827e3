"""`arende audit verify`, as an operator runs it."""

from sqlalchemy import text

from services.cases.settings import Settings
from shared.database.engine import Database
from tests.cases.factories import World
from tests.command import arende


async def test_an_altered_entry_is_named(world: World, owner_of_cases: str, cases_settings: Settings) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    case, whole = await world.case(anna, customer), await world.case(anna, customer)
    owner = Database(owner_of_cases, name="owner", pool=1)
    async with owner.transaction(bureau_id=world.bureau_id) as session:
        harm = "update timeline set action = 'resolved' where case_id = :id and position = 2"
        await session.execute(text(harm), {"id": case["id"]})
    found = arende("audit", "verify", settings=cases_settings)
    async with owner.transaction(bureau_id=world.bureau_id) as session:
        repair = "update timeline set action = 'sent' where case_id = :id and position = 2"
        await session.execute(text(repair), {"id": case["id"]})
    await owner.close()
    assert found.returncode == 1
    assert f"({case['id']}): entry 2" in found.stdout.replace("\n", " ")
    assert whole["id"] not in found.stdout
    assert case["id"] not in arende("audit", "verify", settings=cases_settings).stdout
