"""The operator of a trial system: somebody who may run billing and set prices."""

from arende.databases import Databases
from arende.installation import OPERATOR, Installation
from services.identity.attempts.limits import Costs
from services.identity.people.commands import ensure_operator
from services.identity.people.passwords import Passwords
from shared.clock import utcnow
from shared.database.engine import Database


async def seed_operator(installation: Installation, databases: Databases) -> None:
    database = Database(databases.url("identity", "api"), name="arende-seed", pool=1)
    try:
        async with database.transaction() as session:
            await ensure_operator(
                session,
                email=OPERATOR,
                name="Operator",
                password=installation.secret["operator_password"],
                passwords=Passwords(Costs(memory_kib=8192, rounds=3, budget_kib=8192)),
                at=utcnow(),
            )
    finally:
        await database.close()
