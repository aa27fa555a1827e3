import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from services.identity.imports.jobs import import_for_a_while, import_next
from services.identity.main import api
from services.identity.settings import Settings
from shared.events.identity import (
    ContactAdded,
    ContactChanged,
    CustomerChanged,
    CustomerDeactivated,
    CustomerEvent,
    CustomerRegistered,
    MainContactChanged,
)
from tests.factories.customers import customers_of, new_contact, points_of
from tests.factories.people import Person, employ
from tests.factories.records import Bureau
from tests.factories.register_files import HEADER, line, register_file, upload_register
from tests.factories.service import Service, client_of

SAMPLE = Path(__file__).parents[3] / "arende/demo/register.csv"
FACTS = Path(__file__).parents[2] / "journeys/sample_register.facts.json"


async def run(service: Service, by: Person, body: bytes) -> dict[str, Any]:
    """Imports the file to its end; returns the job."""
    answer = await upload_register(by, body)
    assert answer.status_code == 202, answer.text
    await import_for_a_while(service.database)
    job = await by.get(answer.headers["location"])
    assert job.json()["status"] == "finished"
    return dict(job.json())


def counts(job: dict[str, Any]) -> tuple[int, int, int, int]:
    return job["created"], job["updated"], job["unchanged"], len(job["rejected"])


async def test_the_sample_register(service: Service, bureau: Bureau, admin: Person) -> None:
    facts = json.loads(FACTS.read_text())

    answer = await upload_register(admin, SAMPLE.read_bytes())
    queued = answer.json()
    await import_for_a_while(service.database)

    assert (queued["kind"], queued["status"]) == ("customer_import", "queued")
    assert (queued["total"], queued["done"]) == (facts["rows"], 0)
    job = (await admin.get(f"/v1/jobs/{queued['id']}")).json()
    assert counts(job) == (facts["customers"], 0, 0, facts["bad_lines"])
    assert job["done"] == facts["rows"]
    customers = await customers_of(admin)
    assert len(customers) == facts["customers"]
    assert len([each for each in customers if each["active"]]) == facts["active"]
    checklist = (await admin.get("/v1/activation-checklist")).json()
    assert checklist["billable_customers"] == facts["billable_customers"]
    assert checklist["ready_customers"] == facts["ready"]
    points = {point["code"]: point["count"] for point in checklist["points"]}
    named = ("main_contact_missing", "email_missing", "email_invalid", "address_incomplete")
    assert {code: points[code] for code in named} == {code: facts[code] for code in named}
    ready = await customers_of(admin, readiness="ready")
    assert len(ready) == facts["ready"]
    assert len(await service.published(CustomerRegistered, bureau_id=bureau.id)) == facts["customers"]


async def test_importing_the_same_file_again_changes_nothing(
    service: Service, bureau: Bureau, admin: Person
) -> None:
    await run(service, admin, SAMPLE.read_bytes())
    before = await customers_of(admin)
    events = await service.published(CustomerEvent, bureau_id=bureau.id)

    job = await run(service, admin, SAMPLE.read_bytes())

    assert counts(job) == (0, 0, len(before), json.loads(FACTS.read_text())["bad_lines"])
    assert await customers_of(admin) == before
    assert await service.published(CustomerEvent, bureau_id=bureau.id) == events
    assert len(await service.published(ContactChanged, bureau_id=bureau.id)) == 0


