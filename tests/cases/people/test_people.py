"""Assignee, followers and participants."""

import httpx

from shared.events.cases import CaseChanged, MessagePosted
from shared.events.identity import EmployeeDeactivated
from shared.ids import uuid7
from tests.factories.callers import failing_field
from tests.factories.cases import (
    Colleague,
    Counterpart,
    collaborate,
    events_about,
    hire,
    open_case,
    post,
    read_case,
)
from tests.factories.events import event_of
from tests.factories.records import Bureau
from tests.factories.service import Service


async def test_assignee_followers_participants(service: Service, bureau: Bureau, anna: Colleague) -> None:
    bo = await hire(service, bureau, "Bo Alm")
    customer = await collaborate(service, anna, people=2)
    first, second = customer.people
    case = await open_case(anna, customer, participant_ids=[str(first.contact_id)])
    url = f"/v1/cases/{case['id']}"
    assert (await second.get(url)).status_code == 404

    async def put(path: str, **body: object) -> httpx.Response:
        return await anna.put(f"{url}/{path}", body)

    assert (await put("assignee", employee_id=str(bo.employee_id))).json()["assignee_id"] == str(
        bo.employee_id
    )
    assert (await events_about(service, case))[-1].recipient_ids == [bo.user_id]
    assert failing_field(await put("assignee", employee_id=str(uuid7()))) == (422, "employee_id", "not_found")
    strangers = await put("followers", employee_ids=[str(anna.employee_id), str(uuid7())])
    assert failing_field(strangers) == (422, "employee_ids.1", "not_found")
    nobody = await put("participants", contact_ids=[str(uuid7())])
    assert failing_field(nobody) == (422, "contact_ids.0", "unknown_contact")
    followed = await put("followers", employee_ids=[str(anna.employee_id)])
    assert followed.json()["follower_ids"] == [str(anna.employee_id)]
    people = await put("participants", contact_ids=[str(second.contact_id)])
    assert [each["user_id"] for each in people.json()["participants"]] == [str(second.user_id)]
    assert (await first.get(url)).status_code == 404
    assert (await second.get(url)).json()["unread"] is True
    await service.deliver(event_of(EmployeeDeactivated, anna.employee, sequence=2))
    assert (await put("followers", employee_ids=[])).status_code == 401


async def test_a_deactivated_employees_cases_are_handed_over(
    service: Service, bureau: Bureau, anna: Colleague, customer: Counterpart
) -> None:
    bo = await hire(service, bureau, "Bo Alm")
    held = await open_case(bo, customer)
    followed = await open_case(anna, customer, follower_ids=[str(bo.employee_id)])
    ended = await open_case(bo, customer)
    await post(anna, ended, "cancel")
    await service.deliver(
        event_of(EmployeeDeactivated, bo.employee, sequence=2, transfer_to=anna.employee_id)
    )
    assert (await read_case(anna, held))["assignee_id"] == str(anna.employee_id)
    assert (await read_case(anna, followed))["follower_ids"] == []
    assert (await read_case(anna, ended))["assignee_id"] == str(bo.employee_id)
    assert (await events_about(service, held))[-1].assignee_id == anna.employee_id
    told = (await events_about(service, followed))[-1]
    assert (told.type, told.recipient_ids) == (CaseChanged.type, [])
    whole, shown = [
        (await reader.read(f"/v1/cases/{followed['id']}/timeline"))["items"]
        for reader in (anna, customer.people[0])
    ]
    assert (whole[-1]["action"], whole[-1]["facts"]) == ("followers_changed", {"follower_ids": []})
    assert [each["action"] for each in shown] == ["sent"]


async def test_the_member_who_wrote_a_case_stays_in_it_whomever_the_bureau_chooses(
    service: Service, anna: Colleague
) -> None:
    customer = await collaborate(service, anna, people=2)
    karin, other = customer.people
    case = (await karin.post("/v1/cases", {"subject": "Fråga", "body": "Hur?"})).json()
    url = f"/v1/cases/{case['id']}"
    chosen = await anna.put(f"{url}/participants", {"contact_ids": [str(other.contact_id)]})
    both = {str(karin.user_id), str(other.user_id)}
    assert {each["user_id"] for each in chosen.json()["participants"]} == both
    assert (await post(karin, case, "messages", {"body": "Tack"})).status_code == 201
    assert (await post(anna, case, "messages", {"body": "Så här."})).status_code == 201
    (told,) = [each for each in await events_about(service, case) if isinstance(each, MessagePosted)][1:]
    assert set(told.recipient_ids) == {karin.user_id, other.user_id}
    contacts = {"contact_ids": [str(each.contact_id) for each in customer.people]}
    named = await anna.put(f"{url}/participants", contacts)
    assert {each["contact_id"] for each in named.json()["participants"]} == set(contacts["contact_ids"])
