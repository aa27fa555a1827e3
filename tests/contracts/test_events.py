"""Events on the wire: the contract with partners, and with other services of older releases."""

from datetime import datetime
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arende.registry import SERVICES
from shared.bus.topology import types_read
from shared.events import TYPES, UnreadableEvent, from_wire, load_all
from shared.events.invitations import InvitationAccepted
from shared.ids import uuid7
from tests.contracts import snapshots

load_all()


@pytest.mark.parametrize("event_type", sorted(TYPES))
def test_no_event_differs_from_its_snapshot(event_type: str) -> None:
    old = snapshots.snapshot_of(event_type)
    assert old is not None, "new event: run `make snapshots` and commit what it writes"
    new = snapshots.schema_of(event_type)
    assert snapshots.breaks(old, new) == []
    assert snapshots.text(old) == snapshots.text(new), "added to: run `make snapshots`"


def test_no_snapshot_is_left_of_a_removed_event() -> None:
    assert {file.stem for file in snapshots.FOLDER.glob("*.json")} == set(TYPES)


@pytest.mark.parametrize("event_type", sorted(TYPES))
def test_types_are_objects_in_the_past_tense(event_type: str) -> None:
    prefix, subject, _, version = event_type.rsplit(".", 3)
    assert prefix == "se.arende"
    assert version == "v1"
    assert subject == subject.lower()


def test_what_breaks_a_reader_is_seen() -> None:
    old = snapshots.schema_of("se.arende.invoice.issued.v1")
    removed = {**old, "properties": {k: v for k, v in old["properties"].items() if k != "total"}}
    assert snapshots.breaks(old, removed) == ["total was removed"]
    changed = {**old, "properties": {**old["properties"], "total": {"type": "string"}}}
    assert snapshots.breaks(old, changed) == ["total was changed"]
    added = {**old, "properties": {**old["properties"], "more": {}}, "required": [*old["required"], "more"]}
    assert snapshots.breaks(old, added) == ["more is new and required"]
    optional = {**old, "properties": {**old["properties"], "more": {}}}
    assert snapshots.breaks(old, optional) == []


def accepted() -> InvitationAccepted:
    return InvitationAccepted(
        bureau_id=uuid7(),
        sequence=3,
        invitation_id=uuid7(),
        customer_id=uuid7(),
        contact_id=uuid7(),
        accepted_by=uuid7(),
        account_id=uuid7(),
        account_name="Åkeri AB",
        kind="company",
        organisation_number="5560000001",
    )


def test_the_envelope_is_cloudevents() -> None:
    event = accepted()
    document = orjson.loads(event.to_wire())
    assert document["specversion"] == "1.0"
    assert document["source"] == "/arende/invitations"
    assert document["type"] == "se.arende.invitation.accepted.v1"
    assert document["subject"] == str(event.invitation_id)
    # CloudEvents 1.0, section 3.1.2: a URI, which begins with its scheme.
    assert document["dataschema"] == "tag:arende.se,2026:se.arende.invitation.accepted.v1"
    assert document["bureauid"] == str(event.bureau_id)
    assert document["customerid"] == str(event.customer_id)
    assert document["sequence"] == 3
    assert UUID(document["id"]).version == 7
    assert datetime.fromisoformat(document["time"]).tzinfo is not None
    assert "bureau_id" not in document["data"]
    # CloudEvents 1.0, section 3.1.1: attribute names are lower-case letters and digits.
    assert all(name.isalnum() and name == name.lower() for name in document)


@pytest.mark.parametrize("event_type", sorted(TYPES))
def test_the_facts_that_partners_get_are_fields_of_the_event(event_type: str) -> None:
    kind = TYPES[event_type]
    assert set(kind.partner_facts) <= set(kind.partner_fields())


def test_an_event_comes_back_as_it_went() -> None:
    event = accepted()
    assert from_wire(event.to_wire()) == event


def test_a_reader_overlooks_what_a_newer_writer_added() -> None:
    document = orjson.loads(accepted().to_wire())
    document["data"]["added_later"] = 1
    document["addedlater"] = "x"
    assert from_wire(orjson.dumps(document)).type == "se.arende.invitation.accepted.v1"


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_make_the_reader_fail_otherwise(body: bytes) -> None:
    with pytest.raises(UnreadableEvent):
        from_wire(body)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=10), each, max_size=3),
    )
)
def test_no_data_makes_the_reader_fail_otherwise(data: object) -> None:
    document = {"type": "se.arende.invitation.accepted.v1", "data": data}
    with pytest.raises(UnreadableEvent):
        from_wire(orjson.dumps(document, default=str) if _fits(data) else b"")


def _fits(data: object) -> bool:
    try:
        orjson.dumps(data)
    except TypeError:
        return False
    return True


def test_what_no_service_reads_says_so() -> None:
    read = types_read(service.handlers for service in SERVICES.values())
    assert {name for name, kind in TYPES.items() if kind.unread} == set(TYPES) - read
