"""Opening and listing cases through the API, which runs as in production."""

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import asyncpg
import orjson
from joserfc.jwk import OKPKey

from arende.local.system import free_port
from bench import http_load
from bench.apis import Bureau, Installed, Process, fresh_database, insert_bureaus, running
from bench.http_load import KEY, Job
from bench.measure import Figure, Rounds, Side, alternate
from bench.servers import Servers
from shared.encoding import encode

CLIENTS = 16
DEPTHS = (0.01, 0.1, 0.5, 0.9)
OTHER_BUREAUS = 500
POOL = 6
PEER_DATABASE = "bench_bare_fastapi"

# $5 is the number of bureaus. One bureau is the given one with its account; more of them are all others.
_FILL = """
insert into cases (id, bureau_id, customer_id, account_id, number, type, status, subject, body,
    approval_rule, must_acknowledge, private_to_participants, created_by_side, created_by, assignee_id,
    follower_ids, priority, labels, created_at, updated_at, sent_at, waiting_since,
    waiting_for_customer_seconds, waiting_for_bureau_seconds, changed_by_bureau, changed_by_customer,
    timeline_length, timeline_hash, version, shared_version, shared_updated_at, shared_timeline_length,
    shared_timeline_hash)
select gen_random_uuid(), bureau, gen_random_uuid(), case when $5 = 1 then $3 else gen_random_uuid() end,
    'B-' || n, 'question', 'waiting_for_customer', 'Kvitto saknas för ett köp i mars',
    repeat('Vi hittar inget underlag till detta köp. ', 16), 'one', false, false, 'bureau', $4, $4, '{}',
    'normal', '{bokslut,moms}', changed, changed, changed, changed, 0, 0, 1, 0, 2, 'none', 2, 1, changed,
    1, 'none'
from generate_series(1, $1::integer) n
cross join lateral (select
    case when $5 = 1 then $2::uuid else md5((n % $5)::text)::uuid end as bureau,
    now() - random() * interval '1 year' as changed
) made
"""
_AT_DEPTH = """
select updated_at, id from cases where bureau_id = $1 order by updated_at desc, id desc offset $2 limit 1
"""


async def figures(servers: Servers, *, quick: bool) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        cases = Installed(servers, Path(folder))
        return [await opening(cases, quick=quick), await listing(cases, quick=quick)]


async def opening(cases: Installed, *, quick: bool) -> Figure:
    """Each client is a bureau of its own: numbers have no gaps, so a bureau's cases are opened in turn."""
    bureaus = [Bureau() for _ in range(CLIENTS)]
    admin = await cases.servers.connect("cases")
    await insert_bureaus(admin, bureaus)
    await admin.close()
    prepared = [[opened(each, cases.key)] for each in bureaus]
    plain = [[http_load.request("POST", "/tickets", {}, orjson.dumps(each.body()))] for each in bureaus]
    seconds = 3.0 if quick else 8.0
    async with cases.serving(database_pool=str(POOL)) as ours, bare_fastapi(cases.servers) as other:
        sides = {
            "Ärende": _answering(ours.port, prepared, status=201, seconds=seconds),
            "bare FastAPI": _answering(other.port, plain, status=201, seconds=seconds),
        }
        processes = {**cases.servers.processes, "API": ours.pid, "bare API": other.pid}
        done = await alternate(sides, rounds=2 if quick else 7, processes=processes)
    return done.figure(
        "create_case",
        group="api",
        must=0.4,
        aim=0.7,
        better="higher",
        reference="bare FastAPI and SQLAlchemy Core: a row and its outbox row in one statement, no caller",
        bound_by=_cost_of_one(done, seconds),
        unit="requests/s",
    )


def _cost_of_one(done: Rounds, seconds: float) -> str:
    def milliseconds(side: str, process: str) -> float:
        answered = (seconds + http_load.WARM_UP_SECONDS) * sum(done.rates[side]) / len(done.rates[side])
        return 1000 * done.cpu[side][process] / answered

    return (
        f"The API's one process: {milliseconds('Ärende', 'API'):.2f} ms of Python a request"
        f" (bare: {milliseconds('bare FastAPI', 'bare API'):.2f} ms), beside"
        f" {milliseconds('Ärende', 'database'):.2f} ms in the database"
        f" (bare: {milliseconds('bare FastAPI', 'database'):.2f} ms)."
    )


