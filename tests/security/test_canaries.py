"""What is secret or said in a dialogue shows in no span, log, metric, event or dead letter.

A collector takes the spans as an operator's would; the logs are those of whole processes, with uvicorn's.
"""

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from sqlalchemy import text

from arende.registry import NAMES, SERVICES
from shared.events.cases import CaseSent, MessagePosted
from shared.http.serving import serving
from shared.surface import owner_of
from shared.telemetry import otlp, set_up_logs, set_up_traces
from shared.worker import Worker
from tests.factories.callers import bearer
from tests.factories.cases import add_file, collaborate, events_about, hire, open_case, post
from tests.factories.keys import Keys
from tests.factories.people import new_person, reset_of, sign_up_bureau
from tests.factories.records import Employee
from tests.factories.service import Service
from tests.security.collector import Collector, collecting
from tests.security.secrets_in_requests import SEEDS, TAKES_SECRETS, in_address, operations, request_of

OWN_SETTINGS: dict[str, dict[str, Any]] = {
    "identity": {"password_memory_kib": 8},
    "notifications": {"smtp_url": "smtp://127.0.0.1:1"},
}
KEPT = {
    "outbox": "encode(body, 'escape')",
    "dead_letters": "encode(body, 'escape') || cause || error",
}


@dataclass
class Watched:
    """All services, each behind a server of its own, with what they tell."""

    services: dict[str, Service]
    workers: dict[str, Worker]
    collector: Collector
    logs: io.StringIO

    async def told(self) -> dict[str, str]:
        """Everything that has left the services, or waits to leave."""
        provider = trace.get_tracer_provider()
        assert isinstance(provider, TracerProvider)
        # The collector answers in a thread of its own; flushing blocks.
        await asyncio.to_thread(provider.force_flush)
        places = {
            "spans": "".join(body.decode("utf-8", "replace") for body in self.collector.received),
            "logs": self.logs.getvalue(),
        }
        for name, service in self.services.items():
            management = httpx.ASGITransport(app=service.app.state.management)
            async with httpx.AsyncClient(transport=management, base_url="http://m") as client:
                places[f"metrics of {name}"] = (await client.get("/metrics")).text
            async with service.database.transaction() as session:
                for table, columns in (
                    ("outbox", "body"),
                    ("dead_letters", "body || convert_to(error, 'UTF8')"),
                ):
                    rows = await session.scalars(text(f"select {columns} from {table}"))  # noqa: S608 - ours
                    places[f"{table} of {name}"] = "\n".join(
                        bytes(row).decode("utf-8", "replace") for row in rows
                    )
        return places


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    """The log as a process writes it."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    set_up_logs()
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
async def watched(
    common_settings: Any, keys: Keys, logs: io.StringIO, tmp_path: Any
) -> AsyncIterator[Watched]:
    with collecting() as collector:
        exporter = otlp(collector.endpoint)
        assert exporter
        set_up_traces("tests", exporter)
        async with AsyncExitStack() as stack:
            services: dict[str, Service] = {}
            workers: dict[str, Worker] = {}
            for name in NAMES:
                own = OWN_SETTINGS.get(name, {})
                if name == "identity":
                    own = {**own, "signing_keys_file": keys.private_file}
                if name == "cases":
                    own = {**own, "files_folder": tmp_path}
                settings = SERVICES[name].settings(**common_settings(name, **own))
                app, workers[name] = SERVICES[name].api(settings), SERVICES[name].worker(settings)
                port = await stack.enter_async_context(serving(app, host="127.0.0.1", port=0))
                client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}")
                await stack.enter_async_context(client)
                services[name] = Service(app, client, workers[name].consumer, keys)
                stack.push_async_callback(app.state.database.close)
                stack.push_async_callback(workers[name].database.close)
            yield Watched(services, workers, collector, logs)
        exporter.shutdown()


def test_every_operation_with_a_secret_in_its_address_has_its_seed() -> None:
    assert {name for name, each in operations() if in_address(each)} == SEEDS.keys()


async def test_no_secret_of_a_request_is_told(watched: Watched, keys: Keys, bureau: Any) -> None:
    canaries = []
    for number, name in enumerate(TAKES_SECRETS):
        for who in ({}, bearer(keys, Employee(bureau.id))):
            canary = f"kanarie{number}{'abe'[len(who)]}vingslag"
            method, path, body = request_of(name, canary)
            service = watched.services[owner_of(path.partition("?")[0]) or ""]
            headers = {**who, "Idempotency-Key": f"nyckel-{canary}", "tracestate": f"a={canary}"}
            answer = await service.client.request(method, path, json=body, headers=headers)
            assert answer.status_code < 500, (name, answer.text)
            canaries.append(canary)
    for place, told in (await watched.told()).items():
        assert [canary for canary in canaries if canary in told] == [], place
        assert "kanarie-lösen" not in told, place
    assert watched.collector.holds("/v1/password-resets/{token}")
    assert watched.collector.holds("PUT")


async def test_no_token_that_is_good_and_no_password_is_told(watched: Watched) -> None:
    identity = watched.services["identity"]
    bureau = await sign_up_bureau(identity)
    person = await new_person(identity)
    await identity.client.post("/v1/password-resets", json={"email": person.email})
    token, password = await reset_of(identity, person.email), "kanarie vaknar i natt"
    done = await identity.client.put(f"/v1/password-resets/{token}", json={"password": password})
    assert done.status_code == 204, done.text
    person.password = password
    session = await person.log_in()
    assert (await person.get("/v1/me")).status_code == 200
    secrets = [token, password, session["access_token"], session["refresh_token"]]
    for place, told in (await watched.told()).items():
        assert [secret for secret in secrets if secret in told] == [], place
        if place in ("spans", "logs") or place.startswith("metrics"):
            assert person.email not in told, place
            assert bureau.organisation_number not in told, place


async def test_nothing_that_is_said_in_a_dialogue_is_told(watched: Watched, bureau: Any) -> None:
    cases = watched.services["cases"]
    anna = await hire(cases, bureau)
    customer = await collaborate(cases, anna)
    said = {kind: f"kanarie{kind}vingslag" for kind in ("subject", "body", "message", "note", "file")}
    case = await open_case(anna, customer, subject=said["subject"], body=said["body"])
    for path in ("message", "note"):
        assert (await post(anna, case, f"{path}s", {"body": said[path]})).status_code == 201
    await add_file(anna, case, name=f"{said['file']} 191212121212.txt")
    assert (await anna.get("/v1/cases", q=said["subject"])).status_code < 500
    # The service of mails knows none of these people, so its reactions fail: there are dead letters.
    news = [each for each in await events_about(cases, case) if isinstance(each, CaseSent | MessagePosted)]
    await watched.services["notifications"].deliver(*news)
    told = await watched.told()
    assert "case.sent" in told["dead_letters of notifications"]
    assert "notifications.mail-case-sent" in told["spans"]
    for place, words in told.items():
        assert [word for word in (*said.values(), "191212121212") if word in words] == [], place
