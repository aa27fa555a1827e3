"""An API as the documentation of FastAPI and SQLAlchemy shows it: a body, one statement that writes a row and
its outbox row, an answer. It checks no caller and has no walls, no idempotency and no timeline."""

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

import orjson
import uvicorn
from fastapi import Depends, FastAPI, Request
from pydantic import BaseModel, Field
from sqlalchemy import (
    BIGINT,
    Column,
    Date,
    DateTime,
    Identity,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    insert,
    make_url,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

metadata = MetaData()
tickets = Table(
    "tickets",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("customer_id", Uuid, nullable=False, index=True),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("participant_ids", ARRAY(Uuid), nullable=False),
    Column("labels", ARRAY(Text), nullable=False),
    Column("due_on", Date),
    Column("priority", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)
outbox = Table(
    "outbox",
    metadata,
    Column("position", BIGINT, Identity(always=True), primary_key=True),
    Column("event_id", Uuid, nullable=False, unique=True),
    Column("type", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
)


class TicketIn(BaseModel):
    customer_id: UUID
    type: Literal["question", "document_request", "approval", "information"]
    subject: Annotated[str, Field(min_length=1, max_length=200)]
    body: Annotated[str, Field(min_length=1, max_length=20_000)]
    participant_ids: Annotated[list[UUID], Field(max_length=100)] = Field(default_factory=list)
    labels: Annotated[list[str], Field(max_length=20)] = Field(default_factory=list)
    due_on: date | None = None
    priority: Literal["low", "normal", "high"] = "normal"
    send: bool = False


class TicketOut(BaseModel):
    id: UUID
    customer_id: UUID
    type: str
    subject: str
    body: str
    participant_ids: list[UUID]
    labels: list[str]
    due_on: date | None
    priority: str
    created_at: datetime


async def connected(request: Request) -> AsyncIterator[AsyncConnection]:
    async with request.app.state.engine.begin() as connection:
        yield connection


Connected = Annotated[AsyncConnection, Depends(connected, scope="function")]


def create(database: str, *, pool: int) -> FastAPI:
    url = make_url(database).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url, pool_size=pool, max_overflow=2)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
        yield
        await engine.dispose()

    app = FastAPI(lifespan=lifespan)
    app.state.engine = engine

    @app.post("/tickets", status_code=201)
    async def create_ticket(wanted: TicketIn, connection: Connected) -> TicketOut:
        row = {**wanted.model_dump(exclude={"send"}), "id": uuid4(), "created_at": datetime.now(UTC)}
        await connection.execute(_written(row))
        return TicketOut.model_validate(row)

    @app.get("/ready")
    async def ready() -> str:
        return "ok"

    return app


def _written(row: dict[str, Any]) -> Any:
    event = {"id": row["id"], "type": "ticket.created", "customer_id": row["customer_id"]}
    stored = insert(tickets).values(row).returning(tickets.c.id).cte("stored")
    told = {"event_id": uuid4(), "type": event["type"], "body": orjson.dumps(event)}
    return insert(outbox).values(told).add_cte(stored).returning(select(stored.c.id).scalar_subquery())


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--pool", type=int, default=6)
    given = parser.parse_args()
    uvicorn.run(
        create(given.database, pool=given.pool),
        host="127.0.0.1",
        port=given.port,
        loop="uvloop",
        access_log=False,
        log_level="warning",
    )
