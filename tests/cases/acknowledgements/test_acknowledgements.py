"""Saying that one has read an information."""

from tests.factories.cases import Colleague, collaborate, open_case, post
from tests.factories.service import Service


async def test_information_is_read_by_all_or_asks_for_nothing(service: Service, anna: Colleague) -> None:
    customer = await collaborate(service, anna, people=2)
    quiet = await open_case(anna, customer, type="information")
    assert (quiet["status"], quiet["waiting_for"]) == ("sent", None)
    case = await open_case(anna, customer, type="information", must_acknowledge=True)
    assert case["status"] == "waiting_for_customer"
    first, second = customer.people
    for _ in range(2):
        read = await post(first, case, "acknowledge")
        assert (read.status_code, len(read.json()["acknowledgements"])) == (200, 1)
    assert (await post(second, case, "acknowledge")).json()["status"] == "resolved"
