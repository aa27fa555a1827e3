import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from services.identity.imports import routes
from services.identity.imports.jobs import import_for_a_while, import_next
from shared.database.engine import Database
from shared.events.identity import (
    ContactAdded,
    ContactChanged,
    CustomerChanged,
    CustomerDeactivated,
    CustomerEvent,
    CustomerReactivated,
    CustomerRegistered,
    MainContactChanged,
)
from tests.identity.customers.factories import (
    HEADER,
    customers_of,
    line,
    new_contact,
    points_of,
    register_file,
    upload,
)
from tests.identity.factories import Office, Person, Register

SAMPLE = Path(__file__).parents[3] / "arende/demo/register.csv"
FACTS = Path(__file__).parents[2] / "journeys/sample_register.facts.json"


async def run(by: Person, worker_db: Database, body: bytes) -> dict[str, Any]:
    """Imports the file to its end; returns the job."""
    answer = await upload(by, body)
    assert answer.status_code == 202, answer.text
    await import_for_a_while(worker_db)
    job = await by.call("GET", answer.headers["location"])
    assert job.json()["status"] == "finished"
    return dict(job.json())


def counts(job: dict[str, Any]) -> tuple[int, int, int, int]:
    return job["created"], job["updated"], job["unchanged"], len(job["rejected"])


async def published(register: Register, office: Office) -> list[CustomerEvent]:
    kinds = (CustomerRegistered, CustomerChanged, CustomerDeactivated, CustomerReactivated)
    return [each for kind in kinds for each in await register.published(kind, bureau_id=office.id)]


async def test_the_sample_register(office: Office, worker_db: Database, register: Register) -> None:
    facts = json.loads(FACTS.read_text())

    answer = await upload(office.admin, SAMPLE.read_bytes())
    queued = answer.json()
    await import_for_a_while(worker_db)

    assert (queued["kind"], queued["status"]) == ("customer_import", "queued")
    assert (queued["total"], queued["done"]) == (facts["rows"], 0)
    job = (await office.admin.call("GET", f"/v1/jobs/{queued['id']}")).json()
    assert counts(job) == (facts["customers"], 0, 0, facts["bad_lines"])
    assert job["done"] == facts["rows"]
    customers = await customers_of(office.admin)
    assert len(customers) == facts["customers"]
    assert len([each for each in customers if each["active"]]) == facts["active"]
    checklist = (await office.admin.call("GET", "/v1/activation-checklist")).json()
    assert checklist["billable_customers"] == facts["billable_customers"]
    assert checklist["ready_customers"] == facts["ready"]
    points = {point["code"]: point["count"] for point in checklist["points"]}
    named = ("main_contact_missing", "email_missing", "email_invalid", "address_incomplete")
    assert {code: points[code] for code in named} == {code: facts[code] for code in named}
    ready = await customers_of(office.admin, readiness="ready")
    assert len(ready) == facts["ready"]
    assert len(await register.published(CustomerRegistered, bureau_id=office.id)) == facts["customers"]


async def test_importing_the_same_file_again_changes_nothing(
    office: Office, worker_db: Database, register: Register
) -> None:
    await run(office.admin, worker_db, SAMPLE.read_bytes())
    before = await customers_of(office.admin)
    events = await published(register, office)

    job = await run(office.admin, worker_db, SAMPLE.read_bytes())

    assert counts(job) == (0, 0, len(before), json.loads(FACTS.read_text())["bad_lines"])
    assert await customers_of(office.admin) == before
    assert await published(register, office) == events
    assert len(await register.published(ContactChanged, bureau_id=office.id)) == 0


async def test_changed_lines_change_what_they_say(
    office: Office, worker_db: Database, register: Register
) -> None:
    same, moved, closed, renamed = line("1"), line("2"), line("3"), line("4")
    await run(office.admin, worker_db, register_file(same, moved, closed, renamed))

    job = await run(
        office.admin,
        worker_db,
        register_file(
            same,
            moved.replace("ake@kund2.example", "ny@kund2.example"),
            closed.removesuffix("ja") + "nej",
            renamed.replace("Åke 4;ake@kund4", "Eva Ny;eva@kund4").replace("Storgatan 1", ""),
            line("5"),
        ),
    )

    assert counts(job) == (1, 3, 1, 0)
    rows = {each["number"]: each for each in await customers_of(office.admin)}
    assert [rows[number]["version"] for number in "12345"] == [1, 2, 2, 2, 1]
    assert rows["2"]["main_contact"]["email"] == "ny@kund2.example"
    assert rows["3"]["active"] is False
    assert rows["4"]["main_contact"]["name"] == "Eva Ny"
    assert rows["4"]["address"]["street"] == "Storgatan 1"
    assert len(await register.published(CustomerChanged, bureau_id=office.id)) == 2
    assert len(await register.published(CustomerDeactivated, bureau_id=office.id)) == 1
    assert len(await register.published(MainContactChanged, bureau_id=office.id)) == 2
    assert len(await register.published(ContactChanged, bureau_id=office.id)) == 1
    assert len(await register.published(ContactAdded, bureau_id=office.id)) == 6


