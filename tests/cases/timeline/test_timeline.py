"""The chain of who did what."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from services.cases.audit.queries import Scope
from services.cases.audit.verification import verify
from tests.factories.cases import (
    Colleague,
    Counterpart,
    Participant,
    add_file,
    open_case,
    post,
    read_case,
)
from tests.factories.records import Bureau
from tests.factories.service import Service


async def test_each_step_is_in_the_trail_and_the_chain_is_whole(
    service: Service, anna: Colleague, customer: Counterpart
) -> None:
    case = await open_case(anna, customer)
    await post(customer.people[0], case, "messages", {"body": "Hej"})
    await post(anna, case, "resolve")
    url = f"/v1/cases/{case['id']}/timeline"
    trail = (await anna.get(url)).json()["items"]
    assert [each["action"] for each in trail] == ["created", "sent", "message_posted", "resolved"]
    assert [each["position"] for each in trail] == [1, 2, 3, 4]
    assert trail[2]["by"]["name"] == customer.people[0].name
    assert await verify(service.database, Scope(case_id=UUID(case["id"]))) == (1, [])


async def test_the_services_roles_can_only_add(service: Service, bureau: Bureau) -> None:
    for harm in ("update timeline set action = ''", "delete from timeline"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with service.database.transaction(bureau_id=bureau.id) as session:
                await session.execute(text(harm))


async def test_the_customers_timeline_begins_with_the_sending(
    anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    case = await open_case(anna, customer, send=False, subject="Utkast: lön", body="Preliminärt")
    await add_file(anna, case)
    url = f"/v1/cases/{case['id']}"
    change = {"subject": "Lön", "body": "Vad gäller?", "due_on": "2030-01-31"}
    changed = await anna.call("PATCH", url, json=change, version="*")
    assert changed.status_code == 200, changed.text
    await post(anna, case, "send")
    await karin.put(f"{url}/read", None)
    seen = (await karin.get(f"{url}/timeline")).json()["items"]
    assert [(each["position"], each["action"]) for each in seen] == [(1, "sent"), (2, "read")]
    assert (await read_case(karin, case))["created_at"] == (await read_case(karin, case))["sent_at"]
    whole = (await anna.get(f"{url}/timeline")).json()["items"]
    assert [each["action"] for each in whole] == ["created", "file_added", "changed", "sent", "read"]
    assert whole[2]["facts"]["earlier"]["subject"] == "Utkast: lön"


async def test_the_timeline_of_a_members_question_begins_with_its_opening(
    anna: Colleague, karin: Participant
) -> None:
    case = (await karin.post("/v1/cases", {"subject": "Fråga", "body": "Hur?"})).json()
    for reader in (karin, anna):
        seen = (await reader.get(f"/v1/cases/{case['id']}/timeline")).json()["items"]
        assert [each["action"] for each in seen] == ["created"]
