"""Every error answer: RFC 9457 `application/problem+json` with a stable code, in the caller's language."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from pydantic_core import to_jsonable_python
from starlette.exceptions import HTTPException

from shared.errors import InvalidRequest, MalformedJson, NoSuchRoute, ServiceError
from shared.http.methods import Methods
from shared.http.validation import field_errors
from shared.principals import Principal
from shared.security import Fact, Refused, tell_refused

# Characters of an Accept-Language that are read.
LONGEST_LANGUAGES = 500


class FieldProblem(BaseModel):
    """One failing field, or one failing point, of a request."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    field: str
    """Where it is: the names and positions on the way to it with dots between, as in `address.city` and
    `participant_ids.0`; or a parameter, or a header."""
    code: str
    """Why it can't be accepted, for programs, such as `required` or `too_long`."""
    detail: str
    """What to do about it, for people, in the language that `Accept-Language` asks for."""


class Problem(BaseModel):
    """A refusal or a failure (RFC 9457). Some refusals have further members, named in their `detail`."""

    model_config = ConfigDict(
        use_attribute_docstrings=True,
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank",
                    "title": "Unprocessable Content",
                    "status": 422,
                    "code": "invalid_request",
                    "detail": "Fields that can't be accepted: subject.",
                    "errors": [{"field": "subject", "code": "required", "detail": "This is required."}],
                }
            ]
        },
    )

    type: str = "about:blank"
    """Always `about:blank`: `code` tells refusals apart."""
    title: str
    """The name of the HTTP status, in English."""
    status: int
    """The same number as the answer's HTTP status."""
    code: str
    """What went wrong, for programs: a word that never changes its meaning, such as `not_found`."""
    detail: str
    """What went wrong, for people: a sentence in the language that `Accept-Language` asks for."""
    errors: list[FieldProblem] = []
    """Each field or point that failed, where there may be several; otherwise empty."""


def refusals(*kinds: type[ServiceError]) -> dict[int | str, dict[str, Any]]:
    """What a route may refuse, for its OpenAPI document."""
    responses: dict[int | str, dict[str, Any]] = {}
    add_refusals(responses, *kinds)
    return responses


def add_refusals(responses: dict[int | str, dict[str, Any]], *kinds: type[ServiceError]) -> None:
    """A line for each kind that its status does not name yet."""
    for kind in kinds:
        known = responses.get(kind.status, {})
        described = known.get("description", "")
        if f"`{kind.code}`" not in described:
            lines = "\n".join(filter(None, [described, meaning(kind)]))
            responses[kind.status] = {**known, "description": lines}


def meaning(kind: type[ServiceError]) -> str:
    """A line of Markdown: the code, and the words that come with it in English."""
    return f"- `{kind.code}`: {kind.en}"


def language_of(header: str | None) -> str:
    """`sv` or `en`, by the quality values of Accept-Language; English where neither is named."""
    best, chosen = 0.0, "en"
    for part in (header or "")[:LONGEST_LANGUAGES].split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        if tag[:2].lower() in ("sv", "en") and weight > best:
            best, chosen = weight, tag[:2].lower()
    return chosen


def problem(
    status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **members: Any
) -> Response:
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        **to_jsonable_python(members),
    }
    return Response(
        orjson.dumps(body),
        status_code=status,
        media_type="application/problem+json",
        headers=dict(headers or {}),
    )


# What the security log calls refusals that have no name of their own there.
_REFUSED: dict[int, Refused] = {403: "right_refused", 429: "limit_hit"}


async def refusal(request: Request, error: ServiceError) -> Response:
    if kind := error.security or _REFUSED.get(error.status):
        _tell_refused(request, kind, error)
    language = language_of(request.headers.get("accept-language"))
    return problem(
        error.status,
        error.code,
        error.detail(language),
        headers=error.headers(),
        errors=[
            {"field": each.field, "code": each.code, "detail": each.detail(language)} for each in error.errors
        ],
        **{name: value for name, value in error.facts.items() if name not in ("status", "code", "detail")},
    )


def _tell_refused(request: Request, kind: Refused, error: ServiceError) -> None:
    facts: dict[str, Fact] = {
        "code": error.code,
        "operation": getattr(request.scope.get("route"), "name", None),
    }
    principal: Principal | None = getattr(request.state, "principal", None)
    if principal is not None:
        facts["person"] = principal.sub
        if principal.hat is not None:
            facts |= {"hat": principal.hat.kind, "hat_id": principal.hat.hat_id}
    tell_refused(request.app.state.settings.service, kind, **{**facts, **error.noted})


async def invalid(request: Request, error: RequestValidationError) -> Response:
    """Names each field. What was sent is not repeated: it may be a password."""
    failures = error.errors()
    if any(each["type"] == "json_invalid" for each in failures):
        return await refusal(request, MalformedJson())
    return await refusal(request, InvalidRequest(errors=field_errors(failures)))


async def http_error(request: Request, error: HTTPException) -> Response:
    """What the framework refuses before any code of ours."""
    if error.status_code == 404:
        return await refusal(request, NoSuchRoute())
    if error.status_code == 405:
        return await refusal(request, request.app.state.methods.refusal(request.scope["path"]))
    if error.status_code == 400:
        return await refusal(request, MalformedJson())
    return problem(
        error.status_code, "http_error", HTTPStatus(error.status_code).description, headers=error.headers
    )


def install(app: FastAPI) -> None:
    """For an app that has all its routes."""
    app.state.methods = Methods.of_routes(app.routes)
    app.add_exception_handler(ServiceError, refusal)  # type: ignore[arg-type] # Starlette's are untyped
    app.add_exception_handler(RequestValidationError, invalid)  # type: ignore[arg-type] # as above
    app.add_exception_handler(HTTPException, http_error)  # type: ignore[arg-type] # as above