async def test_faults_are_reported_by_line(office: Office, worker_db: Database) -> None:
    file = register_file(
        line("1", name='"Ek\r\nAB"', responsible_email="nobody@byran.example"),
        line("2", organisation_number="5566778890"),
        line("1"),
        "3;short",
        line("4", kind="stiftelse"),
        line("5", active="kanske"),
    )

    job = await run(office.admin, worker_db, file)

    assert [(each["line"], each["code"]) for each in job["rejected"]] == [
        (4, "organisation_number_invalid"),
        (5, "number_repeated"),
        (6, "line_unreadable"),
        (7, "kind_invalid"),
    ]
    assert [(each["line"], each["code"]) for each in job["warnings"]] == [
        (2, "responsible_unknown"),
        (8, "active_unknown"),
    ]
    assert all(each["detail"] for each in [*job["rejected"], *job["warnings"]])
    [first, _] = await customers_of(office.admin)
    assert (first["name"], first["responsible_id"]) == ("Ek AB", office.hat["employee_id"])


async def test_lines_go_to_those_who_are_responsible(office: Office, worker_db: Database) -> None:
    employee, _ = await office.employ()

    await run(office.admin, worker_db, register_file(line("1", responsible_email=employee["email"].upper())))

    [customer] = await customers_of(office.admin, responsible=employee["id"])
    assert customer["number"] == "1"


async def test_a_killed_import_goes_on_where_it_stopped(
    office: Office, worker_db: Database, register: Register
) -> None:
    answer = await upload(office.admin, register_file(*(line(str(number)) for number in range(1, 251))))
    path = answer.headers["location"]

    assert await import_next(worker_db)
    halfway = (await office.admin.call("GET", path)).json()
    assert (halfway["status"], halfway["done"], halfway["created"]) == ("running", 100, 100)
    await import_for_a_while(worker_db)

    job = (await office.admin.call("GET", path)).json()
    assert (job["status"], job["done"], counts(job)) == ("finished", 250, (250, 0, 0, 0))
    events = await published(register, office)
    assert sorted(int(each.number) for each in events) == list(range(1, 251))
    async with worker_db.transaction(bureau_id=office.bureau_id) as session:
        left = "select count(*) from import_chunks where bureau_id = :id and records is not null"
        assert await session.scalar(text(left), {"id": office.bureau_id}) == 0


async def test_an_import_that_cannot_go_on_fails_and_lets_others_pass(
    office: Office, worker_db: Database
) -> None:
    path = (await upload(office.admin, register_file(line("1")))).headers["location"]
    async with worker_db.transaction(bureau_id=office.bureau_id) as session:
        spoil = "update import_chunks set records = '[{\"line\": 2}]' where bureau_id = :id"
        await session.execute(text(spoil), {"id": office.bureau_id})

    job = await run(office.admin, worker_db, register_file(line("2")))

    assert counts(job) == (1, 0, 0, 0)
    assert (await office.admin.call("GET", path)).json()["status"] == "failed"


@pytest.mark.parametrize(
    ("body", "code", "fields"),
    [
        (b"", "empty_file", []),
        (b"\x89PNG\r\n\x1a\n\x00", "wrong_encoding", []),
        (HEADER.replace("city;", "").encode(), "missing_column", ["city"]),
    ],
)
async def test_files_that_are_no_register(office: Office, body: bytes, code: str, fields: list[str]) -> None:
    answer = await upload(office.admin, body)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert [each["field"] for each in answer.json()["errors"]] == fields


async def test_a_file_too_large_is_refused_while_it_comes(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "LARGEST_IMPORT", 1000)

    answer = await upload(office.admin, b"x" * 1001)

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_who_may_import(office: Office, other_office: Office) -> None:
    _, limited = await office.employ(customers="limited")
    started = await upload(office.admin, register_file(line("1")))
    path = started.headers["location"]

    refused = await upload(limited, register_file(line("2")))
    stranger = await office.admin.client.post("/v1/customers/import", content=b"x")
    as_json = await upload(office.admin, b"{}", **{"Content-Type": "application/json"})

    assert (refused.status_code, refused.json()["code"]) == (403, "missing_permission")
    assert stranger.status_code == 401
    assert (as_json.status_code, as_json.json()["code"]) == (415, "not_csv")
    assert (await limited.call("GET", path)).status_code == 200
    assert (await other_office.admin.call("GET", path)).status_code == 404


async def test_what_was_corrected_by_hand_is_kept(office: Office, worker_db: Database) -> None:
    file = register_file(line("1", contact_name="", contact_email="", contact_phone="", street=""))
    await run(office.admin, worker_db, file)
    [customer] = await customers_of(office.admin)
    await new_contact(office.admin, customer["id"])
    await office.admin.call(
        "PATCH", f"/v1/customers/{customer['id']}", version=2, json={"address": {"street": "Ågatan 1"}}
    )

    job = await run(office.admin, worker_db, file)

    assert counts(job) == (0, 0, 1, 0)
    assert (await points_of(office.admin))["address_incomplete"] == []
