"""What each operation does before its own work, and what its document says of that."""

from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.params import Form
from fastapi.routing import APIRoute
from pydantic import BaseModel

from shared.errors import (
    FieldError,
    InvalidRequest,
    MalformedAddress,
    MalformedJson,
    ServiceError,
    TooLarge,
    Unavailable,
    UnsupportedMediaType,
)
from shared.http.json_body import parse_body
from shared.http.problems import add_refusals
from shared.http.validation import LONGEST_NAME, MOST_FAULTS, first_faults

Dependency = TypeVar("Dependency", bound=Callable[..., Any])
JSON = "application/json"
_NO_BODY = (None, "0")


def refuses(*kinds: type[ServiceError]) -> Callable[[Dependency], Dependency]:
    """What a dependency may raise: the document of each route that takes it says so."""

    def mark(dependency: Dependency) -> Dependency:
        dependency.refuses = kinds  # type: ignore[attr-defined] # an attribute of our own on a function
        return dependency

    return mark


class Route(APIRoute):
    """Refuses query parameters that the operation does not have, and bodies of another media type."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        self.responses = dict(self.responses)
        add_refusals(self.responses, *self._refusals())

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()
        known = frozenset(_parameters(self.dependant))
        kinds = self._media_types()

        async def answer_sound(request: Request) -> Response:
            if request.scope["query_string"]:
                _require_known(request, known)
            if kinds:
                _require_kind(request, kinds)
            return await answer(await parse_body(request) if JSON in kinds else request)

        return answer_sound

    def _media_types(self) -> tuple[str, ...]:
        """Those that a body may have. A route that reads the stream itself documents them; the others take
        JSON, or the form that their parameters make."""
        if self.body_field is None:
            return tuple((self.openapi_extra or {}).get("requestBody", {}).get("content", ()))
        form = self.body_field.field_info
        return (form.media_type,) if isinstance(form, Form) else (JSON,)

    def _refusals(self) -> Iterator[type[ServiceError]]:
        """Those that are not the operation's own."""
        yield MalformedAddress
        yield InvalidRequest
        yield Unavailable
        kinds = self._media_types()
        if kinds:
            yield UnsupportedMediaType
        if JSON in kinds:
            yield MalformedJson
        if set(self.methods or ()) & {"POST", "PUT", "PATCH"}:
            yield TooLarge
        for part in _with_dependencies(self.dependant):
            yield from getattr(part.call, "refuses", ())


def _with_dependencies(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for part in dependant.dependencies:
        yield from _with_dependencies(part)


def _parameters(dependant: Dependant) -> Iterator[str]:
    """The names in the query; those of a model are its fields'."""
    for part in _with_dependencies(dependant):
        for parameter in part.query_params:
            kind = parameter.field_info.annotation
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from (field.alias or name for name, field in kind.model_fields.items())
            else:
                yield parameter.alias


def _require_known(request: Request, known: frozenset[str]) -> None:
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        errors = [_no_parameter(name[:LONGEST_NAME]) for name in unknown[: MOST_FAULTS + 1]]
        raise InvalidRequest(errors=first_faults(errors, more=len(unknown) - MOST_FAULTS))


def _no_parameter(name: str) -> FieldError:
    return FieldError(
        name,
        "unknown_field",
        en="Leave it out: the operation has no such parameter.",
        sv="Utelämna den: parametern finns inte här.",
    )


def _require_kind(request: Request, kinds: tuple[str, ...]) -> None:
    """Before anything of the body is read."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_json = kind.startswith("application/") and kind.endswith("+json")
    if kind in kinds or (is_json and JSON in kinds):
        return
    if "transfer-encoding" in request.headers or request.headers.get("content-length") not in _NO_BODY:
        raise UnsupportedMediaType(accepted=", ".join(kinds))
