"""The whole journey on both transports: the demo's report has the figures that follow from its register."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from arende.local.mailbox import Mailbox, receiving
from arende.local.postgres import PostgresServer
from tests.command import arende
from tests.conftest import eventually
from tests.servers.rabbitmq import RabbitServer

FACTS = json.loads((Path(__file__).parent / "sample_register.facts.json").read_text())


def walk(data: Path, *options: str) -> tuple[dict[str, Any], str]:
    """Run the demo. Returns its report, and what it printed at 80 columns."""
    report = data.parent / "report.json"
    done = arende("demo", "--data", str(data), "--report", str(report), *options)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return json.loads(report.read_text()), done.stdout


def check(report: dict[str, Any], *, deactivated: int = 0) -> None:
    assert report["customers_imported"] == FACTS["customers"]
    assert len(report["lines_rejected"]) == FACTS["bad_lines"]
    codes = {each["code"] for each in report["lines_rejected"]}
    assert codes <= {"organisation_number_invalid", "number_repeated"}
    assert report["billable_customers"] == FACTS["billable_customers"] - deactivated
    assert report["invitations"]["sent"] == report["ready_customers"]
    assert report["invitations"]["accepted"] == 3
    assert report["cases"] == {"sent": 4, "answered": 4, "resolved": 4, "closed": 4}
    assert report["mails"]["invitation"] == report["ready_customers"]
    assert report["mails"]["acceptance_refused_unnamed"] == 1
    assert report["mails"]["invitation_accepted"] == 3
    assert report["mails"]["invitation_refused"] == report["mails"]["invitation_declined"] == 1
    assert report["mails"]["invoice_issued"] == 1
    assert report["invoice"]["quantity"] == report["billable_customers"]
    assert report["invoice"]["total"] == report["invoice"]["amount"] + report["invoice"]["vat"]
    assert report["events"]["se.arende.invitation.sent.v1"] == report["ready_customers"]
    assert report["events"]["se.arende.invoice.issued.v1"] == 1
    assert report["dead_letters"] == 0


def test_in_one_process(tmp_path: Path) -> None:
    report, printed = walk(tmp_path / "data")
    check(report)
    assert report["transport"] == "in-process"
    assert report["ready_customers"] == FACTS["ready"]
    for code in ("main_contact_missing", "email_missing", "email_invalid", "address_incomplete"):
        assert report["checklist"][code] == FACTS[code]
    assert max(map(len, printed.splitlines())) <= 80


@pytest.fixture(scope="module")
def own_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A server without our databases: the demo makes its own."""
    with PostgresServer.start(tmp_path_factory.mktemp("own-postgres")) as server:
        yield server


def test_as_ten_processes_on_rabbitmq(
    tmp_path: Path, rabbit: RabbitServer, own_postgres: PostgresServer
) -> None:
    report, _ = walk(
        tmp_path / "data",
        *("--broker", rabbit.url, "--database", own_postgres.url, "--deactivate", "2", "--seed", "7"),
    )
    check(report, deactivated=2)
    assert report["transport"] == "rabbitmq"


def up(data: Path, *options: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "arende.cli", "up", "--port", "0", "--data", str(data), *options],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def ready(process: "subprocess.Popen[str]") -> tuple[str, list[str]]:
    """Wait until the system is ready. Returns its address, and the lines that were printed before that."""
    lines: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("ready "):
            return line.split()[1], lines
        lines.append(line)
    raise AssertionError("it ended: " + "".join(lines))


def end(process: "subprocess.Popen[str]") -> int:
    process.send_signal(signal.SIGINT)
    code = process.wait(60)
    assert process.stdout is not None
    process.stdout.close()
    return code


async def log_in(http: httpx.AsyncClient, line: str) -> httpx.Response:
    """Log in by a line that `arende up` prints: `log in as EMAIL, password PASSWORD, act_as JSON`."""
    who, password, hat = line.strip().split(", ", 2)
    body = {
        "email": who.removeprefix("log in as "),
        "password": password.removeprefix("password "),
        "act_as": json.loads(hat.removeprefix("act_as ")),
    }
    return await http.post("/v1/sessions", json=body)


async def test_up_serves_the_seeded_bureau_and_keeps_it(tmp_path: Path) -> None:
    for _ in range(2):
        process = up(tmp_path / "data")
        try:
            url, lines = ready(process)
            async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as http:
                (login, *_) = [line for line in lines if line.startswith("log in as")]
                session = await log_in(http, login)
                assert session.status_code == 201
                bearer = {"Authorization": f"Bearer {session.json()['access_token']}"}
                checklist = (await http.get("/v1/activation-checklist", headers=bearer)).json()
                assert checklist["ready_customers"] == FACTS["ready"]
                assert "astrid.berg@byran.example" in (await http.get("/mails")).text
                paths = (await http.get("/openapi.json")).json()["paths"]
                assert {"/v1/bureaus", "/v1/cases", "/v1/invitations", "/v1/invoices", "/v1/events"} <= set(
                    paths
                )
                page = (await http.get("/docs")).text
                assert "://" not in page, "the page must need no other host"
                assert (await http.get("/docs/assets/swagger-ui-bundle.js")).status_code == 200
        finally:
            assert end(process) == 0


async def test_up_sends_its_mails_to_a_server_of_ones_own(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path / "elsewhere")
    async with receiving(mailbox) as smtp:
        process = await asyncio.to_thread(up, tmp_path / "data", "--smtp", smtp)
        try:
            url, lines = await asyncio.to_thread(ready, process)
            async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as http:
                (login, *_) = [line for line in lines if line.startswith("log in as")]
                assert (await log_in(http, login)).status_code == 201

            async def greeted() -> bool:
                return any("astrid.berg" in str(mailbox.read(name)["to"]) for name in mailbox.names())

            await eventually(greeted)
        finally:
            assert await asyncio.to_thread(end, process) == 0
