from uuid import UUID

from services.billing.runs import commands, queries
from services.billing.runs.errors import TooEarly
from services.billing.runs.schemas import RunIn, RunOut
from shared.clock import utcnow
from shared.errors import NotFound
from shared.http.api import create_router
from shared.http.callers import Operator
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("billing")


@router.post("/v1/billing-runs", status_code=201, responses=refusals(TooEarly))
async def start_run(body: RunIn, operator: Operator, session: Session) -> RunOut:
    return RunOut.of(await commands.queue_run(session, wanted=body, by=operator, at=utcnow()))


@router.get("/v1/billing-runs/{run_id}", responses=refusals(NotFound))
async def read_run(run_id: UUID, operator: Operator, session: Session) -> RunOut:
    return RunOut.of(await queries.run(session, run_id))
