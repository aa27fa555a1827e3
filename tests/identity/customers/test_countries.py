"""Countries, as people and other systems write them."""

from tests.factories.customers import customer_body
from tests.factories.people import Person


async def test_a_country_is_written_in_capital_letters(admin: Person) -> None:
    address = {"street": "Storgatan 1", "postal_code": "0150", "city": "Oslo", "country": "no"}

    answer = await admin.post("/v1/customers", customer_body(address=address))
    wrong = await admin.sending(accept_language="sv").post(
        "/v1/customers", customer_body(address={**address, "country": "Norge"})
    )

    assert answer.json()["address"]["country"] == "NO"
    assert wrong.json()["errors"][0]["detail"] == "Ange landets två bokstäver, till exempel SE (ISO 3166-1)."