async def test_changed_lines_change_what_they_say(service: Service, bureau: Bureau, admin: Person) -> None:
    same, moved, closed, renamed = line("1"), line("2"), line("3"), line("4")
    await run(service, admin, register_file(same, moved, closed, renamed))

    job = await run(
        service,
        admin,
        register_file(
            same,
            moved.replace("ake@kund2.example", "ny@kund2.example"),
            closed.removesuffix("ja") + "nej",
            renamed.replace("Åke 4;ake@kund4", "Eva Ny;eva@kund4").replace("Storgatan 1", ""),
            line("5"),
        ),
    )

    assert counts(job) == (1, 3, 1, 0)
    rows = {each["number"]: each for each in await customers_of(admin)}
    assert [rows[number]["version"] for number in "12345"] == [1, 2, 2, 2, 1]
    assert rows["2"]["main_contact"]["email"] == "ny@kund2.example"
    assert rows["3"]["active"] is False
    assert rows["4"]["main_contact"]["name"] == "Eva Ny"
    assert rows["4"]["address"]["street"] == "Storgatan 1"
    assert len(await service.published(CustomerChanged, bureau_id=bureau.id)) == 2
    assert len(await service.published(CustomerDeactivated, bureau_id=bureau.id)) == 1
    assert len(await service.published(MainContactChanged, bureau_id=bureau.id)) == 2
    assert len(await service.published(ContactChanged, bureau_id=bureau.id)) == 1
    assert len(await service.published(ContactAdded, bureau_id=bureau.id)) == 6


async def test_faults_are_reported_by_line(service: Service, admin: Person) -> None:
    file = register_file(
        line("1", name='"Ek\r\nAB"', responsible_email="nobody@byran.example"),
        line("2", organisation_number="5566778890"),
        line("1"),
        "3;short",
        line("4", kind="stiftelse"),
        line("5", active="kanske"),
    )

    job = await run(service, admin, file)

    assert [(each["line"], each["code"]) for each in job["rejected"]] == [
        (4, "organisation_number_invalid"),
        (5, "number_repeated"),
        (6, "line_unreadable"),
        (7, "not_one_of"),
    ]
    assert [(each["line"], each["code"]) for each in job["warnings"]] == [
        (2, "responsible_unknown"),
        (8, "active_unknown"),
    ]
    assert all(each["detail"] for each in [*job["rejected"], *job["warnings"]])
    [first, _] = await customers_of(admin)
    assert (first["name"], first["responsible_id"]) == ("Ek AB", admin.hat["employee_id"])


@pytest.mark.parametrize("named", [True, False])
async def test_who_has_left_meanwhile_is_responsible_for_nothing(
    service: Service, admin: Person, named: bool
) -> None:
    """The successor is, or where nobody was named, an administrator of the bureau."""
    starter, person = await employ(service, admin, customers="full")
    successor, _ = await employ(service, admin)
    assert (await upload_register(person, register_file(line("1")))).status_code == 202
    body = {"transfer_to": successor["id"]} if named else {}
    left = await admin.post(f"/v1/employees/{starter['id']}/deactivate", body)
    assert left.status_code == 200, left.text
    await import_for_a_while(service.database)
    [customer] = await customers_of(admin)
    assert customer["responsible_id"] == (successor["id"] if named else admin.hat["employee_id"])


async def test_who_leaves_while_the_import_runs_is_responsible_for_nothing(
    service: Service, admin: Person
) -> None:
    for _ in range(4):
        starter, person = await employ(service, admin, customers="full")
        numbers = [starter["id"][-8:] + str(n) for n in range(300)]
        await upload_register(person, register_file(*map(line, numbers)))
        transfer = {"transfer_to": admin.hat["employee_id"]}
        _, left = await asyncio.gather(
            import_for_a_while(service.database),
            admin.post(f"/v1/employees/{starter['id']}/deactivate", transfer),
        )
        assert left.status_code == 200, left.text
        assert await customers_of(admin, responsible=starter["id"]) == []


async def test_lines_go_to_those_who_are_responsible(service: Service, admin: Person) -> None:
    employee, _ = await employ(service, admin)

    await run(service, admin, register_file(line("1", responsible_email=employee["email"].upper())))

    [customer] = await customers_of(admin, responsible=employee["id"])
    assert customer["number"] == "1"


