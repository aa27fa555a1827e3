"""Republishing: the owners of facts can fill the copies of them again, and nothing else happens."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from arende.registry import SERVICES
from shared.bus.republish import republish
from tests.command import arende
from tests.factories.customers import new_contact, new_customer, ready_customer
from tests.factories.people import Person, employ, log_in_first_employee, new_person, sign_up_bureau
from tests.factories.subscriptions import buy
from tests.factories.town import Town

OWNERS = ("identity", "invitations", "cases", "billing")
COPIES = {
    "identity": ("collaborations", "refused_acceptances", "activity", "cases"),
    "invitations": ("bureaus", "customers", "contacts", "features", "members"),
    "cases": ("bureaus", "customers", "contacts", "members", "employees", "collaborations", "features"),
    "billing": ("bureaus",),
    "notifications": (
        *("bureaus", "customers", "contacts", "employees", "members", "collaborations"),
        "case_readings",
    ),
}
# What an event leaves on its way.
PASSAGE = ("alembic_version", "inbox", "outbox", "idempotency_keys")


async def everything(town: Town) -> dict[str, list[str]]:
    """Every row of every table of every service."""
    found: dict[str, list[str]] = {}
    for service in town.services:
        connection = await town.admin(service)
        tables = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
        for (table,) in tables:
            if not table.startswith(PASSAGE):
                rows = await connection.fetch(f'select to_jsonb(t)::text from "{table}" t')  # noqa: S608 - names from the catalogue
                found[f"{service}.{table}"] = sorted(row[0] for row in rows)
        await connection.close()
    return found


def differences(before: dict[str, list[str]], after: dict[str, list[str]]) -> dict[str, list[str]]:
    """The rows of each table that are not the same."""
    changed = {name: sorted({*before[name]} ^ {*after[name]}) for name in before}
    return {name: rows for name, rows in changed.items() if rows}


async def tell_again(town: Town, *owners: str, bureau_id: UUID | None = None) -> int:
    """In small pages, so that there are several of each kind."""
    told = 0
    for owner in owners:
        database = town.services[owner].database
        counts = await republish(
            database, SERVICES[owner].facts, bureau_id=bureau_id, page=2, most_waiting=999
        )
        told += sum(counts.values())
        await town.settle()
    return told


async def sql(town: Town, service: str, *statements: str) -> None:
    connection = await town.admin(service)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


async def case(by: Person, customer: dict[str, Any], **more: Any) -> dict[str, Any]:
    contacts = (await by.read(f"/v1/customers/{customer['id']}/contacts"))["items"]
    question = {"type": "question", "subject": "Lönerna", "body": "Hur gick det?", "send": True}
    people = [each["id"] for each in contacts if each["email"] == more.pop("to")]
    body = {"customer_id": customer["id"], "participant_ids": people, **question, **more}
    answer = await by.post("/v1/cases", body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def accepted(town: Town, by: Person, customer: dict[str, Any], contact: Person) -> dict[str, Any]:
    """The collaboration that the contact's acceptance opens."""
    await new_contact(by, customer["id"], name="Karin Ek", email=contact.email)
    await town.settle()
    invitation = await by.post("/v1/invitations", {"customer_id": customer["id"]})
    assert invitation.status_code == 201, invitation.text
    answer = await contact.post(f"/v1/invitations/{invitation.json()['id']}/accept")
    assert answer.status_code == 200, answer.text
    await town.settle()
    return dict(answer.json())


async def live(town: Town, admin: Person) -> None:
    """A bureau in whose life each fact of which there are copies has come, changed and gone."""
    _, bo = await employ(town.identity, admin, customers="full")
    left, _ = await employ(town.identity, admin)
    await admin.post(f"/v1/employees/{left['id']}/deactivate", {"transfer_to": admin.hat["employee_id"]})
    await town.settle()
    karin, nils = await new_person(town.identity), await new_person(town.identity)
    open_one, ended, inactive = [await new_customer(admin) for _ in range(3)]
    await new_customer(admin, kind="private_individual", organisation_number=None)
    await admin.call("PATCH", f"/v1/customers/{open_one['id']}", json={"name": "Nytt namn AB"}, version="*")
    await admin.post(f"/v1/customers/{inactive['id']}/deactivate")
    gone = await new_contact(admin, (await ready_customer(admin))["id"])
    await admin.call("DELETE", f"/v1/contacts/{gone['id']}")
    await town.settle()
    await buy(admin)
    await town.settle()
    await accepted(town, admin, open_one, karin)
    over = await accepted(town, admin, ended, nils)
    account_id = await hat_of(karin)
    added = await karin.post(f"/v1/accounts/{account_id}/members", {"email": nils.email, "role": "user"})
    assert added.status_code == 201, added.text
    path = f"/v1/accounts/{account_id}/members/{added.json()['user_id']}"
    removed = await karin.call("DELETE", path)
    assert removed.status_code == 204, removed.text
    await town.settle()
    closed = await case(bo, open_one, to=karin.email)
    await case(bo, open_one, to=karin.email, send=False)
    assert (await karin.put(f"/v1/cases/{closed['id']}/read")).is_success
    await karin.post(f"/v1/cases/{closed['id']}/messages", {"body": "Bra"})
    for step in ("resolve", "close"):
        assert (await admin.post(f"/v1/cases/{closed['id']}/{step}")).status_code == 200
    await case(admin, ended, to=nils.email)
    await town.settle()
    end = await admin.post(f"/v1/collaborations/{over['collaboration_id']}/end")
    assert end.status_code == 200, end.text
    # Whoever is no administrator of the account can't accept for another of its bureaus' customers.
    twin = await new_customer(admin, organisation_number=open_one["organisation_number"])
    await new_contact(admin, twin["id"], email=nils.email)
    await town.settle()
    invitation = await admin.post("/v1/invitations", {"customer_id": twin["id"]})
    refused = await nils.post(f"/v1/invitations/{invitation.json()['id']}/accept")
    assert refused.status_code == 403, refused.text
    await town.settle()