async def listing(cases: Installed, *, quick: bool) -> Figure:
    """Two copies of the database: one with few, one with many cases of the bureau and of others."""
    sizes = {"many": 100_000 if quick else 1_000_000, "few": 10_000}
    bureau, seconds = Bureau(), 3.0 if quick else 8.0
    async with AsyncExitStack() as stack:
        sides: dict[str, Side] = {}
        processes = dict(cases.servers.processes)
        for name, size in sizes.items():
            copy = replace(cases, database=f"bench_{name}_cases")
            await fresh_database(cases.servers, copy.database, copy_of="arende_cases")
            clients = await _pages(copy, bureau, size)
            api = await stack.enter_async_context(copy.serving(database_pool=str(POOL)))
            sides[f"{size:,} cases"] = _answering(api.port, clients, status=200, seconds=seconds)
            processes[f"API ({name})"] = api.pid
        done = await alternate(sides, rounds=2 if quick else 7, processes=processes)
    answered = (seconds + http_load.WARM_UP_SECONDS) * sum(done.rates[f"{sizes['many']:,} cases"])
    used = done.cpu[f"{sizes['many']:,} cases"]
    python, database = (
        1000 * len(done.ratios) * used[group] / answered for group in ("API (many)", "database")
    )
    return done.figure(
        "list_cases_at_any_depth",
        group="api",
        must=0.8,
        aim=0.95,
        better="higher",
        reference=f"{sizes['few']:,} cases, against {sizes['many']:,}",
        bound_by=f"The API's one process: {python:.2f} ms of Python a page, beside {database:.2f} ms in the"
        " database, which reads 51 rows of an index wherever the page begins.",
        unit="requests/s",
    )


async def _pages(copy: Installed, bureau: Bureau, size: int) -> list[list[str]]:
    """Fill the copy with cases, half of them the bureau's own. Returns the requests of each client: each
    begins at pages of another depth."""
    admin = await asyncpg.connect(f"{copy.servers.postgres.url}/{copy.database}", command_timeout=600)
    await admin.execute("truncate cases, participants, timeline, outbox, read_marks")
    await insert_bureaus(admin, [bureau])
    await admin.execute(_FILL, size // 2, bureau.id, bureau.account_id, bureau.employee_id, 1)
    await admin.execute(_FILL, size // 2, bureau.id, bureau.account_id, bureau.employee_id, OTHER_BUREAUS)
    await admin.execute("vacuum analyze")
    paths = ["/v1/cases"]
    for depth in DEPTHS:
        row = await admin.fetchrow(_AT_DEPTH, bureau.id, int(depth * size // 2))
        paths.append(f"/v1/cases?cursor={encode(orjson.dumps([row['updated_at'], row['id']], default=str))}")
    await admin.close()
    headers = bureau.headers(copy.key)
    pages = [http_load.request("GET", path, headers) for path in paths]
    return [pages[turn:] + pages[:turn] for turn in (number % len(pages) for number in range(CLIENTS))]


def opened(bureau: Bureau, key: OKPKey) -> str:
    headers = {**bureau.headers(key), "idempotency-key": KEY}
    return http_load.request("POST", "/v1/cases", headers, orjson.dumps(bureau.body()))


def _answering(port: int, clients: Sequence[Sequence[str]], *, status: int, seconds: float) -> Side:
    async def rate() -> float:
        return (await http_load.run(Job(port, clients, seconds))).rate(status)

    return rate


@asynccontextmanager
async def bare_fastapi(servers: Servers) -> AsyncIterator[Process]:
    await fresh_database(servers, PEER_DATABASE)
    port = free_port()
    command = ["-m", "bench.peers.bare_fastapi", "--port", str(port), "--pool", str(POOL)]
    command += ["--database", f"{servers.postgres.url}/{PEER_DATABASE}"]
    async with running(command, ready=f"http://127.0.0.1:{port}/ready") as pid:
        yield Process(pid, port)
