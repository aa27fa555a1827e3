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

from shared.errors import FieldError, ServiceError
from shared.http.idempotency import Replay

_HTTP_CODES = {404: "not_found", 405: "method_not_allowed", 400: "malformed_json", 413: "too_large"}


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
                    "errors": [{"field": "subject", "code": "required", "detail": "Field required"}],
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
    errors: list[FieldError] = []
    """Each field or point that failed, where there may be several; otherwise empty."""


def refusals(*kinds: type[ServiceError]) -> dict[int | str, dict[str, Any]]:
    """What a route may refuse, for its OpenAPI document."""
    responses: dict[int | str, dict[str, Any]] = {}
    for kind in kinds:
        known = responses.setdefault(kind.status, {"description": ""})
        known["description"] = "\n".join(filter(None, [known["description"], meaning(kind)]))
    return responses


def meaning(kind: type[ServiceError]) -> str:
    """A line of Markdown: the code, and the words that come with it in English."""
    return f"- `{kind.code}`: {kind.en}"


def language_of(header: str | None) -> str:
    """`sv` or `en`, by the quality values of Accept-Language; English where neither is named."""
    best, chosen = 0.0, "en"
    for part in (header or "").split(","):
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


async def refusal(request: Request, error: ServiceError) -> Response:
    return problem(
        error.status,
        error.code,
        error.detail(language_of(request.headers.get("accept-language"))),
        headers=error.headers(),
        errors=error.errors,
        **{name: value for name, value in error.facts.items() if name not in ("status", "code", "detail")},
    )


async def invalid(request: Request, error: RequestValidationError) -> Response:
    """Names each field. What was sent is not repeated: it may be a password."""
    failures = error.errors()
    if any(each["type"] == "json_invalid" for each in failures):
        return problem(400, "malformed_json", "The body is not valid JSON.", errors=[])
    fields = [
        {"field": _field(each["loc"]), "code": _code(each["type"]), "detail": each["msg"]}
        for each in failures
    ]
    names = ", ".join(dict.fromkeys(each["field"] for each in fields))
    swedish = language_of(request.headers.get("accept-language")) == "sv"
    words = "Fält som inte kan godtas" if swedish else "Fields that can't be accepted"
    return problem(422, "invalid_request", f"{words}: {names}.", errors=fields)


async def http_error(request: Request, error: HTTPException) -> Response:
    code = _HTTP_CODES.get(error.status_code, "http_error")
    return problem(error.status_code, code, HTTPStatus(error.status_code).description, headers=error.headers)


async def replayed(request: Request, replay: Replay) -> Response:
    return replay.response


def unavailable() -> Response:
    return problem(503, "unavailable", "Try again in a moment.", headers={"Retry-After": "2"})


def _field(place: tuple[int | str, ...]) -> str:
    parts = [str(part) for part in place]
    if parts and parts[0] in ("body", "query", "path", "header"):
        parts = parts[1:] or [parts[0]]
    return ".".join(parts)


def _code(kind: str) -> str:
    return {"extra_forbidden": "unknown_field", "missing": "required"}.get(kind, kind)


def install(app: FastAPI) -> None:
    app.add_exception_handler(ServiceError, refusal)  # type: ignore[arg-type] # Starlette's are untyped
    app.add_exception_handler(RequestValidationError, invalid)  # type: ignore[arg-type] # as above
    app.add_exception_handler(HTTPException, http_error)  # type: ignore[arg-type] # as above
    app.add_exception_handler(Replay, replayed)  # type: ignore[arg-type] # as above