async def test_a_killed_import_goes_on_where_it_stopped(
    service: Service, bureau: Bureau, admin: Person
) -> None:
    answer = await upload_register(admin, register_file(*(line(str(number)) for number in range(1, 251))))
    path = answer.headers["location"]

    assert await import_next(service.database)
    halfway = (await admin.get(path)).json()
    assert (halfway["status"], halfway["done"], halfway["created"]) == ("running", 100, 100)
    await import_for_a_while(service.database)

    job = (await admin.get(path)).json()
    assert (job["status"], job["done"], counts(job)) == ("finished", 250, (250, 0, 0, 0))
    events = await service.published(CustomerEvent, bureau_id=bureau.id)
    assert sorted(int(each.number) for each in events) == list(range(1, 251))
    async with service.database.transaction(bureau_id=bureau.id) as session:
        left = "select count(*) from import_chunks where bureau_id = :id and records is not null"
        assert await session.scalar(text(left), {"id": bureau.id}) == 0


async def test_an_import_that_cannot_go_on_fails_and_lets_others_pass(
    service: Service, bureau: Bureau, admin: Person
) -> None:
    path = (await upload_register(admin, register_file(line("1")))).headers["location"]
    async with service.database.transaction(bureau_id=bureau.id) as session:
        spoil = "update import_chunks set records = '[{\"line\": 2}]' where bureau_id = :id"
        await session.execute(text(spoil), {"id": bureau.id})

    job = await run(service, admin, register_file(line("2")))

    assert counts(job) == (1, 0, 0, 0)
    assert (await admin.get(path)).json()["status"] == "failed"


@pytest.mark.parametrize(
    ("body", "code", "fields"),
    [
        (b"", "empty_file", []),
        (b"\x89PNG\r\n\x1a\n\x00", "wrong_encoding", []),
        (HEADER.replace("city;", "").encode(), "missing_column", ["city"]),
    ],
)
async def test_files_that_are_no_register(admin: Person, body: bytes, code: str, fields: list[str]) -> None:
    answer = await upload_register(admin, body)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert [each["field"] for each in answer.json()["errors"]] == fields


async def test_a_file_too_large_is_refused_while_it_comes(admin: Person, settings: Settings) -> None:
    async with client_of(api(settings.model_copy(update={"largest_import": 1000}))) as client:
        answer = await upload_register(replace(admin, client=client), b"x" * 1001)

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_who_may_import(service: Service, admin: Person, other_admin: Person) -> None:
    _, limited = await employ(service, admin, customers="limited")
    started = await upload_register(admin, register_file(line("1")))
    path = started.headers["location"]

    refused = await upload_register(limited, register_file(line("2")))
    csv = {"Content-Type": "text/csv"}
    stranger = await service.client.post("/v1/customers/import", content=b"x", headers=csv)
    as_json = await upload_register(admin, b"{}", **{"Content-Type": "application/json"})

    assert (refused.status_code, refused.json()["code"]) == (403, "missing_permission")
    assert stranger.status_code == 401
    assert (as_json.status_code, as_json.json()["code"]) == (415, "unsupported_media_type")
    assert (await limited.get(path)).status_code == 200
    assert (await other_admin.get(path)).status_code == 404


async def test_what_was_corrected_by_hand_is_kept(service: Service, admin: Person) -> None:
    file = register_file(line("1", contact_name="", contact_email="", contact_phone="", street=""))
    await run(service, admin, file)
    [customer] = await customers_of(admin)
    await new_contact(admin, customer["id"])
    await admin.call(
        "PATCH", f"/v1/customers/{customer['id']}", version=2, json={"address": {"street": "Ågatan 1"}}
    )

    job = await run(service, admin, file)

    assert counts(job) == (0, 0, 1, 0)
    assert (await points_of(admin))["address_incomplete"] == []


async def test_a_file_makes_no_private_individual_of_a_company(service: Service, admin: Person) -> None:
    await run(service, admin, register_file(line("1")))

    job = await run(
        service,
        admin,
        register_file(
            line("1", kind="privatperson", organisation_number=""),
            line("2", kind="privatperson"),
            line("3", kind="privatperson", organisation_number=""),
        ),
    )

    assert [(each["line"], each["code"]) for each in job["rejected"]] == [
        (2, "has_organisation_number"),
        (3, "has_organisation_number"),
    ]
    assert counts(job) == (1, 0, 0, 2)
    rows = {each["number"]: each["kind"] for each in await customers_of(admin)}
    assert rows == {"1": "company", "3": "private_individual"}
