"""`arende audit verify`, as an operator runs it."""

from sqlalchemy import text

from services.cases.settings import Settings
from shared.database.engine import Database
from shared.ids import uuid7
from tests.cases.audit.harm import harm
from tests.command import arende
from tests.factories.cases import Colleague, Counterpart, open_case, post
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


async def test_one_case_or_one_bureau_can_be_asked_for(
    bureau: Bureau, anna: Colleague, customer: Counterpart, settings: Settings
) -> None:
    case, _ = await open_case(anna, customer), await open_case(anna, customer)
    one = arende("audit", "verify", "--case", case["id"], settings=settings)
    assert (one.returncode, one.stdout.strip()) == (0, "1 timelines, 0 broken")
    both = arende("audit", "verify", "--bureau", str(bureau.bureau_id), settings=settings)
    assert (both.returncode, both.stdout.strip()) == (0, "2 timelines, 0 broken")
    unknown = arende("audit", "verify", "--case", str(uuid7()), settings=settings)
    assert unknown.returncode != 0
    assert "there is no case" in unknown.stderr


async def test_an_altered_message_is_named(
    bureau: Bureau, anna: Colleague, customer: Counterpart, owner_url: str, settings: Settings
) -> None:
    case = await open_case(anna, customer)
    said = (await post(anna, case, "messages", {"body": "1 000 kr"})).json()
    altered = "update messages set body = '9 000 kr' where case_id = :id"
    await harm(owner_url, bureau.id, altered, id=case["id"])
    found = arende("audit", "verify", "--case", case["id"], settings=settings)
    assert found.returncode == 1
    assert f"message {said['id']} of entry 3 is not as written" in " ".join(found.stdout.split())
