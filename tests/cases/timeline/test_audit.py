"""`arende audit verify`, as an operator runs it."""

from sqlalchemy import text

from services.cases.settings import Settings
from shared.database.engine import Database
from tests.command import arende
from tests.factories.cases import Colleague, Counterpart, open_case
from tests.factories.records import Bureau


async def test_an_altered_entry_is_named(
    bureau: Bureau, anna: Colleague, customer: Counterpart, owner_url: str, settings: Settings
) -> None:
    case, whole = await open_case(anna, customer), await open_case(anna, customer)
    owner = Database(owner_url, name="owner", pool=1)
    async with owner.transaction(bureau_id=bureau.id) as session:
        harm = "update timeline set action = 'resolved' where case_id = :id and position = 2"
        await session.execute(text(harm), {"id": case["id"]})
    found = arende("audit", "verify", settings=settings)
    async with owner.transaction(bureau_id=bureau.id) as session:
        repair = "update timeline set action = 'sent' where case_id = :id and position = 2"
        await session.execute(text(repair), {"id": case["id"]})
    await owner.close()
    assert found.returncode == 1
    assert f"({case['id']}): entry 2" in found.stdout.replace("\n", " ")
    assert whole["id"] not in found.stdout
    assert case["id"] not in arende("audit", "verify", settings=settings).stdout
