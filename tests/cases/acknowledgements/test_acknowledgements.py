"""Saying that one has read an information."""

from tests.cases.factories import World


async def test_information_is_read_by_all_or_asks_for_nothing(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna, people=2)
    quiet = await world.case(anna, customer, type="information")
    assert (quiet["status"], quiet["waiting_for"]) == ("sent", None)
    case = await world.case(anna, customer, type="information", must_acknowledge=True)
    assert case["status"] == "waiting_for_customer"
    first, second = customer.people
    for _ in range(2):
        read = await world.post(case, "acknowledge", first.headers)
        assert (read.status_code, len(read.json()["acknowledgements"])) == (200, 1)
    assert (await world.post(case, "acknowledge", second.headers)).json()["status"] == "resolved"
