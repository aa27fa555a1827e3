"""An import that is sent again with its key."""

from shared.ids import uuid7
from tests.factories.callers import refusal
from tests.factories.people import Person
from tests.factories.register_files import line, register_file, upload_register


async def test_another_file_of_the_same_length_is_not_taken_for_the_first(admin: Person) -> None:
    key = {"Idempotency-Key": str(uuid7())}
    one, two = (register_file(line("1001", name=name)) for name in ("Kund A AB", "Kund B AB"))
    assert len(one) == len(two)
    first = await upload_register(admin, one, **key)
    assert refusal(await upload_register(admin, two, **key)) == (422, "idempotency_key_reused")
    again = await upload_register(admin, one, **key)
    assert (again.status_code, again.json()) == (202, first.json())
    assert again.headers["location"] == first.headers["location"]
