from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Path, Query, Response

from services.cases.copies.errors import CannotReceive, EmployeeInactive, NoCollaboration
from services.cases.templates import commands, queries
from services.cases.templates.errors import ReadyMade, UnknownPlaceholder
from services.cases.templates.schemas import PreviewIn, PreviewOut, TemplateChange, TemplateIn, TemplateOut
from services.cases.templates.tables import OwnTemplate
from services.cases.templates.template import Template
from shared.clock import utcnow
from shared.errors import InvalidRequest, MissingPermission, NotFound, VersionConflict, VersionMissing
from shared.events.cases import CaseType
from shared.http.api import create_router
from shared.http.callers import Employee
from shared.http.components import LOCATION
from shared.http.etags import IfMatch, set_etag
from shared.http.pagination import Page, Paging, page
from shared.http.problems import language_of, refusals
from shared.http.schemas import Language
from shared.http.session import Session

router = create_router("templates")

TemplateId = Annotated[UUID, Path(description="As the list of templates shows it.")]
OfType = Annotated[CaseType | None, Query(alias="type", description="Only templates for cases of this type.")]

OfTexts = Annotated[
    Language | None, Query(description="Of a ready-made template's texts; without it the recipient's.")
]


def wanted_language(
    language: Annotated[
        Language | None,
        Query(
            description="Of ready-made templates; without it as `Accept-Language` says. Own ones have one."
        ),
    ] = None,
    accept_language: Annotated[
        str | None, Header(description="Where `language` is left out: Swedish if preferred, else English.")
    ] = None,
) -> Language:
    return language or ("sv" if language_of(accept_language) == "sv" else "en")


WantedLanguage = Annotated[Language, Depends(wanted_language)]


@router.get("/v1/templates")
async def list_templates(
    language: WantedLanguage, employee: Employee, session: Session, paging: Paging, of_type: OfType = None
) -> Page[TemplateOut]:
    """List templates

    For every employee. First the ready-made ones by their keys, then the bureau's own ones, oldest first.
    """
    templates = await queries.list_templates(session, employee.bureau_id, language, paging, case_type=of_type)
    return page(templates, paging, out=TemplateOut.model_validate, key=queries.place)


@router.post(
    "/v1/templates",
    status_code=201,
    responses={
        201: LOCATION,
        **refusals(MissingPermission, UnknownPlaceholder, InvalidRequest, EmployeeInactive),
    },
)
async def add_template(
    template: TemplateIn, employee: Employee, session: Session, response: Response
) -> TemplateOut:
    """Add a template of the bureau's own

    For employees with full maintenance; every employee of the bureau can use it afterwards.
    """
    added = await commands.add_template(session, content=template.model_dump(), by=employee)
    response.headers["Location"] = f"/v1/templates/{added.id}"
    return _shown(added, response)


@router.get("/v1/templates/{template_id}", responses=refusals(NotFound))
async def get_template(
    template_id: TemplateId,
    language: WantedLanguage,
    employee: Employee,
    session: Session,
    response: Response,
) -> TemplateOut:
    """Look at a template

    For every employee. An own template has an `ETag`, which a change must name.
    """
    template = await queries.get_template(session, employee.bureau_id, template_id, language)
    if template.version is not None:
        set_etag(response, template.version)
    return TemplateOut.model_validate(template)


@router.patch(
    "/v1/templates/{template_id}",
    responses=refusals(
        MissingPermission,
        NotFound,
        ReadyMade,
        VersionConflict,
        VersionMissing,
        UnknownPlaceholder,
        InvalidRequest,
        EmployeeInactive,
    ),
)
async def change_template(
    template_id: TemplateId,
    change: TemplateChange,
    seen: IfMatch,
    employee: Employee,
    session: Session,
    response: Response,
) -> TemplateOut:
    """Change a template of the bureau's own

    For employees with full maintenance. Cases that were created from it earlier stay as they are.
    """
    changed = await commands.change_template(
        session, template_id=template_id, changes=change.given(), seen=seen, by=employee
    )
    return _shown(changed, response)


@router.delete(
    "/v1/templates/{template_id}",
    status_code=204,
    responses=refusals(MissingPermission, NotFound, ReadyMade),
)
async def remove_template(template_id: TemplateId, employee: Employee, session: Session) -> None:
    """Remove a template of the bureau's own

    For employees with full maintenance. Cases that were created from it keep its texts.
    """
    await commands.remove_template(session, template_id=template_id, by=employee)


@router.post(
    "/v1/templates/{template_id}/preview", responses=refusals(NotFound, NoCollaboration, CannotReceive)
)
async def preview_template(
    template_id: TemplateId,
    wanted: PreviewIn,
    employee: Employee,
    session: Session,
    language: OfTexts = None,
) -> PreviewOut:
    """Preview a case from a template

    For every employee. Shows the texts as a case that is created today would have them; nothing is sent or
    stored. A ready-made template speaks the language of the first recipient, as the bureau's register has it.
    """
    filled = await queries.get_preview(
        session,
        employee.bureau_id,
        template_id,
        customer_id=wanted.customer_id,
        contact_ids=wanted.participant_ids,
        language=language,
        period=wanted.period,
        due_on=wanted.due_on,
        at=utcnow(),
    )
    return PreviewOut.model_validate(filled)


def _shown(own: OwnTemplate, response: Response) -> TemplateOut:
    set_etag(response, own.version)
    return TemplateOut.model_validate(Template.own(own))
