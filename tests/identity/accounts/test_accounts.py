"""Accounts open when an invitation is accepted; members come and go; what a person is shown."""

from typing import Any
from uuid import UUID

from services.identity.accounts import queries
from shared.events.identity import (
    AccountCreated,
    MemberAdded,
    MemberRemoved,
    MemberRoleChanged,
    PasswordResetRequested,
)
from shared.ids import uuid7
from tests.factories.people import Person, accepted, choose_password, new_person
from tests.factories.records import address, organisation_number
from tests.factories.service import Service


async def add_member(admin: Person, account_id: UUID, email: str, **more: Any) -> Any:
    return await admin.post(f"/v1/accounts/{account_id}/members", {"email": email, **more})


async def test_accepting_opens_the_account_once(service: Service, person: Person) -> None:
    event = accepted(person)
    for _ in range(2):
        await service.deliver(event)
    again = accepted(person, account_id=event.account_id, organisation_number=event.organisation_number)
    await service.deliver(again)
    (created,) = await service.published(AccountCreated, account_id=event.account_id)
    assert created.organisation_number == event.organisation_number
    assert created.bureau_id is None
    (added,) = await service.published(MemberAdded, account_id=event.account_id)
    assert (added.email, added.role, added.sequence) == (person.email, "administrator", 1)
    session = await person.log_in(account_id=str(event.account_id))
    assert session["hat"]["account_name"] == "Bageriet AB"


async def test_an_account_of_others_is_not_joined_by_accepting(service: Service, person: Person) -> None:
    event, stranger = accepted(person), await new_person(service)
    late = accepted(stranger, organisation_number=event.organisation_number)
    await service.deliver(event, late)
    (parked,) = await service.rows("select state, cause from dead_letters where event_id = :id", id=late.id)
    assert parked.state == "parked"
    assert (await stranger.log_in())["hats"] == []


async def test_an_event_before_its_person_waits(service: Service, person: Person) -> None:
    event = accepted(person, accepted_by=uuid7())
    await service.deliver(event)
    (kept,) = await service.rows("select state from dead_letters where event_id = :id", id=event.id)
    assert kept.state == "waiting"


async def test_a_new_member_by_mail(service: Service, person: Person, account_id: UUID) -> None:
    email = address("ny")
    answer = await add_member(person, account_id, email, name="Nils Ny")
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    assert (answer.json()["role"], answer.json()["email_verified"]) == ("user", False)
    assert await service.published(PasswordResetRequested, email=email) == []
    (added,) = await service.published(MemberAdded, email=email)
    assert (added.account_name, added.added_by_name) == ("Bageriet AB", "Anna Ek")
    await choose_password(service, added.password_reset_id)
    member = Person(service.client, email)
    await member.log_in(account_id=str(account_id))
    listed = (await member.get(f"/v1/accounts/{account_id}/members")).json()["items"]
    assert [each["name"] for each in listed] == ["Anna Ek", "Nils Ny"]
    refused = await add_member(member, account_id, address())
    assert (refused.status_code, refused.json()["code"]) == (403, "missing_permission")
    twice = await add_member(person, account_id, email)
    assert (twice.status_code, twice.json()["code"]) == (409, "member_exists")


async def test_a_known_person_becomes_a_member_without_mail(
    service: Service, person: Person, account_id: UUID
) -> None:
    known = await new_person(service)
    assert (await add_member(person, account_id, known.email)).status_code == 201
    (added,) = await service.published(MemberAdded, email=known.email)
    assert added.password_reset_id is None
    await known.log_in(account_id=str(account_id))


async def test_a_role_changes_and_a_member_leaves_at_once_and_returns(
    service: Service, person: Person, account_id: UUID
) -> None:
    other = await new_person(service)
    path = f"/v1/accounts/{account_id}/members/{other.user_id}"
    await add_member(person, account_id, other.email, role="administrator")
    await other.log_in(account_id=str(account_id))
    assert (await person.call("PATCH", path, json={"role": "user"})).status_code == 428
    changed = await person.call("PATCH", path, json={"role": "user"}, version=2)
    assert (changed.json()["role"], changed.headers["etag"]) == ("user", '"3"')
    assert (await person.call("PATCH", path, json={"role": "user"}, version=2)).status_code == 412
    assert (await add_member(other, account_id, address())).status_code == 403
    assert (await person.call("DELETE", path)).status_code == 204
    assert (await other.get(f"/v1/accounts/{account_id}")).status_code == 401
    assert (await person.call("DELETE", path)).status_code == 404
    back = await add_member(person, account_id, other.email)
    assert back.json()["version"] == 5
    changes = await service.published(MemberRoleChanged, user_id=other.user_id)
    assert [(each.role, each.sequence) for each in changes] == [("administrator", 2), ("user", 3)]
    assert (await service.published(MemberRemoved, user_id=other.user_id))[0].sequence == 4
    await other.log_in(account_id=str(account_id))
    assert (await other.get(f"/v1/accounts/{account_id}")).json()["name"] == "Bageriet AB"


async def test_the_last_administrator_stays(person: Person, account_id: UUID) -> None:
    path = f"/v1/accounts/{account_id}/members/{person.user_id}"
    answers = [
        await person.call("DELETE", path),
        await person.call("PATCH", path, json={"role": "user"}, version=1),
    ]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(409, "last_administrator")] * 2
    assert (await person.get(path)).json()["role"] == "administrator"


async def test_another_account_is_not_found(
    service: Service, admin: Person, account_id: UUID, person: Person
) -> None:
    stranger = await new_person(service)
    own = accepted(stranger)
    await service.deliver(own)
    await stranger.log_in(account_id=str(own.account_id))
    path = f"/v1/accounts/{account_id}"
    answers = [
        await stranger.get(path),
        await stranger.get(f"{path}/members"),
        await add_member(stranger, account_id, address()),
        await stranger.call("PATCH", f"{path}/members/{person.user_id}", json={"role": "user"}, version=1),
        await stranger.call("DELETE", f"{path}/members/{person.user_id}"),
        await stranger.get(f"/v1/accounts/{own.account_id}/members/{person.user_id}"),
    ]
    assert [each.status_code for each in answers] == [404] * 6
    assert (await admin.get(path)).json()["code"] == "wrong_hat"


async def test_what_the_checklist_asks(service: Service, person: Person) -> None:
    event = accepted(person)
    await service.deliver(event)
    async with service.database.transaction() as session:
        account = await queries.find_account_by_organisation_number(session, event.organisation_number or "")
        assert account is not None
        assert account.id == event.account_id
        assert await queries.find_account_by_organisation_number(session, organisation_number()) is None
        emails = [person.email.upper(), address()]
        roles = await queries.list_roles_by_email(session, account.id, emails)
        assert roles == {person.email: "administrator"}
