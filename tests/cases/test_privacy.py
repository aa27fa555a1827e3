"""Nothing of a dialogue leaves it: not in events, logs or dead letters, and notes not to the customer."""

import logging
from typing import Any

import pytest
from sqlalchemy import text

from shared.bus import dead_letters
from shared.telemetry import JsonLines
from tests.factories.cases import Colleague, Counterpart, Participant, events_about, open_case, post
from tests.factories.service import Service

SECRETS = {
    "subject": "KANARIE-ämne",
    "body": "KANARIE-brödtext 19121212-1212",
    "message": "KANARIE-meddelande",
    "note": "KANARIE-anteckning",
    "item": "KANARIE-underlag",
    "reason": "KANARIE-skäl",
    "file": "KANARIE-fil.pdf",
}
PDF = b"%PDF-1.4\n%%EOF\n"


async def dialogue(anna: Colleague, customer: Counterpart, karin: Participant) -> dict[str, Any]:
    """A case with a secret in each of its texts."""
    case = await open_case(
        anna,
        customer,
        type="document_request",
        subject=SECRETS["subject"],
        body=SECRETS["body"],
        items=[SECRETS["item"]],
    )
    await post(anna, case, "notes", {"body": SECRETS["note"]})
    await post(karin, case, "messages", {"body": SECRETS["message"]})
    url = f"/v1/cases/{case['id']}"
    file = {"file": (SECRETS["file"], PDF, "application/pdf")}
    uploaded = await karin.call("POST", f"{url}/files", files=file)
    assert uploaded.status_code == 201, uploaded.text
    item = case["items"][0]["id"]
    answer = {"not_applicable": True, "reason": SECRETS["reason"]}
    answered = await karin.put(f"{url}/items/{item}/answer", answer)
    assert answered.status_code == 200, answered.text
    return case


def leaks(where: str) -> list[str]:
    return [name for name, secret in SECRETS.items() if secret in where or secret.split("-")[1] in where]


async def test_no_event_holds_anything_of_a_dialogue(
    service: Service, anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    case = await dialogue(anna, customer, karin)
    assert len(await events_about(service, case)) >= 5
    async with service.database.transaction() as session:
        rows = await session.execute(text("select body from outbox"))
        published = "".join(bytes(row.body).decode() for row in rows)
        parked = str(await dead_letters.list_oldest(session))
    assert leaks(published) == []
    assert leaks(parked) == []


async def test_no_log_line_holds_anything_of_a_dialogue(
    anna: Colleague, customer: Counterpart, karin: Participant, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    case = await dialogue(anna, customer, karin)
    wrong = await post(karin, case, "messages", {"body": 7, "secret": SECRETS["message"]})
    assert wrong.status_code == 422
    assert leaks(wrong.text) == []
    lines = "".join(JsonLines().format(record) for record in caplog.records)
    assert leaks(lines) == []


async def test_a_note_is_in_no_answer_to_the_customer(
    anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    case = await dialogue(anna, customer, karin)
    url = f"/v1/cases/{case['id']}"
    shown = ""
    for path in ("/v1/cases", "/v1/cases/counts", url, f"{url}/messages", f"{url}/timeline", f"{url}/files"):
        answer = await karin.get(path)
        assert answer.status_code == 200, path
        shown += answer.text
    assert SECRETS["note"] not in shown
    assert "note" not in shown
    assert (await karin.get(f"{url}/notes")).status_code == 404


def test_an_exceptions_words_stay_out_of_the_log() -> None:
    try:
        raise ValueError(SECRETS["message"])
    except ValueError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, "x", 1, "failed", None, (type(error), error, error.__traceback__)
        )
    line = JsonLines().format(record)
    assert leaks(line) == []
    assert "ValueError" in line
