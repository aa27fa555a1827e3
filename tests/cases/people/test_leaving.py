"""No case is left with an employee who leaves, whichever of the two comes first."""

import asyncio
from functools import partial
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from shared.events.identity import EmployeeDeactivated
from tests.conftest import eventually
from tests.factories.callers import Caller, refusal
from tests.factories.cases import Colleague, Counterpart, Participant, collaborate, hire, open_case, read_case
from tests.factories.events import event_of
from tests.factories.records import Bureau
from tests.factories.service import Service


def leaving(colleague: Colleague, to: Colleague | None = None) -> EmployeeDeactivated:
    transfer_to = to.employee_id if to else None
    return event_of(EmployeeDeactivated, colleague.employee, sequence=2, transfer_to=transfer_to)


async def assignees(by: Caller, answers: list[httpx.Response | None]) -> list[str]:
    """Of the cases that were opened; the others were refused, because the person had left."""
    cases: list[dict[str, Any]] = []
    for answer in answers:
        if answer is not None and answer.status_code == 201:
            cases.append(answer.json())
        elif answer is not None:
            assert refusal(answer) == (422, "employee_inactive")
    return [str((await read_case(by, case))["assignee_id"]) for case in cases]


@pytest.mark.parametrize("first", ["hand-over", "track-employee"])
async def test_opening_for_somebody_who_leaves_at_the_same_moment(
    service: Service, bureau: Bureau, anna: Colleague, customer: Counterpart, first: str
) -> None:
    bo = await hire(service, bureau, "Bo Alm")
    body = {
        "customer_id": str(customer.customer_id),
        "type": "question",
        "subject": "Kvitto",
        "body": "Vad är detta?",
        "assignee_id": str(bo.employee_id),
    }
    event = leaving(bo, anna)
    answers = await asyncio.gather(
        *[anna.post("/v1/cases", body) for _ in range(10)],
        service.deliver(event, queue=first),
        *[anna.post("/v1/cases", body) for _ in range(10)],
    )
    await service.deliver(event, queue="track-employee" if first == "hand-over" else "hand-over")
    assert set(await assignees(anna, list(answers))) <= {str(anna.employee_id)}


async def test_an_opening_that_waits_for_its_number_sees_who_has_left(
    service: Service, bureau: Bureau, anna: Colleague, customer: Counterpart
) -> None:
    bo = await hire(service, bureau, "Bo Alm")
    await open_case(anna, customer)
    body = {
        "customer_id": str(customer.customer_id),
        "type": "question",
        "subject": "Kvitto",
        "body": "Vad är detta?",
        "assignee_id": str(bo.employee_id),
    }
    async with service.database.transaction(bureau_id=bureau.id) as session:
        await session.execute(text("select from case_numbers for update"))
        opening = asyncio.create_task(anna.post("/v1/cases", body))
        await eventually(partial(is_waiting, service))
        moved = asyncio.create_task(service.deliver(leaving(bo, anna), queue="hand-over"))
        # It has to wait for the opening where that one holds the person already.
        await asyncio.wait([moved], timeout=1.0)
    await moved
    assert set(await assignees(anna, [await opening])) <= {str(anna.employee_id)}


async def is_waiting(service: Service) -> bool:
    return bool(await service.rows("select 1 from pg_locks where not granted"))


async def test_assigning_to_somebody_who_leaves_at_the_same_moment(
    service: Service, bureau: Bureau, anna: Colleague, customer: Counterpart
) -> None:
    bo = await hire(service, bureau, "Bo Alm")
    cases = [await open_case(anna, customer) for _ in range(10)]
    to_bo = {"employee_id": str(bo.employee_id)}
    await asyncio.gather(
        *[anna.put(f"/v1/cases/{case['id']}/assignee", to_bo) for case in cases],
        service.deliver(leaving(bo, anna), queue="hand-over"),
    )
    assert {(await read_case(anna, case))["assignee_id"] for case in cases} == {str(anna.employee_id)}


async def test_a_customers_question_goes_to_who_followed_on_the_responsible(
    service: Service, bureau: Bureau, anna: Colleague
) -> None:
    bo, eva = await hire(service, bureau, "Bo Alm"), await hire(service, bureau, "Eva Ny")
    customer = await collaborate(service, bo)
    karin: Participant = customer.people[0]
    # That the customer has another responsible has not been heard yet.
    await service.deliver(leaving(eva, anna))
    await service.deliver(leaving(bo, eva))
    asked = await karin.post("/v1/cases", {"subject": "Fråga", "body": "Hur går det?"})
    assert asked.status_code == 201, asked.text
    assert (await read_case(anna, asked.json()))["assignee_id"] == str(anna.employee_id)


async def test_cases_move_on_to_who_is_still_there(
    service: Service, bureau: Bureau, anna: Colleague, customer: Counterpart
) -> None:
    bo, eva = await hire(service, bureau, "Bo Alm"), await hire(service, bureau, "Eva Ny")
    case = await open_case(bo, customer)
    await service.deliver(leaving(eva, anna))
    await service.deliver(leaving(bo, eva))
    assert (await read_case(anna, case))["assignee_id"] == str(anna.employee_id)


async def test_without_a_successor_some_colleague_gets_the_cases(
    service: Service, bureau: Bureau, anna: Colleague
) -> None:
    bo = await hire(service, bureau, "Bo Alm")
    customer = await collaborate(service, bo)
    case = await open_case(bo, customer)
    await service.deliver(leaving(bo))
    assert (await read_case(anna, case))["assignee_id"] == str(anna.employee_id)
