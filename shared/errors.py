"""Refusals: each is a class with its status, code and words in both languages (RFC 9457)."""

from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict

Value = TypeVar("Value")


class FieldError(BaseModel):
    """One failing field, or one failing point, of a request."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    field: str
    """Where it is: the names on the way to it with dots between, as in `address.city`, or a header."""
    code: str
    """Why it can't be accepted, for programs, such as `required` or `unknown_field`."""
    detail: str
    """The same for people."""


class ServiceError(Exception):
    """A refusal that the caller is told of. `facts` fill the words and stand in the answer beside them."""

    status: ClassVar[int] = 400
    code: ClassVar[str]
    en: ClassVar[str]
    sv: ClassVar[str]
    # A refusal that itself must be recorded: what was written before it was raised is committed.
    keeps_writes: ClassVar[bool] = False

    def __init__(self, *, errors: Sequence[FieldError] = (), **facts: Any) -> None:
        super().__init__(self.code)
        self.errors = list(errors)
        self.facts = facts

    def detail(self, language: str) -> str:
        return (self.sv if language == "sv" else self.en).format_map(self.facts)

    def headers(self) -> dict[str, str]:
        return {}


class NotFound(ServiceError):
    status = 404
    code = "not_found"
    en = "There is no such {what}."
    sv = "Det finns ingen sådan post ({what})."

    def __init__(self, what: str = "resource") -> None:
        super().__init__(what=what)


def found(value: Value | None, what: str) -> Value:
    """The value where there is one, else NotFound, which says what was looked for."""
    if value is None:
        raise NotFound(what)
    return value


class NotLoggedIn(ServiceError):
    status = 401
    code = "not_logged_in"
    en = "Log in to do this."
    sv = "Logga in för att göra detta."

    def headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": "Bearer"}


class InvalidToken(NotLoggedIn):
    code = "invalid_token"
    en = "The access token is not valid, or no longer valid. Log in again."
    sv = "Åtkomsttoken är inte giltig, eller inte längre giltig. Logga in igen."

    def headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": 'Bearer error="invalid_token"'}


class WrongHat(ServiceError):
    status = 403
    code = "wrong_hat"
    en = "This is for the role {required}. Choose it when you log in (`act_as`)."
    sv = "Detta är för rollen {required}. Välj den när du loggar in (`act_as`)."


class MissingPermission(ServiceError):
    status = 403
    code = "missing_permission"
    en = "This takes the permission {required}."
    sv = "Detta kräver behörigheten {required}."


class VersionMissing(ServiceError):
    status = 428
    code = "if_match_required"
    en = "Send the version that you saw as If-Match."
    sv = "Skicka den version du såg som If-Match."


class VersionConflict(ServiceError):
    status = 412
    code = "version_conflict"
    en = "It has been changed since you read it. Read it again."
    sv = "Den har ändrats sedan du läste den. Läs den igen."


class InvalidCursor(ServiceError):
    status = 422
    code = "invalid_cursor"
    en = "The cursor is not one that this list gave out."
    sv = "Markören kommer inte från den här listan."


class KeyReused(ServiceError):
    status = 422
    code = "idempotency_key_reused"
    en = "This Idempotency-Key was used for another request."
    sv = "Denna Idempotency-Key har använts för en annan begäran."


class TooLarge(ServiceError):
    status = 413
    code = "too_large"
    en = "The request is larger than {limit} bytes."
    sv = "Begäran är större än {limit} byte."


class InvalidRequest(ServiceError):
    """Several fields, or one that only the command could judge."""

    status = 422
    code = "invalid_request"
    en = "The request has fields that can't be accepted."
    sv = "Begäran har fält som inte kan godtas."
