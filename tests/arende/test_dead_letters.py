"""`arende dead-letters`, as an operator runs it: list, show, put right, replay, discard."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.billing.handlers import handlers
from services.billing.settings import Settings
from shared.bus import dead_letters
from shared.bus.consumer import Consumer
from shared.database.engine import Database
from shared.events.identity import BureauRegistered
from shared.ids import uuid7
from tests.command import arende

QUEUE = "billing.track-bureau"


@pytest.fixture(scope="module")
def settings(common_settings: Any) -> Settings:
    return Settings(**common_settings("billing"))


@pytest.fixture(scope="module")
async def consumer(settings: Settings) -> AsyncIterator[Consumer]:
    database = Database(settings.worker_database_url, name="dead-letters", pool=2)
    yield Consumer(database, handlers, delays=())
    await database.close()


def registered() -> dict[str, Any]:
    event = BureauRegistered(
        bureau_id=uuid7(),
        name="Byrån AB",
        organisation_number="5560360793",
        email="info@byran.example",
        language="sv",
        street="Storgatan 1",
        postal_code="211 34",
        city="Malmö",
        country="SE",
    )
    document: dict[str, Any] = json.loads(event.to_wire())
    return document


async def park(consumer: Consumer, document: dict[str, Any]) -> UUID:
    """Park a message that lacks a field. Returns the id of its dead letter."""
    broken = {**document, "data": {k: v for k, v in document["data"].items() if k != "city"}}
    body = json.dumps(broken).encode()
    await consumer.deliver(QUEUE, [body])
    async with consumer.database.transaction() as session:
        rows = await dead_letters.list_oldest(session, cause="UnreadableEvent")
    (row,) = [row for row in rows if bytes(row.body) == body]
    found: UUID = row.id
    return found


async def test_a_parked_message_is_shown_replaced_and_replayed(
    consumer: Consumer, settings: Settings, tmp_path: Path
) -> None:
    document = registered()
    letter_id = await park(consumer, document)
    listed = arende("dead-letters", "list", "billing", settings=settings)
    assert listed.returncode == 0, listed.stderr
    assert str(letter_id)[:8] in listed.stdout
    shown = arende("dead-letters", "show", "billing", str(letter_id), settings=settings)
    assert "wrong fields: city" in shown.stdout.replace("\n", " ")
    counted = arende("dead-letters", "causes", "billing", settings=settings)
    assert ["UnreadableEvent", QUEUE, "parked"] in [line.split()[:3] for line in counted.stdout.splitlines()]
    file = tmp_path / "replaced.json"
    file.write_text("{}")
    refused = arende(
        "dead-letters", "mend", "billing", str(letter_id), "--file", str(file), settings=settings
    )
    assert refused.returncode == 2
    assert "not replaced" in refused.stderr
    file.write_text(json.dumps(document))
    replaced = arende(
        "dead-letters", "mend", "billing", str(letter_id), "--file", str(file), settings=settings
    )
    assert replaced.returncode == 0, replaced.stderr
    replayed = arende("dead-letters", "replay", "billing", str(letter_id), settings=settings)
    assert "1 will be handled again" in replayed.stdout
    await consumer.retry_due()
    async with consumer.database.transaction() as session:
        assert await dead_letters.find(session, letter_id) is None


async def test_all_of_a_cause_are_discarded(consumer: Consumer, settings: Settings) -> None:
    ids = [await park(consumer, registered()) for _ in range(2)]
    done = arende("dead-letters", "discard", "billing", "--cause", "UnreadableEvent", settings=settings)
    assert done.returncode == 0, done.stderr
    async with consumer.database.transaction() as session:
        assert [await dead_letters.find(session, letter_id) for letter_id in ids] == [None, None]


async def test_what_nobody_can_read_is_parked_once_however_often_it_comes(consumer: Consumer) -> None:
    body = b"not json, but always the same"
    await consumer.deliver(QUEUE, [body])
    await consumer.deliver(QUEUE, [body, body])
    async with consumer.database.transaction() as session:
        rows = await dead_letters.list_oldest(session)
        assert [bytes(row.body) for row in rows].count(body) == 1
        await dead_letters.discard(session, letter_id=next(row.id for row in rows if bytes(row.body) == body))


def test_what_is_unclear_is_refused(settings: Settings) -> None:
    assert arende("dead-letters", "replay", "billing", settings=settings).returncode == 2
    assert arende("dead-letters", "list", "nowhere", settings=settings).returncode == 2


@pytest.mark.parametrize("command", ["show", "replay", "discard", "mend"])
def test_an_unknown_dead_letter_is_told_as_such(command: str, settings: Settings, tmp_path: Path) -> None:
    file, letter_id = tmp_path / "message.json", uuid7()
    file.write_text(json.dumps(registered()))
    more = ["--file", str(file)] if command == "mend" else []
    done = arende("dead-letters", command, "billing", str(letter_id), *more, settings=settings)
    assert (done.returncode, done.stderr) == (1, f"arende: billing has no dead letter {letter_id}\n")
    assert done.stdout == ""
