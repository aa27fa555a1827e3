"""Templates of both kinds as one: those that ship with the product, and a bureau's own."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.copies.queries import get_customer, list_recipients
from services.cases.copies.tables import Contact, Customer, Employee
from services.cases.templates.catalogue import ready_made
from services.cases.templates.errors import ReadyMade
from services.cases.templates.tables import OwnTemplate
from services.cases.templates.template import Filled, Template
from shared.database.cursors import InvalidCursor
from shared.database.keyset import PageRequest, keyset
from shared.errors import NotFound, found
from shared.events.cases import CaseType
from shared.events.identity import Language


async def get_template(
    session: AsyncSession, bureau_id: UUID, template_id: UUID, language: Language
) -> Template:
    """`language` is that of a ready-made one's texts. An assignee who has left the bureau is left out."""
    shipped = ready_made(language).get(template_id)
    if shipped is not None:
        return shipped
    assignee = and_(
        Employee.bureau_id == OwnTemplate.bureau_id,
        Employee.employee_id == OwnTemplate.default_assignee_id,
    )
    wanted = (
        select(OwnTemplate, func.coalesce(Employee.active, False))
        .outerjoin(Employee, assignee)
        .where(OwnTemplate.bureau_id == bureau_id, OwnTemplate.id == template_id)
    )
    row = (await session.execute(wanted)).one_or_none()
    if row is None:
        raise NotFound("template")
    own, assignable = row
    template = Template.own(own)
    return template if assignable else replace(template, default_assignee_id=None)


async def lock_own_template(session: AsyncSession, bureau_id: UUID, template_id: UUID) -> OwnTemplate:
    """Raises NotFound, and ReadyMade for a template that nobody can change."""
    if template_id in ready_made("en"):
        raise ReadyMade
    wanted = select(OwnTemplate).where(OwnTemplate.bureau_id == bureau_id, OwnTemplate.id == template_id)
    return found((await session.scalars(wanted.with_for_update())).one_or_none(), "template")


async def list_templates(
    session: AsyncSession,
    bureau_id: UUID,
    language: Language,
    paging: PageRequest,
    *,
    case_type: CaseType | None = None,
) -> Sequence[Template]:
    """First the ready-made ones by their keys, then the own ones in the order in which they were made."""
    kind, after = _read_place(paging)
    shipped = [each for each in ready_made(language).values() if kind is None or (each.key or "") > after]
    own = select(OwnTemplate).where(OwnTemplate.bureau_id == bureau_id)
    if case_type is not None:
        shipped = [each for each in shipped if each.type == case_type]
        own = own.where(OwnTemplate.type == case_type)
    if kind == "own":
        shipped = []
    rest = PageRequest(limit=paging.limit, after=[after] if kind == "own" else None)
    rows = await session.scalars(keyset(own, rest, OwnTemplate.id))
    return [*shipped, *(Template.own(row) for row in rows)][: paging.limit + 1]


def place(template: Template) -> tuple[str, str]:
    """A template's place in the list of both kinds, as a cursor holds it."""
    return template.kind, template.key or str(template.id)


def _read_place(paging: PageRequest) -> tuple[str | None, str]:
    if paging.after is None:
        return None, ""
    match paging.after:
        case ["ready_made" | "own" as kind, str() as after]:
            return str(kind), after
    raise InvalidCursor


class Addressee(Protocol):
    """Somebody whom a case is for. The language is the one in the bureau's register, if it is known."""

    @property
    def name(self) -> str: ...
    @property
    def language(self) -> Language | None: ...


async def get_filled(
    session: AsyncSession,
    bureau_id: UUID,
    template_id: UUID,
    *,
    customer_id: UUID,
    customer_name: str,
    people: Sequence[Addressee],
    language: Language | None,
    period: str | None,
    due_on: date | None,
    at: datetime,
) -> Filled:
    """The template's texts for these people, or for the customer's main contact where nobody is named.

    Where `language` is None, the first of the people decides it, and Swedish stands in for what is not known.
    """
    if not people:
        main_contact = await _find_main_contact(session, bureau_id, customer_id)
        people = [main_contact] if main_contact else []
    for person in people:
        language = language or person.language
    template = await get_template(session, bureau_id, template_id, language or "sv")
    return template.filled(
        customer_name=customer_name,
        first_names=[each.name.partition(" ")[0] for each in people],
        period=period,
        due_on=due_on or template.due_on(at),
    )


async def get_preview(
    session: AsyncSession,
    bureau_id: UUID,
    template_id: UUID,
    *,
    customer_id: UUID,
    contact_ids: Sequence[UUID],
    language: Language | None,
    period: str | None,
    due_on: date | None,
    at: datetime,
) -> Filled:
    """What `POST /v1/cases` would take from the template now."""
    customer = await get_customer(session, bureau_id, customer_id)
    people = await list_recipients(session, bureau_id, customer_id, contact_ids) if contact_ids else []
    return await get_filled(
        session,
        bureau_id,
        template_id,
        customer_id=customer_id,
        customer_name=customer.name,
        people=people,
        language=language,
        period=period,
        due_on=due_on,
        at=at,
    )


async def _find_main_contact(session: AsyncSession, bureau_id: UUID, customer_id: UUID) -> Contact | None:
    of_customer = and_(
        Customer.bureau_id == Contact.bureau_id,
        Customer.customer_id == Contact.customer_id,
        Customer.main_contact_id == Contact.contact_id,
    )
    wanted = select(Contact).join(Customer, of_customer)
    mine = (Contact.bureau_id == bureau_id, Contact.customer_id == customer_id, Contact.active.is_(True))
    return (await session.scalars(wanted.where(*mine))).one_or_none()
