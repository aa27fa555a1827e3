"""Being a member of a customer's account, even its administrator, opens nothing of a bureau's by itself."""

from typing import Any

from shared.events.cases import MessagePosted
from shared.events.identity import (
    ContactAdded,
    ContactChanged,
    ContactRemoved,
    MemberAdded,
    MemberRemoved,
)
from tests.factories.callers import Caller, bearer
from tests.factories.cases import (
    Colleague,
    Counterpart,
    Participant,
    add_file,
    collaborate,
    events_about,
    hire,
    join,
    open_case,
    post,
    read_case,
)
from tests.factories.events import event_of
from tests.factories.records import Bureau, Contact, Customer, Member
from tests.factories.service import Service


async def rogue(service: Service, customer: Customer, email: str = "rolf@grannbyran.example") -> Participant:
    """An administrator of the account whom the bureau does not know."""
    member = Member(customer.account_id, "Rolf Grå", email=email)
    await service.deliver(event_of(MemberAdded, member))
    unknown = Contact(customer.bureau_id, customer.customer_id, member.name)
    return Participant(service.client, unknown, member, headers=bearer(service.keys, member))


async def seen(by: Caller) -> list[str]:
    """The ids of the cases that are listed; counted are as many."""
    listed = (await by.get("/v1/cases")).json()["items"]
    counted = (await by.get("/v1/cases/counts")).json()["total"]
    assert counted == len(listed)
    return [each["id"] for each in listed]


READING = ("", "/messages", "/files", "/timeline")
WRITING: list[tuple[str, str, Any]] = [
    ("PUT", "/read", None),
    ("POST", "/messages", {"body": "x"}),
    ("POST", "/acknowledge", None),
    ("POST", "/approval", {"decision": "approve"}),
    ("PUT", "/items/{item}/answer", {"not_applicable": True, "reason": "x"}),
]


async def test_an_administrator_whom_the_bureau_does_not_know_finds_nothing(
    service: Service, anna: Colleague, customer: Counterpart
) -> None:
    case = await open_case(anna, customer, type="document_request", items=["Utdrag"])
    added = await add_file(anna, case)
    stranger = await rogue(service, customer)
    url = f"/v1/cases/{case['id']}"
    answers = [await stranger.get(url + path) for path in READING]
    for method, path, body in WRITING:
        path = path.format(item=case["items"][0]["id"])
        answers.append(await stranger.call(method, url + path, json=body))
    form = {"file": ("a.txt", b"a", "text/plain")}
    answers.append(await stranger.call("POST", f"{url}/files", files=form))
    answers.append(await stranger.get(f"/v1/files/{added['id']}"))
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(404, "not_found")] * 11
    assert await seen(stranger) == []


async def test_an_administrator_sees_the_cases_of_the_bureaus_that_know_them(
    service: Service, bureau: Bureau, other_bureau: Bureau, anna: Colleague, customer: Counterpart
) -> None:
    eva = await hire(service, other_bureau, "Eva Dal")
    theirs = await collaborate(service, eva, account_id=customer.account_id)
    await open_case(eva, theirs)
    case = await open_case(anna, customer)
    person = await rogue(service, customer, email="Rolf@Kunden.example".lower())
    assert await seen(person) == []
    known = Contact(bureau.id, customer.customer_id, "Rolf Grå", email=" Rolf@KUNDEN.example")
    await service.deliver(event_of(ContactAdded, known))
    assert await seen(person) == [case["id"]]
    assert (await read_case(person, case))["subject"] == case["subject"]
    await service.deliver(event_of(ContactChanged, known, email="ny@kunden.example", sequence=2))
    assert await seen(person) == []
    await service.deliver(event_of(ContactChanged, known, email="rolf@kunden.example", sequence=3))
    assert await seen(person) == [case["id"]]
    await service.deliver(event_of(ContactRemoved, known, email="rolf@kunden.example", sequence=4))
    assert await seen(person) == []


async def test_a_contact_of_another_customer_of_the_bureau_is_none_of_this_one(
    service: Service, bureau: Bureau, anna: Colleague, customer: Counterpart
) -> None:
    second = await collaborate(service, anna, account_id=customer.account_id)
    await open_case(anna, customer)
    case = await open_case(anna, second)
    person = await rogue(service, customer)
    known = Contact(bureau.id, second.customer_id, email=person.member.email)
    await service.deliver(event_of(ContactAdded, known))
    assert await seen(person) == [case["id"]]


async def test_an_address_that_is_not_proven_opens_nothing(
    service: Service, bureau: Bureau, anna: Colleague, customer: Counterpart
) -> None:
    await open_case(anna, customer)
    member = Member(customer.account_id)
    known = Contact(bureau.id, customer.customer_id, email=member.email)
    await service.deliver(event_of(ContactAdded, known))
    proven = service.caller(member)
    claimed = service.caller(member, email_verified=False)
    assert len(await seen(proven)) == 1
    assert await seen(claimed) == []


async def test_who_wrote_a_case_reads_and_writes_in_it_without_being_a_contact(
    service: Service, anna: Colleague, customer: Counterpart
) -> None:
    await open_case(anna, customer)
    writer = await rogue(service, customer)
    opened = await writer.post("/v1/cases", {"subject": "Fråga", "body": "Hej"})
    assert opened.status_code == 201
    case = opened.json()
    assert await seen(writer) == [case["id"]]
    assert [each["is_contact"] for each in (await read_case(writer, case))["participants"]] == [None]
    assert [each["is_contact"] for each in (await read_case(anna, case))["participants"]] == [False]
    assert (await post(writer, case, "messages", {"body": "Mer"})).status_code == 201
    added = await add_file(writer, case)
    file = await writer.get(f"/v1/files/{added['id']}")
    assert file.status_code == 200
    known = Contact(customer.bureau_id, customer.customer_id, "Rolf Grå", email=writer.member.email)
    await service.deliver(event_of(ContactAdded, known))
    (shown,) = (await read_case(anna, case))["participants"]
    assert (shown["is_contact"], shown["contact_id"]) == (True, str(known.contact_id))


async def test_a_participant_who_is_no_longer_a_contact_loses_the_case_and_hears_nothing_of_it(
    service: Service, anna: Colleague, customer: Counterpart
) -> None:
    left, stays = customer.people[0], await join(service, customer)
    customer.people.append(stays)
    case = await open_case(anna, customer)
    await service.deliver(event_of(ContactRemoved, left.contact, sequence=2))
    assert await seen(left) == []
    assert (await post(left, case, "messages", {"body": "x"})).status_code == 404
    assert await seen(stays) == [case["id"]]
    assert (await post(anna, case, "messages", {"body": "x"})).status_code == 201
    told = [each for each in await events_about(service, case) if isinstance(each, MessagePosted)]
    assert [each.recipient_ids for each in told] == [[stays.user_id]]


async def test_a_member_who_was_removed_hears_nothing_of_their_own_case(
    service: Service, anna: Colleague, customer: Counterpart
) -> None:
    writer = await rogue(service, customer)
    case = (await writer.post("/v1/cases", {"subject": "Fråga", "body": "Hej"})).json()
    assert (await post(anna, case, "messages", {"body": "x"})).status_code == 201
    await service.deliver(event_of(MemberRemoved, writer.member, sequence=2))
    assert (await post(anna, case, "messages", {"body": "x"})).status_code == 201
    told = [each for each in await events_about(service, case) if isinstance(each, MessagePosted)]
    assert [each.recipient_ids for each in told] == [[writer.user_id], []]
