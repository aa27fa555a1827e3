"""One trace from the request through relay, consumer and mail; and metrics that name no one."""

from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from arende.local.mailbox import Mailbox, receiving
from services.identity.main import api as identity_api
from services.identity.main import worker as identity_worker
from services.identity.settings import Settings as IdentitySettings
from services.notifications.main import worker as notifications_worker
from services.notifications.settings import Settings as NotificationsSettings
from shared.bus.inprocess import InProcess
from shared.bus.relay import Relay
from shared.ids import uuid7
from shared.telemetry import current_traceparent, identified, set_up_traces
from tests.conftest import eventually
from tests.factories.callers import bearer
from tests.factories.keys import Keys
from tests.factories.records import Employee
from tests.factories.service import client_of

TRACE = "0af7651916cd43dd8448eb211c80319c"
PERSON = "cilla.canary@example.com"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    set_up_traces("tests", exporter)
    yield exporter
    exporter.shutdown()


def of_the_trace(exporter: InMemorySpanExporter) -> list[ReadableSpan]:
    return [span for span in exporter.get_finished_spans() if f"{span.context.trace_id:032x}" == TRACE]


async def test_request_relay_reaction_and_mail_are_one_trace(
    spans: InMemorySpanExporter, common_settings: Any, keys: Keys, tmp_path: Any
) -> None:
    identity = IdentitySettings(
        **common_settings("identity", signing_keys_file=keys.private_file, password_memory_kib=8)
    )
    mailbox = Mailbox(tmp_path / "mails")
    async with receiving(mailbox) as smtp:
        notifications = NotificationsSettings(**common_settings("notifications", smtp_url=smtp))
        app, publisher, reader = (
            identity_api(identity),
            identity_worker(identity),
            notifications_worker(notifications),
        )
        async with client_of(app) as client:
            body = {"name": "Cilla Canary", "email": PERSON, "password": "en lång mening", "language": "sv"}
            answer = await client.post(
                "/v1/users", json=body, headers={"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}
            )
            assert answer.status_code == 201
        transport = InProcess(services=1)
        transport.subscribe(reader.consumer)
        relay = Relay(publisher.database, transport, service="identity", wake=publisher.wake)
        while await relay.send_batch():
            pass
        (send,) = [job for job in reader.jobs if job.name == "send-mails"]

        async def arrived() -> bool:
            await send.run(reader.database)
            return any(str(mailbox.read(name)["to"]) == PERSON for name in mailbox.names())

        await eventually(arrived)
        for database in (app.state.database, publisher.database, reader.database):
            await database.close()
    provider = trace.get_tracer_provider()
    assert isinstance(provider, TracerProvider)
    provider.force_flush()
    names = {span.name for span in of_the_trace(spans)}
    assert {"POST /v1/users", "relay", "notifications.mail-verify-address", "send mail"} <= names
    assert any(name.startswith("INSERT") for name in names), "the statements are spans too"
    told = str([(span.name, dict(span.attributes or {})) for span in spans.get_finished_spans()])
    assert "anary" not in told


async def test_metrics_count_by_route_and_name_no_one(common_settings: Any, keys: Keys) -> None:
    app = identity_api(IdentitySettings(**common_settings("identity")))
    employee = uuid7()
    async with client_of(app) as client:
        await client.get(f"/v1/employees/{employee}", headers=bearer(keys, Employee(uuid7())))
        await client.get(f"/v1/nowhere/{employee}")
    async with client_of(app.state.management) as client:
        text = (await client.get("/metrics")).text
    await app.state.database.close()
    assert 'route="/v1/employees/{employee_id}"' in text
    assert 'route="unmatched"' in text
    assert str(employee) not in text
    for name in ("arende_outbox_length", "arende_outbox_age_seconds", "arende_consumer_lag_seconds"):
        assert name in text


def test_where_nobody_keeps_spans_the_trace_goes_on_all_the_same() -> None:
    with identified(f"00-{TRACE}-b7ad6b7169203331-00"):
        own = current_traceparent()
    assert own
    version, trace_id, span_id, flags = own.split("-")
    assert (version, trace_id, flags) == ("00", TRACE, "00")
    assert span_id != "b7ad6b7169203331"


@pytest.mark.parametrize("traceparent", ["", "nonsense", f"00-{'0' * 32}-b7ad6b7169203331-01"])
def test_a_trace_begins_where_none_was_given(traceparent: str) -> None:
    with identified(traceparent):
        first = current_traceparent()
    with identified(traceparent):
        second = current_traceparent()
    assert first
    assert second
    assert first[3:35] != second[3:35]
    assert first.endswith("-01")
