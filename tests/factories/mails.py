"""Events that make notifications send mails, and what it has stored about mails and attempts."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update

from services.notifications.mails.jobs import send_mails
from services.notifications.mails.tables import Mail, MailAttempt
from services.notifications.settings import Settings
from shared.events.billing import InvoiceIssued
from tests.factories.events import event_of
from tests.factories.records import Bureau, Invoice
from tests.factories.service import Service


def invoices(bureau: Bureau, number: int = 1) -> list[InvoiceIssued]:
    """So many events, each of which leads to a mail."""
    return [event_of(InvoiceIssued, Invoice(bureau.id)) for _ in range(number)]


async def send(service: Service, settings: Settings, smtp_url: str, **overrides: Any) -> None:
    """Run the job that sends what is due, once, to this mail server."""
    changed = settings.model_copy(update={"smtp_url": smtp_url, **overrides})
    await send_mails(service.database, settings=changed)


async def states_of(service: Service, bureau: Bureau) -> list[tuple[str, int]]:
    """The state and the number of attempts of each of the bureau's mails."""
    return [(mail.state, mail.attempts) for mail in await mails_of(service, bureau)]


async def mails_of(service: Service, bureau: Bureau) -> Sequence[Mail]:
    """All mails of the bureau, the first that is due first."""
    wanted = select(Mail).where(Mail.bureau_id == bureau.id).order_by(Mail.due_at, Mail.id)
    async with service.database.transaction() as session:
        return (await session.scalars(wanted)).all()


async def mails_to(service: Service, user_id: UUID) -> Sequence[Mail]:
    async with service.database.transaction() as session:
        return (await session.scalars(select(Mail).where(Mail.user_id == user_id))).all()


async def attempts_of(service: Service, bureau: Bureau) -> Sequence[MailAttempt]:
    """All attempts to send the bureau's mails, the first one first."""
    wanted = select(MailAttempt).where(MailAttempt.bureau_id == bureau.id).order_by(MailAttempt.id)
    async with service.database.transaction() as session:
        return (await session.scalars(wanted)).all()


async def make_due(service: Service, bureau: Bureau) -> None:
    """Change the rows as if the time until the next attempt, or that of the lease, had passed."""
    async with service.database.transaction() as session:
        await session.execute(update(Mail).where(Mail.bureau_id == bureau.id).values(due_at=func.now()))


async def waits_of(service: Service, bureau: Bureau) -> list[float]:
    """Whole seconds until each mail is due, from when it was added."""
    wanted = (
        select(func.extract("epoch", Mail.due_at - Mail.added_at))
        .where(Mail.bureau_id == bureau.id)
        .order_by(Mail.due_at)
    )
    async with service.database.transaction() as session:
        return [round(float(seconds)) for seconds in await session.scalars(wanted)]


async def everything_stored(service: Service) -> str:
    """Every row of every table as text, in which tests look for what must not be there."""
    async with service.database.transaction() as session:
        tables = await session.scalars(text("select tablename from pg_tables where schemaname = 'public'"))
        rows = [
            await session.scalar(text(f'select string_agg(t::text, chr(10)) from "{table}" t'))  # noqa: S608 - names from the catalogue
            for table in tables
            if not table.startswith("alembic")
        ]
    return "\n".join(filter(None, rows))
