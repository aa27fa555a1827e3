"""Cases of a suspended bureau, or one without the feature, or of an inactive customer, can only be read."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from shared.clock import stockholm_date, utcnow
from shared.events.billing import CaseManagementActivated, CaseManagementCancelled, CaseManagementEnded
from shared.events.identity import BureauApproved, BureauSuspended, CustomerDeactivated, CustomerReactivated
from shared.events.invitations import CollaborationEnded
from tests.factories.callers import Caller, refusal
from tests.factories.cases import Colleague, Counterpart, add_file, open_case, post, read_case, upload
from tests.factories.events import event_of
from tests.factories.records import Bureau
from tests.factories.service import Service

TODAY = stockholm_date(utcnow())
State = Callable[[Service, Bureau, Counterpart], Awaitable[None]]


async def not_bought(service: Service, bureau: Bureau, _: Counterpart) -> None:
    await service.deliver(event_of(CaseManagementActivated, bureau, activated_on=TODAY))
    await service.deliver(event_of(CaseManagementEnded, bureau, sequence=3))


async def bought_again(service: Service, bureau: Bureau, _: Counterpart) -> None:
    await service.deliver(event_of(CaseManagementActivated, bureau, activated_on=TODAY, sequence=4))


async def past_its_last_day(service: Service, bureau: Bureau, _: Counterpart) -> None:
    yesterday = TODAY - timedelta(days=1)
    await service.deliver(event_of(CaseManagementCancelled, bureau, ends_on=yesterday, sequence=2))


async def inactive(service: Service, _: Bureau, customer: Counterpart) -> None:
    await service.deliver(event_of(CustomerDeactivated, replace(customer, active=False), sequence=2))


async def active_again(service: Service, _: Bureau, customer: Counterpart) -> None:
    await service.deliver(event_of(CustomerReactivated, customer, sequence=3))


async def suspended(service: Service, bureau: Bureau, _: Counterpart) -> None:
    await service.deliver(event_of(BureauSuspended, replace(bureau, status="suspended"), sequence=3))


async def approved_again(service: Service, bureau: Bureau, _: Counterpart) -> None:
    await service.deliver(event_of(BureauApproved, bureau, sequence=4))


class Dialogue:
    """A sent document request with a message and a file, an approval, an information and a draft."""

    def __init__(self, anna: Colleague, customer: Counterpart) -> None:
        self.anna, self.customer, self.karin = anna, customer, customer.people[0]

    async def begin(self) -> None:
        anna, customer = self.anna, self.customer
        self.request = await open_case(anna, customer, type="document_request", items=["Kvitto"])
        self.approval = await open_case(anna, customer, type="approval", statement="Stämmer")
        self.information = await open_case(anna, customer, type="information", must_acknowledge=True)
        self.draft = await open_case(anna, customer, send=False)
        self.message = (await post(anna, self.request, "messages", {"body": "Hej"})).json()
        self.file = await add_file(self.karin, self.request)
        self.item = f"items/{self.request['items'][0]['id']}"

    async def writings_of_bureau(self) -> list[httpx.Response]:
        anna, request = self.anna, f"/v1/cases/{self.request['id']}"
        draft = f"/v1/cases/{self.draft['id']}"
        body = {
            "customer_id": str(self.customer.customer_id),
            "type": "question",
            "subject": "!",
            "body": "!",
        }
        employee, contact = str(anna.employee_id), str(self.karin.contact_id)
        return [
            await anna.post("/v1/cases", body),
            await anna.post(f"{draft}/send"),
            await anna.call("PATCH", draft, version=self.draft["version"], json={"subject": "Nytt"}),
            await anna.call("PATCH", f"{request}/messages/{self.message['id']}", json={"body": "!"}),
            await anna.post(f"{request}/messages", {"body": "Hej"}),
            await anna.post(f"{request}/notes", {"body": "Hej"}),
            *[await anna.post(f"{request}/{step}") for step in ("resolve", "cancel", f"{self.item}/accept")],
            await anna.put(f"{request}/assignee", {"employee_id": employee}),
            await anna.put(f"{request}/followers", {"employee_ids": [employee]}),
            await anna.put(f"{request}/participants", {"contact_ids": [contact]}),
            await upload(anna, self.request),
        ]

    async def writings_of_member(self) -> list[httpx.Response]:
        karin = self.karin
        body = {"account_id": str(self.customer.account_id), "subject": "Fråga", "body": "Hur går det?"}
        answer = {"file_ids": [self.file["id"]]}
        return [
            await karin.post("/v1/cases", body),
            await post(karin, self.request, "messages", {"body": "Hej"}),
            await upload(karin, self.request),
            await karin.put(f"/v1/cases/{self.request['id']}/{self.item}/answer", answer),
            await post(karin, self.approval, "approval", {"decision": "approve"}),
            await post(karin, self.information, "acknowledge"),
        ]

    async def readings(self, reader: Caller) -> list[httpx.Response]:
        url = f"/v1/cases/{self.request['id']}"
        return [
            await reader.get("/v1/cases"),
            await reader.get(url),
            await reader.get(f"{url}/messages"),
            await reader.get(f"{url}/timeline"),
            await reader.get(f"/v1/files/{self.file['id']}"),
            await reader.put(f"{url}/read"),
        ]


@pytest.fixture
async def dialogue(anna: Colleague, customer: Counterpart) -> Dialogue:
    begun = Dialogue(anna, customer)
    await begun.begin()
    return begun


@pytest.mark.parametrize(
    ("stop", "code", "go_on"),
    [
        (not_bought, (402, "feature_not_bought"), bought_again),
        (past_its_last_day, (402, "feature_not_bought"), bought_again),
        (inactive, (409, "customer_inactive"), active_again),
        (suspended, (403, "bureau_suspended"), approved_again),
    ],
)
async def test_both_sides_can_only_read(
    service: Service, bureau: Bureau, dialogue: Dialogue, stop: State, code: tuple[int, str], go_on: State
) -> None:
    await stop(service, bureau, dialogue.customer)
    for answers in (await dialogue.writings_of_bureau(), await dialogue.writings_of_member()):
        assert [refusal(each) for each in answers] == [code] * len(answers)
    for reader in (dialogue.anna, dialogue.karin):
        assert [each.status_code for each in await dialogue.readings(reader)] == [200] * 6
        assert (await read_case(reader, dialogue.request))["allowed_transitions"] == []
    await go_on(service, bureau, dialogue.customer)
    assert (await post(dialogue.karin, dialogue.request, "messages", {"body": "Hej"})).status_code == 201


async def test_each_side_is_told_in_words_of_its_own(
    service: Service, bureau: Bureau, dialogue: Dialogue
) -> None:
    async def words() -> list[str]:
        people: list[Caller] = [dialogue.anna, dialogue.karin]
        refused = [await post(each, dialogue.request, "messages", {"body": "Hej"}) for each in people]
        return [each.json()["detail"] for each in refused]

    await inactive(service, bureau, dialogue.customer)
    assert [each.split(",")[0] for each in await words()] == [
        "The customer is inactive",
        "The bureau has paused the collaboration",
    ]
    await not_bought(service, bureau, dialogue.customer)
    to_bureau, to_customer = await words()
    assert "Buy it again" in to_bureau
    assert to_customer.startswith("The bureau no longer has the service")
    await suspended(service, bureau, dialogue.customer)
    assert [each.split(":")[0].split(",")[0] for each in await words()] == ["The bureau is suspended"] * 2


async def test_a_cancelled_purchase_holds_on_its_last_day(
    service: Service, bureau: Bureau, dialogue: Dialogue
) -> None:
    await service.deliver(event_of(CaseManagementCancelled, bureau, ends_on=TODAY, sequence=2))
    assert (await post(dialogue.anna, dialogue.request, "notes", {"body": "!"})).is_success


async def test_no_step_is_taken_after_the_end_of_the_collaboration(
    service: Service, dialogue: Dialogue
) -> None:
    resolved = (await post(dialogue.anna, dialogue.request, "resolve")).json()
    assert resolved["allowed_transitions"] == ["close", "reopen"]
    await service.deliver(event_of(CollaborationEnded, dialogue.customer, sequence=2))
    for case, steps in (
        (dialogue.request, ("close", "reopen")),
        (dialogue.approval, ("resolve", "cancel")),
        (dialogue.draft, ("send", "cancel")),
    ):
        for reader in (dialogue.anna, *([dialogue.karin] if case is not dialogue.draft else [])):
            assert (await read_case(reader, case))["allowed_transitions"] == []
        for step in steps:
            assert refusal(await post(dialogue.anna, case, step)) == (409, "no_collaboration")


async def test_the_customer_reads_for_ninety_days_after_the_end(service: Service, dialogue: Dialogue) -> None:
    async def ended(days: int, sequence: int) -> list[int]:
        event = event_of(CollaborationEnded, dialogue.customer, sequence=sequence)
        earlier = event.model_copy(update={"time": event.time - timedelta(days=days)})
        await service.deliver(earlier)
        people: list[Caller] = [dialogue.anna, dialogue.karin]
        return [(await each.get(f"/v1/cases/{dialogue.request['id']}")).status_code for each in people]

    assert await ended(89, 2) == [200, 200]
    assert await ended(91, 3) == [200, 404]
    assert (await dialogue.karin.get(f"/v1/files/{dialogue.file['id']}")).status_code == 404
    assert (await dialogue.karin.read("/v1/cases"))["items"] == []
