"""An import and the API's own bodies have one set of rules."""

from services.identity.imports.jobs import import_for_a_while
from tests.factories.customers import ADDRESS, customer_body
from tests.factories.people import Person
from tests.factories.register_files import line, register_file, upload_register
from tests.factories.service import Service


async def test_a_line_is_judged_by_the_rules_of_the_api_and_fails_alone(
    service: Service, admin: Person
) -> None:
    """Each fault, in a body and in a line: the same code, and the other lines are imported."""
    faults = {
        "number": "1" * 9000,
        "name": "x" * 100_000,
        "street": "Stor\u202egatan",
        "country": "SVERIGE",
        "organisation_number": "5566778890",
        "kind": "stiftelse",
    }
    bodies = [
        customer_body(**({"address": {column: value}} if column in ADDRESS else {column: value}))
        for column, value in faults.items()
    ]
    by_body = [(await admin.post("/v1/customers", body)).json()["errors"][0]["code"] for body in bodies]

    bad = [
        line(**{"number": f"bad {place}", column: value})
        for place, (column, value) in enumerate(faults.items())
    ]
    answer = await upload_register(admin, register_file(line("good"), *bad, line("last")))
    await import_for_a_while(service.database)
    job = await admin.sending(accept_language="sv").read(answer.headers["location"])

    assert (job["status"], job["created"], len(job["rejected"])) == ("finished", 2, len(faults))
    assert [(note["line"], note["field"]) for note in job["rejected"]] == list(enumerate(faults, start=3))
    assert [note["code"] for note in job["rejected"]] == by_body
    assert job["rejected"][0]["detail"] == "Ange högst 40 tecken."
