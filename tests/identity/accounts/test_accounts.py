"""Accounts open when an invitation is accepted; members come and go; what a person is shown."""

from typing import Any
from uuid import UUID

from services.identity.accounts import queries
from services.identity.handlers import handlers
from shared.bus.consumer import Consumer
from shared.events.identity import (
    AccountCreated,
    MemberAdded,
    MemberRemoved,
    MemberRoleChanged,
    PasswordResetRequested,
)
from shared.ids import uuid7
from tests.identity.factories import Office, Person, Register, accepted, address, organisation_number


async def add_member(admin: Person, account_id: UUID, email: str, **more: Any) -> Any:
    return await admin.call("POST", f"/v1/accounts/{account_id}/members", json={"email": email, **more})


async def test_accepting_opens_the_account_once(
    consumer: Consumer, register: Register, person: Person
) -> None:
    event = accepted(person)
    for _ in range(2):
        await consumer.deliver("identity.open-account", [event.to_wire()])
    again = accepted(person, account_id=event.account_id, organisation_number=event.organisation_number)
    await consumer.deliver("identity.open-account", [again.to_wire()])
    (created,) = await register.published(AccountCreated, account_id=event.account_id)
    assert created.organisation_number == event.organisation_number
    assert created.bureau_id is None
    (added,) = await register.published(MemberAdded, account_id=event.account_id)
    assert (added.email, added.role, added.sequence) == (person.email, "administrator", 1)
    session = await person.log_in(account_id=str(event.account_id))
    assert session["hat"]["account_name"] == "Bageriet AB"


async def test_an_account_of_others_is_not_joined_by_accepting(
    consumer: Consumer, register: Register, person: Person
) -> None:
    event, stranger = accepted(person), await register.person()
    late = accepted(stranger, organisation_number=event.organisation_number)
    await consumer.deliver("identity.open-account", [event.to_wire(), late.to_wire()])
    (parked,) = await register.rows("select state, cause from dead_letters where event_id = :id", id=late.id)
    assert parked.state == "parked"
    assert (await stranger.log_in())["hats"] == []


async def test_an_event_before_its_person_waits(
    register: Register, consumer: Consumer, person: Person
) -> None:
    patient = Consumer(consumer.database, handlers, delays=(60.0,))
    event = accepted(person, accepted_by=uuid7())
    await patient.deliver("identity.open-account", [event.to_wire()])
    (kept,) = await register.rows("select state from dead_letters where event_id = :id", id=event.id)
    assert kept.state == "waiting"


async def test_a_new_member_by_mail(register: Register, person: Person, account_id: UUID) -> None:
    email = address("ny")
    answer = await add_member(person, account_id, email, name="Nils Ny")
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    assert (answer.json()["role"], answer.json()["email_verified"]) == ("user", False)
    assert await register.published(PasswordResetRequested, email=email) == []
    (added,) = await register.published(MemberAdded, email=email)
    assert (added.account_name, added.added_by_name) == ("Bageriet AB", "Anna Ek")
    await register.choose_password(added.password_reset_id)
    member = Person(register.client, email)
    await member.log_in(account_id=str(account_id))
    listed = (await member.call("GET", f"/v1/accounts/{account_id}/members")).json()["items"]
    assert [each["name"] for each in listed] == ["Anna Ek", "Nils Ny"]
    refused = await add_member(member, account_id, address())
    assert (refused.status_code, refused.json()["code"]) == (403, "missing_permission")
    twice = await add_member(person, account_id, email)
    assert (twice.status_code, twice.json()["code"]) == (409, "member_exists")


async def test_a_known_person_becomes_a_member_without_mail(
    register: Register, person: Person, account_id: UUID
) -> None:
    known = await register.person()
    assert (await add_member(person, account_id, known.email)).status_code == 201
    (added,) = await register.published(MemberAdded, email=known.email)
    assert added.password_reset_id is None
    await known.log_in(account_id=str(account_id))


async def test_a_role_changes_and_a_member_leaves_at_once_and_returns(
    register: Register, person: Person, account_id: UUID
) -> None:
    other = await register.person()
    path = f"/v1/accounts/{account_id}/members/{other.user_id}"
    await add_member(person, account_id, other.email, role="administrator")
    await other.log_in(account_id=str(account_id))
    assert (await person.call("PATCH", path, json={"role": "user"})).status_code == 428
    changed = await person.call("PATCH", path, json={"role": "user"}, version=1)
    assert (changed.json()["role"], changed.headers["etag"]) == ("user", '"2"')
    assert (await person.call("PATCH", path, json={"role": "user"}, version=1)).status_code == 412
    assert (await add_member(other, account_id, address())).status_code == 403
    assert (await person.call("DELETE", path)).status_code == 204
    assert (await other.call("GET", f"/v1/accounts/{account_id}")).status_code == 401
    assert (await person.call("DELETE", path)).status_code == 404
    back = await add_member(person, account_id, other.email)
    assert back.json()["version"] == 4
    assert (await register.published(MemberRoleChanged, user_id=other.user_id))[0].sequence == 2
    assert (await register.published(MemberRemoved, user_id=other.user_id))[0].sequence == 3
    await other.log_in(account_id=str(account_id))
    assert (await other.call("GET", f"/v1/accounts/{account_id}")).json()["name"] == "Bageriet AB"


async def test_the_last_administrator_stays(person: Person, account_id: UUID) -> None:
    path = f"/v1/accounts/{account_id}/members/{person.user_id}"
    answers = [
        await person.call("DELETE", path),
        await person.call("PATCH", path, json={"role": "user"}, version=1),
    ]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(409, "last_administrator")] * 2
    assert (await person.call("GET", path)).json()["role"] == "administrator"


async def test_another_account_is_not_found(
    register: Register, consumer: Consumer, account_id: UUID, person: Person, office: Office
) -> None:
    stranger = await register.person()
    own = accepted(stranger)
    await consumer.deliver("identity.open-account", [own.to_wire()])
    await stranger.log_in(account_id=str(own.account_id))
    path = f"/v1/accounts/{account_id}"
    answers = [
        await stranger.call("GET", path),
        await stranger.call("GET", f"{path}/members"),
        await add_member(stranger, account_id, address()),
        await stranger.call("PATCH", f"{path}/members/{person.user_id}", json={"role": "user"}, version=1),
        await stranger.call("DELETE", f"{path}/members/{person.user_id}"),
        await stranger.call("GET", f"/v1/accounts/{own.account_id}/members/{person.user_id}"),
    ]
    assert [each.status_code for each in answers] == [404] * 6
    assert (await office.admin.call("GET", path)).json()["code"] == "wrong_hat"


async def test_what_the_checklist_asks(consumer: Consumer, person: Person) -> None:
    event = accepted(person)
    await consumer.deliver("identity.open-account", [event.to_wire()])
    async with consumer.database.transaction() as session:
        account = await queries.find_account_by_organisation_number(session, event.organisation_number or "")
        assert account is not None
        assert account.id == event.account_id
        assert await queries.find_account_by_organisation_number(session, organisation_number()) is None
        emails = [person.email.upper(), address()]
        roles = await queries.list_roles_by_email(session, account.id, emails)
        assert roles == {person.email: "administrator"}
