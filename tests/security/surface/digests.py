"""The contents of all tables of all services, past every wall."""

from tests.factories.town import Town

# What a refused request may leave: its key, and that it was counted.
NOT_COMPARED = {"alembic_version", "attempts", "idempotency_keys"}
_TABLES = "select tablename from pg_tables where schemaname = 'public' order by tablename"
_DIGEST = """select '{0}', md5(coalesce(string_agg(t::text, '|' order by t::text), ''))
    from "{0}" t where t::text not like '%' || $1 || '%'"""
_FOUND = "select distinct '{0}' from \"{0}\" t where t::text like '%' || $1 || '%'"


async def digests(town: Town, *, apart_from: str) -> dict[str, str]:
    """Of each table's rows, but for those that name the id."""
    return {name: row[0] for name, *row in await _ask(town, _DIGEST, apart_from)}


async def tables_with(town: Town, word: str) -> set[str]:
    return {name for (name,) in await _ask(town, _FOUND, word)}


async def _ask(town: Town, each: str, value: str) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for service in town.services:
        connection = await town.admin(service)
        try:
            names = [row[0] for row in await connection.fetch(_TABLES)]
            asked = " union all ".join(each.format(name) for name in names if name not in NOT_COMPARED)
            rows = await connection.fetch(asked, value)
            found += [(f"{service}.{name}", *rest) for name, *rest in rows]
        finally:
            await connection.close()
    return found
