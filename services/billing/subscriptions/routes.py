from fastapi import Response

from services.billing.subscriptions import commands, queries
from services.billing.subscriptions.errors import NotAllowedToBuy, QuoteChanged
from services.billing.subscriptions.schemas import PurchaseIn, QuoteOut, SubscriptionOut
from shared.clock import utcnow
from shared.errors import NotFound
from shared.http.api import create_router
from shared.http.callers import Employee
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("billing")


@router.get("/v1/subscription/quote")
async def read_quote(employee: Employee, session: Session) -> QuoteOut:
    return await queries.quote(session, employee.bureau_id, at=utcnow())


@router.post(
    "/v1/subscription",
    status_code=201,
    responses=refusals(NotAllowedToBuy, QuoteChanged)
    | {200: {"model": SubscriptionOut, "description": "It was bought before: the same purchase."}},
)
async def buy(body: PurchaseIn, employee: Employee, session: Session, response: Response) -> SubscriptionOut:
    subscription, is_new = await commands.buy(session, by=employee, seen=body, at=utcnow())
    response.status_code = 201 if is_new else 200
    return SubscriptionOut.model_validate(subscription)


@router.get("/v1/subscription", responses=refusals(NotFound))
async def read_subscription(employee: Employee, session: Session) -> SubscriptionOut:
    return SubscriptionOut.model_validate(await queries.subscription(session, employee.bureau_id))


@router.post("/v1/subscription/cancel", responses=refusals(NotAllowedToBuy, NotFound))
async def cancel(employee: Employee, session: Session) -> SubscriptionOut:
    return SubscriptionOut.model_validate(await commands.cancel(session, by=employee, at=utcnow()))