async def hat_of(person: Person) -> str:
    await person.log_in()
    (hat,) = [each for each in (await person.read("/v1/me"))["hats"] if each["kind"] == "member"]
    await person.log_in(account_id=hat["account_id"])
    return str(hat["account_id"])


@pytest.fixture(scope="module")
async def lived(town: Town) -> list[Person]:
    """Two bureaus, one of which has cancelled."""
    admins = []
    for _ in range(2):
        admins.append(await log_in_first_employee(town.identity, await sign_up_bureau(town.identity)))
        await town.settle()
        await live(town, admins[-1])
    cancelled = await admins[1].post("/v1/subscription/cancel")
    assert cancelled.is_success, cancelled.text
    await town.settle()
    return admins


async def test_what_is_as_it_should_be_stays_as_it_is(town: Town, lived: list[Person]) -> None:
    """No copy changes, and no mail, no entry of a feed, nothing else arises."""
    before = await everything(town)
    assert all(before[f"{service}.{table}"] for service, tables in COPIES.items() for table in tables)
    for _ in range(2):
        assert await tell_again(town, *OWNERS) > 50
        assert differences(before, await everything(town)) == {}


async def test_lost_copies_are_filled(town: Town, lived: list[Person]) -> None:
    before = await everything(town)
    for service, tables in COPIES.items():
        await sql(town, service, *(f"truncate {table}" for table in tables))
    for service in ("invitations", "cases", "billing", "notifications"):
        await sql(town, service, "truncate access")
    await tell_again(town, *OWNERS)
    after = await everything(town)
    # When a customer's cases last moved is known to the second, and a lower bound of which version was read.
    nearly = ("identity.activity", "notifications.case_readings")
    assert [len(after[name]) for name in nearly] == [len(before[name]) for name in nearly]
    assert [name for name in differences(before, after) if name not in nearly] == []


async def test_damaged_copies_are_repaired(town: Town, lived: list[Person]) -> None:
    """Copies that miss a column of this release, that know too little, or that have missed a removal."""
    before = await everything(town)
    wrong = {
        "notifications": ["customers set responsible_id = null, name = 'X'", "members set language = 'en'"],
        "cases": [
            "contacts set active = true, sequence = sequence - 1 where not active",
            "members set active = true, sequence = sequence - 1 where not active",
            "employees set active = true, sequence = sequence - 1, successor_id = null where not active",
            "collaborations set active = true, ended_at = null, sequence = sequence - 1 where not active",
            "features set ends_on = null",
        ],
        "identity": ["cases set assignee_id = gen_random_uuid()"],
    }
    for service, updates in wrong.items():
        await sql(town, service, *(f"update {each}" for each in updates))
    await tell_again(town, *OWNERS)
    assert differences(before, await everything(town)) == {}


async def test_the_present_state_of_a_lost_customer_counts_again(town: Town, lived: list[Person]) -> None:
    """What a customer was earlier only billing knows: that comes back from a backup alone."""
    latest = "select distinct on (customer_id) to_jsonb(h) - 'recorded_at' as row from customer_history h"
    latest += " order by customer_id, sequence desc"
    billing = town.services["billing"]
    before = [row.row for row in await billing.rows(latest)]
    await sql(town, "billing", "truncate customer_history")
    await tell_again(town, "identity")
    assert [row.row for row in await billing.rows(latest)] == before


async def test_one_bureau_is_told_alone(town: Town, lived: list[Person]) -> None:
    one = UUID(lived[0].hat["bureau_id"])
    connection = await town.admin("cases")
    await connection.execute("truncate customers, contacts, members, employees, collaborations")
    await tell_again(town, *OWNERS, bureau_id=one)
    for table in ("customers", "contacts", "employees", "collaborations"):
        found = await connection.fetch(f'select distinct bureau_id from "{table}"')  # noqa: S608 - names of ours
        assert [row[0] for row in found] == [one]
    assert await connection.fetchval("select count(*) from members") == 3
    await connection.close()
    await tell_again(town, *OWNERS)


async def test_the_operators_command(town: Town, lived: list[Person]) -> None:
    one = lived[0].hat["bureau_id"]
    billing = town.services["billing"].app.state.settings
    told = await asyncio.to_thread(arende, "republish", "billing", "--bureau", one, settings=billing)
    assert (told.returncode, told.stdout) == (0, "1 subscriptions\n"), told.stderr
    nothing = await asyncio.to_thread(arende, "republish", "notifications", settings=billing)
    assert nothing.returncode == 1
    assert "no service keeps copies of what notifications owns" in " ".join(nothing.stderr.split())
    await town.settle()


def test_every_fact_that_is_kept_as_a_copy_is_told_again() -> None:
    told = {event for service in SERVICES.values() for kind in service.facts for event in kind.events}
    for service in SERVICES.values():
        for reaction in service.handlers.reactions.values():
            if reaction.copies:
                assert told & set(reaction.events), reaction.queue
