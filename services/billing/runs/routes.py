from services.billing.runs import commands, queries
from services.billing.runs.errors import TooEarly
from services.billing.runs.schemas import BillingRunIn, BillingRunOut, RunId
from shared.clock import utcnow
from shared.errors import NotFound
from shared.http.api import create_router
from shared.http.callers import Operator
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("billing")


@router.post("/v1/billing-runs", status_code=201, responses=refusals(TooEarly))
async def start_billing_run(body: BillingRunIn, operator: Operator, session: Session) -> BillingRunOut:
    """Bill a month

    For operators. The worker does it within seconds; look at the run for its result. What is due is billed
    without it too. Billing a month again issues nothing that was issued before.
    """
    run = await commands.request_run(
        session, month=body.month, dry_run=body.dry_run, by=operator, at=utcnow()
    )
    return BillingRunOut.of(run)


@router.get("/v1/billing-runs/{run_id}", responses=refusals(NotFound))
async def get_billing_run(run_id: RunId, operator: Operator, session: Session) -> BillingRunOut:
    """Look at a billing run and its result

    For operators, who see every bureau's invoice for the month.
    """
    return BillingRunOut.of(await queries.get_run(session, run_id))
