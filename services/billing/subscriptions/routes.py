from fastapi import Response

from services.billing.subscriptions import commands, queries
from services.billing.subscriptions.errors import NotAllowedToBuy, QuoteChanged
from services.billing.subscriptions.schemas import PurchaseIn, QuoteOut, SubscriptionOut
from shared.approval import UNAPPROVED, EmailNotVerified
from shared.clock import utcnow
from shared.errors import NotFound
from shared.http.api import create_router
from shared.http.callers import Employee
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("billing")


@router.get("/v1/subscription/quote")
async def get_quote(employee: Employee, session: Session) -> QuoteOut:
    """See what case management would cost

    For employees: the number of customers that would be paid for, and the cost per month, without and with
    VAT. A purchase names the number and the price that it showed.
    """
    return QuoteOut.model_validate(await queries.get_quote(session, employee.bureau_id, at=utcnow()))


@router.post(
    "/v1/subscription",
    status_code=201,
    responses=refusals(NotAllowedToBuy, EmailNotVerified, *UNAPPROVED, QuoteChanged)
    | {200: {"model": SubscriptionOut, "description": "It was bought before: the same purchase."}},
)
async def buy_subscription(
    body: PurchaseIn, employee: Employee, session: Session, response: Response
) -> SubscriptionOut:
    """Buy case management

    For employees who are administrator and have `maintenance: full`, of a bureau that the operator of the
    service has approved. It can be used at once and is billed
    from this month on, in arrears. Buying what is bought returns it; buying what is cancelled but has not
    ended takes the cancellation back.
    """
    subscription, is_new = await commands.buy_subscription(
        session,
        by=employee,
        billable_customers=body.billable_customers,
        price_version=body.price_version,
        at=utcnow(),
    )
    response.status_code = 201 if is_new else 200
    return SubscriptionOut.model_validate(subscription)


@router.get("/v1/subscription", responses=refusals(NotFound))
async def get_subscription(employee: Employee, session: Session) -> SubscriptionOut:
    """Look at the bureau's subscription

    For employees: the one that is open, else the last that ended. Not found where nothing was ever bought.
    """
    return SubscriptionOut.model_validate(await queries.get_subscription(session, employee.bureau_id))


@router.post("/v1/subscription/cancel", responses=refusals(NotAllowedToBuy, NotFound))
async def cancel_subscription(employee: Employee, session: Session) -> SubscriptionOut:
    """Cancel case management

    For employees who are administrator and have `maintenance: full`. It can be used, and is billed, until the
    end of the running month, Swedish time. Cancelling again changes nothing.
    """
    return SubscriptionOut.model_validate(
        await commands.cancel_subscription(session, by=employee, at=utcnow())
    )
