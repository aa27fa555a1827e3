"""Saying that one has read an information."""

from shared.events.identity import ContactRemoved
from tests.factories.cases import Colleague, collaborate, open_case, post
from tests.factories.events import event_of
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


async def test_nobody_waits_for_a_reader_who_has_left(service: Service, anna: Colleague) -> None:
    customer = await collaborate(service, anna, people=2)
    first, second = customer.people
    case = await open_case(anna, customer, type="information", must_acknowledge=True)
    await service.deliver(event_of(ContactRemoved, second.contact, sequence=2))
    assert (await post(first, case, "acknowledge")).json()["status"] == "resolved"
