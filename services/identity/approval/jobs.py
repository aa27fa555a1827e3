from services.identity.approval.queries import count_waiting
from shared import telemetry
from shared.database.engine import Database
from shared.worker import Job


async def measure_waiting(database: Database) -> None:
    """How many bureaus nobody has decided about yet, by how long they have waited."""
    async with database.transaction() as session:
        for waited, number in (await count_waiting(session)).items():
            telemetry.BUREAUS_WAITING.labels(waited).set(number)


JOBS = [Job("measure-waiting-bureaus", 300, measure_waiting)]
