from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.parties.queries import customer_of, first_name_of_main_contact
from services.cases.parties.tables import EmployeeCopy
from services.cases.templates.catalogue import ready_made
from services.cases.templates.errors import ReadyMade
from services.cases.templates.tables import OwnTemplate
from services.cases.templates.template import Filled, Template
from shared.database.keyset import PageRequest, keyset
from shared.errors import InvalidCursor, NotFound
from shared.events.cases import CaseType
from shared.http.schemas import Language


async def get_template(
    session: AsyncSession, bureau_id: UUID, template_id: UUID, language: Language
) -> Template:
    """`language` is a ready-made one's; an own one has its own. An assignee who has left is left out."""
    shipped = ready_made(language).get(template_id)
    if shipped is not None:
        return shipped
    assignee = and_(
        EmployeeCopy.bureau_id == OwnTemplate.bureau_id,
        EmployeeCopy.employee_id == OwnTemplate.default_assignee_id,
    )
    wanted = (
        select(OwnTemplate, func.coalesce(EmployeeCopy.active, False))
        .outerjoin(EmployeeCopy, assignee)
        .where(OwnTemplate.bureau_id == bureau_id, OwnTemplate.id == template_id)
    )
    row = (await session.execute(wanted)).one_or_none()
    if row is None:
        raise NotFound("template")
    own, assignable = row
    template = Template.own(own)
    return template if assignable else replace(template, default_assignee_id=None)


async def own_template(
    session: AsyncSession, bureau_id: UUID, template_id: UUID, *, lock: bool = False
) -> OwnTemplate:
    """Raises ReadyMade for those that nobody can change."""
    if template_id in ready_made("en"):
        raise ReadyMade
    wanted = select(OwnTemplate).where(OwnTemplate.bureau_id == bureau_id, OwnTemplate.id == template_id)
    own = (await session.scalars(wanted.with_for_update() if lock else wanted)).one_or_none()
    if own is None:
        raise NotFound("template")
    return own


async def list_templates(
    session: AsyncSession,
    bureau_id: UUID,
    language: Language,
    paging: PageRequest,
    *,
    type: CaseType | None = None,
) -> Sequence[Template]:
    """The ready-made ones by their keys, then the own ones in the order they were made; see `place`."""
    kind, after = _read_place(paging)
    shipped = [each for each in ready_made(language).values() if kind is None or (each.key or "") > after]
    own = select(OwnTemplate).where(OwnTemplate.bureau_id == bureau_id)
    if type is not None:
        shipped = [each for each in shipped if each.type == type]
        own = own.where(OwnTemplate.type == type)
    if kind == "own":
        shipped = []
    rest = PageRequest(limit=paging.limit, after=[after] if kind == "own" else None)
    rows = await session.scalars(keyset(own, rest, OwnTemplate.id))
    return [*shipped, *(Template.own(row) for row in rows)][: paging.limit + 1]


def place(template: Template) -> tuple[str, str]:
    """Where a list goes on."""
    return template.kind, template.key or str(template.id)


async def preview(
    session: AsyncSession,
    bureau_id: UUID,
    template_id: UUID,
    language: Language,
    *,
    customer_id: UUID,
    period: str | None,
    at: datetime,
) -> Filled:
    """As it would be sent today to the customer's main contact."""
    template = await get_template(session, bureau_id, template_id, language)
    customer = await customer_of(session, bureau_id, customer_id)
    due_on = template.due_on(at)
    values = {
        "customer.name": customer.name,
        "period": period or "",
        "contact.first_name": await first_name_of_main_contact(session, customer),
        "due_on": due_on.isoformat() if due_on else "",
    }
    return Filled.of(template, values, due_on=due_on)


def _read_place(paging: PageRequest) -> tuple[str | None, str]:
    if paging.after is None:
        return None, ""
    match paging.after:
        case ["ready_made" | "own" as kind, str() as after]:
            return str(kind), after
    raise InvalidCursor
