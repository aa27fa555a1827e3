"""Migrations: how each service's Alembic runs, and the pieces that the services' revisions share.

A service has three roles: `arende_<service>_owner` owns the tables and runs migrations, `arende_<service>`
is the API's and `arende_<service>_worker` the worker's. The last two own no table and don't bypass row-level
security.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import alembic.command
from alembic import context
from alembic.config import Config
from alembic.operations import Operations
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import create_async_engine

from shared.database import tables
from shared.patience import patiently

LOCK_TIMEOUT = "5s"
ROOT = Path(__file__).resolve().parents[2]

_PARTITIONS = """
create function keep_inbox_partitions(kept_months integer default 4) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    month date;
    part record;
begin
    -- Two replicas at once would try to make the same partition.
    perform pg_advisory_xact_lock(7302);
    for step in -1..2 loop
        month := (date_trunc('month', now()) + make_interval(months => step))::date;
        if to_regclass(format('inbox_%s', to_char(month, 'YYYY_MM'))) is null then
            execute format(
                'create table %I partition of inbox for values from (%L) to (%L)',
                'inbox_' || to_char(month, 'YYYY_MM'),
                uuid_of_moment(month), uuid_of_moment((month + interval '1 month')::date)
            );
        end if;
    end loop;
    for part in
        select inhrelid::regclass::text as name from pg_inherits where inhparent = 'inbox'::regclass
    loop
        if part.name ~ '^inbox_[0-9]{4}_[0-9]{2}$'
           and to_date(right(part.name, 7), 'YYYY_MM') < now() - make_interval(months => kept_months) then
            execute format('drop table %I', part.name);
        end if;
    end loop;
end $$
"""
# The smallest UUIDv7 of a moment has its milliseconds in the first 48 bits, then the version.
_UUID_OF_MOMENT = """
create function uuid_of_moment(moment timestamptz) returns uuid language sql stable as $$
    select (lpad(to_hex((extract(epoch from moment) * 1000)::bigint), 12, '0')
        || '70008000000000000000')::uuid
$$
"""


def create_shared_tables(op: Operations, service: str) -> None:
    """Make outbox, inbox, dead letters, idempotency keys and access, and give the roles their rights on these
    and on all tables that are made later."""
    api, worker = f"arende_{service}", f"arende_{service}_worker"
    for role in (api, worker):
        op.execute(f"grant usage on schema public to {role}")
        rights = "grant select, insert, update, delete on tables"
        op.execute(f"alter default privileges in schema public {rights} to {role}")
    tables.metadata.create_all(op.get_bind())
    op.execute(_UUID_OF_MOMENT)
    op.execute("create table inbox_other partition of inbox default")
    op.execute(_PARTITIONS)
    op.execute("revoke execute on function keep_inbox_partitions from public")
    op.execute(f"grant execute on function keep_inbox_partitions to {worker}")
    op.execute("select keep_inbox_partitions()")


def drop_shared_tables(op: Operations) -> None:
    tables.metadata.drop_all(op.get_bind())
    op.execute("drop function if exists keep_inbox_partitions")
    op.execute("drop function if exists uuid_of_moment")


def wall(op: Operations, table: str, *, column: str = "bureau_id") -> None:
    """Row-level security: every role reaches only rows of the bureau that the transaction has entered."""
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(
        f"create policy tenant on {table}"
        f" using ({column} = nullif(current_setting('arende.bureau', true), '')::uuid)"
    )


def person_wall(op: Operations, table: str) -> None:
    """Row-level security: every role reaches only rows of the person whom the transaction acts for."""
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(
        f"create policy person on {table}"
        f" using (user_id = nullif(current_setting('arende.user', true), '')::uuid)"
    )


def open_to_worker(op: Operations, service: str, table: str) -> None:
    """Let the worker's role reach the rows of all bureaus, for copies and for what jobs go through."""
    op.execute(f"create policy worker on {table} to arende_{service}_worker using (true)")


def open_to_account(op: Operations, table: str) -> None:
    """Let members read the rows of their own account, whichever bureau these belong to."""
    op.execute(
        f"create policy account on {table} for select"
        f" using (account_id = nullif(current_setting('arende.account', true), '')::uuid)"
    )


def open_to_email(op: Operations, table: str) -> None:
    """Let a person read the rows with their verified address; `email` is normalised (shared/addresses.py)."""
    op.execute(
        f"create policy email on {table} for select"
        f" using (lower(email) = nullif(current_setting('arende.email', true), ''))"
    )


def open_to_person(op: Operations, table: str) -> None:
    """Let a person read their own rows, in whichever bureau or account."""
    op.execute(
        f"create policy person on {table} for select"
        f" using (user_id = nullif(current_setting('arende.user', true), '')::uuid)"
    )


def rename_queue(op: Operations, service: str, former: str, queue: str) -> None:
    """Give the dead letters of a renamed queue its new name (`rename_queue(op, "cases", "track-customers",
    "track-customer")`); an event that failed under both names is kept once. The inbox keeps the former name,
    which the consumer knows from `Handlers(retired=…)`."""
    names = {"former": f"{service}.{former}", "queue": f"{service}.{queue}"}
    twice = (
        "delete from dead_letters d where d.queue = :former and exists"
        " (select from dead_letters n where n.event_id = d.event_id and n.queue = :queue)"
    )
    for statement in (twice, "update dead_letters set queue = :queue where queue = :former"):
        op.execute(text(statement).bindparams(**names))


def run_env(metadata: MetaData) -> None:
    """The body of every service's `migrations/env.py`."""
    url = context.config.attributes.get("url") or context.get_x_argument(as_dictionary=True)["url"]
    asyncio.run(_run(url, [metadata, tables.metadata]))


async def _run(url: str, metadata: Sequence[MetaData]) -> None:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        await connection.run_sync(_migrate, metadata)
    await engine.dispose()


def _migrate(connection: Connection, metadata: Sequence[MetaData]) -> None:
    connection.execute(text(f"set lock_timeout = '{LOCK_TIMEOUT}'"))
    connection.execute(text("select pg_advisory_lock(7300)"))
    connection.commit()
    context.configure(connection=connection, target_metadata=metadata, include_name=_ours)
    with context.begin_transaction():
        context.run_migrations()
    connection.execute(text("select pg_advisory_unlock(7300)"))
    connection.commit()


def _ours(name: str | None, kind: str, parents: Any) -> bool:
    return not (kind == "table" and name is not None and name.startswith("inbox_"))


def config_for(service: str, url: str) -> Config:
    config = Config(str(ROOT / "alembic.ini"), ini_section=service)
    config.set_main_option("script_location", str(ROOT / "services" / service / "migrations"))
    config.attributes["url"] = url
    return config


@patiently
def upgrade(service: str, url: str) -> None:
    """Bring one service's database to the newest revision. Can't be called from a running event loop."""
    alembic.command.upgrade(config_for(service, url), "head")
