"""docs/audit.md: whoever follows it recomputes a timeline from the API's answers alone."""

import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.factories.callers import Caller
from tests.factories.cases import Colleague, Counterpart, Participant, open_case, post

DOCUMENT = Path(__file__).parents[3] / "docs" / "audit.md"


@pytest.fixture(scope="module")
def example() -> dict[str, Any]:
    """What the document's Python defines."""
    code = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    names: dict[str, Any] = {}
    exec("\n".join(code), names)  # noqa: S102 - our own document
    return names


@pytest.fixture
async def case(anna: Colleague, customer: Counterpart, karin: Participant) -> dict[str, Any]:
    """With entries of each side, and with the bureau's own."""
    case = await open_case(anna, customer, send=False)
    await post(anna, case, "notes", {"body": "Internt"})
    await post(anna, case, "send")
    said = (await post(karin, case, "messages", {"body": 'Räksmörgås\n\t"€" \\ \u2028 👍'})).json()
    url = f"/v1/cases/{case['id']}"
    await karin.call("PATCH", f"{url}/messages/{said['id']}", json={"body": "Smörgås"})
    followers = {"employee_ids": [str(anna.employee_id)]}
    assert (await anna.put(f"{url}/followers", followers)).status_code == 200
    await post(anna, case, "resolve")
    return case


async def trail(reader: Caller, case: dict[str, Any]) -> list[dict[str, Any]]:
    return list((await reader.read(f"/v1/cases/{case['id']}/timeline"))["items"])


async def test_both_sides_can_recompute_their_chain(
    example: dict[str, Callable[..., Any]], case: dict[str, Any], anna: Colleague, karin: Participant
) -> None:
    for reader, length in ((anna, 7), (karin, 4)):
        entries = await trail(reader, case)
        assert len(entries) == length
        assert example["broken_at"](case["id"], entries) is None
        altered = deepcopy(entries)
        altered[2]["facts"]["status"] = "closed"
        assert example["broken_at"](case["id"], altered) == 3
        assert example["broken_at"](case["id"], [*entries[:1], *entries[2:]]) == 2


async def test_what_a_case_says_is_what_its_entries_told_of(
    example: dict[str, Callable[..., Any]], case: dict[str, Any], anna: Colleague, karin: Participant
) -> None:
    url, digest = f"/v1/cases/{case['id']}", example["digest"]
    for reader in (karin, anna):
        shown, (message,) = await reader.read(url), (await reader.read(f"{url}/messages"))["items"]
        expected = {
            "subject": digest(shown["subject"]),
            "body": digest(shown["body"]),
            f"message/{message['id']}": digest(message["body"]),
        }
        if reader is anna:
            (note,) = (await anna.read(f"{url}/notes"))["items"]
            expected[f"note/{note['id']}"] = digest(note["body"])
        assert example["told"](await trail(reader, case)) == expected
