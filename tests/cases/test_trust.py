"""Being a member of a customer's account, even its administrator, opens nothing of a bureau's by itself."""

from typing import Any

import pytest

from shared.events.cases import MessagePosted
from shared.events.identity import (
    ContactAdded,
    ContactChanged,
    ContactEvent,
    ContactRemoved,
    MemberAdded,
    MemberRemoved,
)
from shared.ids import uuid7
from tests.cases.factories import Customer, Employed, Headers, Person, World


def contact(world: World, customer: Customer, kind: type[ContactEvent], **overrides: Any) -> ContactEvent:
    fields = {
        "bureau_id": world.bureau_id,
        "contact_id": uuid7(),
        "customer_id": customer.id,
        "name": "Rolf Grå",
        "email": f"{uuid7()}@kunden.example",
        "language": "sv",
    }
    return kind.model_validate({**fields, **overrides})


@pytest.fixture
async def anna(world: World) -> Employed:
    return await world.employee()


@pytest.fixture
async def customer(world: World, anna: Employed) -> Customer:
    return await world.customer(anna)


async def rogue(world: World, customer: Customer, email: str = "rolf@grannbyran.example") -> Person:
    """An administrator of the account whom the bureau does not know."""
    user_id = uuid7()
    member = {"account_id": customer.account_id, "user_id": user_id, "name": "Rolf Grå", "email": email}
    await world.told(MemberAdded(**member, language="sv", role="administrator"))
    headers = world.tokens.member(
        customer.account_id, role="administrator", user_id=user_id, email=email, name="Rolf Grå"
    )
    return Person(uuid7(), user_id, "Rolf Grå", headers)


async def seen(world: World, headers: Headers) -> list[str]:
    """The ids of the cases that are listed; counted are as many."""
    listed = (await world.client.get("/v1/cases", headers=headers)).json()["items"]
    counted = (await world.client.get("/v1/cases/counts", headers=headers)).json()["total"]
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
    world: World, anna: Employed, customer: Customer
) -> None:
    case = await world.case(anna, customer, type="document_request", items=["Utdrag"])
    added = await world.file(case, anna.headers)
    stranger = await rogue(world, customer)
    url = f"/v1/cases/{case['id']}"
    answers = [await world.client.get(url + path, headers=stranger.headers) for path in READING]
    for method, path, body in WRITING:
        path = path.format(item=case["items"][0]["id"])
        answers.append(await world.client.request(method, url + path, json=body, headers=stranger.headers))
    form = {"file": ("a.txt", b"a", "text/plain")}
    answers.append(await world.client.post(f"{url}/files", files=form, headers=stranger.headers))
    answers.append(await world.client.get(f"/v1/files/{added['id']}", headers=stranger.headers))
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(404, "not_found")] * 11
    assert await seen(world, stranger.headers) == []


async def test_an_administrator_sees_the_cases_of_the_bureaus_that_know_them(
    world: World, other_world: World, anna: Employed, customer: Customer
) -> None:
    eva = await other_world.employee("Eva Dal")
    theirs = await other_world.customer(eva, account_id=customer.account_id)
    await other_world.case(eva, theirs)
    case = await world.case(anna, customer)
    person = await rogue(world, customer, email="Rolf@Kunden.example".lower())
    assert await seen(world, person.headers) == []
    known = contact(world, customer, ContactAdded, email=" Rolf@KUNDEN.example")
    await world.told(known)
    assert await seen(world, person.headers) == [case["id"]]
    assert (await world.get(case, person.headers))["subject"] == case["subject"]
    elsewhere = known.model_dump(exclude={"id", "sequence", "email"})
    await world.told(ContactChanged(**elsewhere, email="ny@kunden.example", sequence=2))
    assert await seen(world, person.headers) == []
    await world.told(ContactChanged(**elsewhere, email="rolf@kunden.example", sequence=3))
    assert await seen(world, person.headers) == [case["id"]]
    await world.told(ContactRemoved(**elsewhere, email="rolf@kunden.example", sequence=4))
    assert await seen(world, person.headers) == []


async def test_a_contact_of_another_customer_of_the_bureau_is_none_of_this_one(
    world: World, anna: Employed, customer: Customer
) -> None:
    second = await world.customer(anna, account_id=customer.account_id)
    await world.case(anna, customer)
    case = await world.case(anna, second)
    person = await rogue(world, customer)
    await world.told(contact(world, second, ContactAdded, email="rolf@grannbyran.example"))
    assert await seen(world, person.headers) == [case["id"]]


async def test_an_address_that_is_not_proven_opens_nothing(
    world: World, anna: Employed, customer: Customer
) -> None:
    await world.case(anna, customer)
    email = f"{uuid7()}@kunden.example"
    await world.told(contact(world, customer, ContactAdded, email=email))
    claims: dict[str, Any] = {"role": "administrator", "user_id": uuid7(), "email": email}
    proven = world.tokens.member(customer.account_id, **claims)
    claimed = world.tokens.member(customer.account_id, **claims, email_verified=False)
    assert len(await seen(world, proven)) == 1
    assert await seen(world, claimed) == []


async def test_who_wrote_a_case_reads_and_writes_in_it_without_being_a_contact(
    world: World, anna: Employed, customer: Customer
) -> None:
    await world.case(anna, customer)
    writer = await rogue(world, customer)
    opened = await world.client.post(
        "/v1/cases", json={"subject": "Fråga", "body": "Hej"}, headers=writer.headers
    )
    assert opened.status_code == 201
    case = opened.json()
    assert await seen(world, writer.headers) == [case["id"]]
    assert (await world.post(case, "messages", writer.headers, {"body": "Mer"})).status_code == 201
    added = await world.file(case, writer.headers)
    file = await world.client.get(f"/v1/files/{added['id']}", headers=writer.headers)
    assert file.status_code == 200


async def test_a_participant_who_is_no_longer_a_contact_loses_the_case_and_hears_nothing_of_it(
    world: World, anna: Employed, customer: Customer
) -> None:
    left, stays = customer.people[0], await world.person(customer)
    customer.people.append(stays)
    case = await world.case(anna, customer)
    gone = contact(world, customer, ContactRemoved, contact_id=left.contact_id, sequence=2)
    await world.told(gone)
    assert await seen(world, left.headers) == []
    assert (await world.post(case, "messages", left.headers, {"body": "x"})).status_code == 404
    assert await seen(world, stays.headers) == [case["id"]]
    assert (await world.post(case, "messages", anna.headers, {"body": "x"})).status_code == 201
    told = [each for each in await world.events(case) if isinstance(each, MessagePosted)]
    assert [each.recipient_ids for each in told] == [[stays.user_id]]


async def test_a_member_who_was_removed_hears_nothing_of_their_own_case(
    world: World, anna: Employed, customer: Customer
) -> None:
    writer = await rogue(world, customer)
    case = (
        await world.client.post("/v1/cases", json={"subject": "Fråga", "body": "Hej"}, headers=writer.headers)
    ).json()
    assert (await world.post(case, "messages", anna.headers, {"body": "x"})).status_code == 201
    member = {"account_id": customer.account_id, "user_id": writer.user_id, "name": "Rolf", "email": "r@x.se"}
    await world.told(MemberRemoved(**member, language="sv", role="administrator", sequence=2))
    assert (await world.post(case, "messages", anna.headers, {"body": "x"})).status_code == 201
    told = [each for each in await world.events(case) if isinstance(each, MessagePosted)]
    assert [each.recipient_ids for each in told] == [[writer.user_id], []]
