"""What was altered, removed or swapped in either chain of a timeline is found."""

from typing import Any

import pytest

from tests.cases.audit.harm import found_in, harm
from tests.factories.cases import Colleague, Counterpart, Participant, open_case, post
from tests.factories.records import Bureau
from tests.factories.service import Service

# The bureau's chain: created, sent, note_added, message_posted, resolved; the customer's has three of them.
ALTER = "update timeline set {} where case_id = :id and position = {}"
REMOVE = "delete from timeline where case_id = :id and position = {}"
SWAP = """
with two as (select * from timeline where case_id = :id and position in (2, 4))
update timeline t set {} from two other
where t.case_id = :id and t.position in (2, 4) and other.position <> t.position
"""
TEXTS = (
    "action = other.action, facts = other.facts, at = other.at, side = other.side, user_id = other.user_id"
)


@pytest.fixture
async def case(anna: Colleague, customer: Counterpart, karin: Participant) -> dict[str, Any]:
    case = await open_case(anna, customer)
    await post(anna, case, "notes", {"body": "Internt"})
    await post(karin, case, "messages", {"body": "Hej"})
    await post(anna, case, "resolve")
    return case


def entry(position: int) -> str:
    return f"entry {position} is not as written"


def customers_entry(position: int) -> str:
    return f"entry {position} of the customer's chain is not as written"


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        (ALTER.format("action = 'resolved'", 2), [entry(2), customers_entry(1)]),
        (ALTER.format("facts = '{}'", 4), [entry(4), customers_entry(2)]),
        (ALTER.format("facts = '[]', action = 'file_added'", 4), [entry(4), customers_entry(2)]),
        (ALTER.format("action = 'read'", 3), [entry(3)]),
        (ALTER.format("hash = shared_hash", 4), [entry(4)]),
        (ALTER.format("shared_hash = hash", 4), [customers_entry(2)]),
        (ALTER.format("shared_position = null", 4), [customers_entry(2)]),
        (ALTER.format("shared_position = null", 5), [customers_entry(3)]),
        (ALTER.format("shared_position = 1", 3), [customers_entry(2)]),
        (REMOVE.format(1), [entry(1)]),
        (REMOVE.format(3), [entry(3)]),
        (REMOVE.format(4), [entry(4), customers_entry(2)]),
        (REMOVE.format(5), [entry(5), customers_entry(3)]),
        (SWAP.format(TEXTS), [entry(2), customers_entry(1)]),
        (SWAP.format("shared_position = other.shared_position"), [customers_entry(1)]),
    ],
)
async def test_the_first_entry_that_is_not_as_written_is_named(
    service: Service, bureau: Bureau, case: dict[str, Any], owner_url: str, sql: str, found: list[str]
) -> None:
    await harm(owner_url, bureau.id, sql, id=case["id"])
    assert await found_in(service, case["id"]) == found


async def test_a_case_is_read_in_pages(
    service: Service, case: dict[str, Any], bureau: Bureau, owner_url: str
) -> None:
    assert await found_in(service, case["id"], page=2) == []
    await harm(owner_url, bureau.id, REMOVE.format(5), id=case["id"])
    assert await found_in(service, case["id"], page=2) == [entry(5), customers_entry(3)]
