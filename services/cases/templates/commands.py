from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.copies.queries import get_active_employee
from services.cases.templates.errors import UnknownPlaceholder
from services.cases.templates.placeholders import SOURCES, is_unfinished, names_in
from services.cases.templates.queries import lock_own_template
from services.cases.templates.tables import OwnTemplate
from shared.callers import CallerEmployee
from shared.errors import FieldError, InvalidRequest, named_in
from shared.ids import uuid7
from shared.versions import SeenVersion

# A text may hold thousands of wrong placeholders; the first ones say enough.
MOST_ERRORS = 20


async def add_template(
    session: AsyncSession, *, content: Mapping[str, Any], by: CallerEmployee
) -> OwnTemplate:
    by.require_maintenance()
    template = OwnTemplate(id=uuid7(), bureau_id=by.bureau_id, version=1, **content)
    _require_usable(template)
    await _require_assignee(session, template)
    session.add(template)
    return template


async def change_template(
    session: AsyncSession,
    *,
    template_id: UUID,
    changes: Mapping[str, Any],
    seen: SeenVersion,
    by: CallerEmployee,
) -> OwnTemplate:
    by.require_maintenance()
    template = await lock_own_template(session, by.bureau_id, template_id)
    seen.require(template.version)
    changed = {name: value for name, value in changes.items() if value != getattr(template, name)}
    if not changed:
        return template
    for name, value in changed.items():
        setattr(template, name, value)
    template.version += 1
    _require_usable(template)
    if "default_assignee_id" in changed:
        await _require_assignee(session, template)
    return template


async def remove_template(session: AsyncSession, *, template_id: UUID, by: CallerEmployee) -> None:
    """Cases that were created from it keep its texts."""
    by.require_maintenance()
    await session.delete(await lock_own_template(session, by.bureau_id, template_id))


async def _require_assignee(session: AsyncSession, template: OwnTemplate) -> None:
    if template.default_assignee_id is not None:
        with named_in("default_assignee_id"):
            await get_active_employee(session, template.bureau_id, template.default_assignee_id)


def _require_usable(template: OwnTemplate) -> None:
    """Raises UnknownPlaceholder and InvalidRequest, which name the fields."""
    texts = {"subject": template.subject, "body": template.body, "statement": template.statement or ""}
    texts |= {f"items.{number}": text for number, text in enumerate(template.items)}
    if wrong := [error for field, text in texts.items() for error in _wrong_placeholders(field, text)]:
        raise UnknownPlaceholder(errors=wrong[:MOST_ERRORS])
    if (template.type == "document_request") != bool(template.items):
        misplaced = FieldError(
            "items",
            "required" if not template.items else "wrong_case_type",
            en="A document_request has items, no other type has.",
            sv="En begäran om underlag har punkter, ingen annan ärendetyp har det.",
        )
        raise InvalidRequest(errors=[misplaced])
    if template.statement is not None and template.type != "approval":
        misplaced = FieldError(
            "statement",
            "wrong_case_type",
            en="Leave it out: only an approval has a statement.",
            sv="Utelämna det: bara ett godkännande har en text att godkänna.",
        )
        raise InvalidRequest(errors=[misplaced])


def _wrong_placeholders(field: str, text: str) -> list[FieldError]:
    errors = [
        FieldError(
            field,
            "unknown_placeholder",
            en=f"There is no placeholder {{{{{name[:100]}}}}}.",
            sv=f"Det finns ingen platshållare {{{{{name[:100]}}}}}.",
        )
        for name in names_in(text)
        if name not in SOURCES
    ]
    if is_unfinished(text):
        errors.append(
            FieldError(
                field,
                "unfinished_placeholder",
                en="Close each {{ with }}.",
                sv="Avsluta varje {{ med }}.",
            )
        )
    return errors
