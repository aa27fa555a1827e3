from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.case.queries import list_reachable
from services.cases.case.tables import Case, Step


async def ask_customer(session: AsyncSession, *, case: Case, at: datetime) -> None:
    """The case waits for the customer, or for the bureau where nobody is left who could answer."""
    answerable = bool(await list_reachable(session, case))
    step: Step = "ask_customer" if answerable else "reopen" if case.status == "resolved" else "hand_to_bureau"
    if case.status != ("waiting_for_customer" if answerable else "waiting_for_bureau"):
        case.take(step, at=at)
