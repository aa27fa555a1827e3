"""Where a page begins, as the page before told it."""

from tests.factories.callers import failing_field, refusal
from tests.factories.people import Person
from tests.factories.records import address


async def test_a_page_of_long_names_has_a_next_one(admin: Person) -> None:
    for _ in range(2):
        body = {"name": "𠮷" * 100, "email": address()}
        assert (await admin.post("/v1/employees", body)).status_code == 201

    first = await admin.read("/v1/employees", limit=2)
    second = await admin.read("/v1/employees", limit=2, cursor=first["next"])

    assert (len(first["items"]), len(second["items"]), second["next"]) == (2, 1, None)


async def test_a_cursor_belongs_to_its_list(admin: Person) -> None:
    for number in range(2):
        body = {"name": "Bo", "email": address(), "customers": "limited"}
        assert (await admin.post("/v1/employees", body)).status_code == 201, number
    employees = await admin.read("/v1/employees", limit=1)

    answer = await admin.sending(accept_language="sv").get("/v1/customers", cursor=employees["next"])
    forged = await admin.get("/v1/customers", cursor="WzFd")

    assert failing_field(answer) == (422, "cursor", "wrong_cursor")
    assert answer.json()["detail"].startswith("Markören hör till en annan lista")
    assert refusal(forged) == (422, "invalid_cursor")
    assert failing_field(forged) == (422, "cursor", "invalid_cursor")
