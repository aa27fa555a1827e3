"""The tables that every service's database has, and the types and names of all services' columns."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT, JSONB

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
# The `type_annotation_map` of each service's rows.
TYPES: dict[Any, Any] = {
    datetime: DateTime(timezone=True),
    date: Date(),
    UUID: Uuid(),
    str: Text(),
    dict[str, Any]: JSONB(),
    list[UUID]: ARRAY(Uuid()),
    list[str]: ARRAY(Text()),
    list[dict[str, Any]]: JSONB(),
}

metadata = MetaData(naming_convention=NAMES)
_now = func.now()

outbox = Table(
    "outbox",
    metadata,
    Column("position", BIGINT, Identity(always=True), primary_key=True),
    Column("event_id", Uuid, nullable=False, unique=True),
    Column("type", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("added_at", DateTime(timezone=True), nullable=False, server_default=_now),
)

# Partitioned by the time in the event's UUIDv7 (shared/database/migrations.py): old months can be dropped.
inbox = Table(
    "inbox",
    metadata,
    Column("event_id", Uuid, primary_key=True),
    Column("queue", Text, primary_key=True),
    Column("handled_at", DateTime(timezone=True), nullable=False, server_default=_now),
    postgresql_partition_by="RANGE (event_id)",
)

# An event that a reaction could not handle: it waits for its next attempt (`due_at`), or is parked.
dead_letters = Table(
    "dead_letters",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("event_id", Uuid),
    Column("queue", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("cause", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("attempts", SmallInteger, nullable=False),
    Column("state", Text, nullable=False),  # waiting | parked
    Column("due_at", DateTime(timezone=True)),
    Column("first_failed_at", DateTime(timezone=True), nullable=False, server_default=_now),
    Column("last_failed_at", DateTime(timezone=True), nullable=False, server_default=_now),
    Index("ix_dead_letters_due", "due_at", postgresql_where=text("state = 'waiting'")),
    Index("uq_dead_letters_event", "event_id", "queue", unique=True),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("caller", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request_hash", LargeBinary, nullable=False),
    Column("status", SmallInteger),
    Column("headers", JSONB),
    Column("body", LargeBinary),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=_now, index=True),
)

# What each person may do under each hat, as far as it has changed lately (shared/database/access.py).
access = Table(
    "access",
    metadata,
    Column("user_id", Uuid, primary_key=True),
    Column("hat_id", Uuid, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("permissions", JSONB, nullable=False),
)

# Log-ins that have ended, for as long as an access token of theirs could live (shared/database/access.py).
ended_sessions = Table(
    "ended_sessions",
    metadata,
    Column("session_id", Uuid, primary_key=True),
    Column("kept_at", DateTime(timezone=True), nullable=False, server_default=_now, index=True),
)
