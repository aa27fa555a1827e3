"""Refusals: each is a class with its status, code and words in both languages (RFC 9457)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self, TypeVar

from shared.security import Fact, Refused

Value = TypeVar("Value")


@dataclass(frozen=True)
class FieldError:
    """One failing field, or one failing point, of a request, in words that say what to do.

    `field` is the names and positions on the way to it with dots between, as in `address.city`.
    """

    field: str
    code: str
    en: str
    sv: str

    def detail(self, language: str) -> str:
        return self.sv if language == "sv" else self.en


class ServiceError(Exception):
    """A refusal that the caller is told of. `facts` fill the words and stand in the answer beside them."""

    status: ClassVar[int] = 400
    code: ClassVar[str]
    en: ClassVar[str]
    sv: ClassVar[str]
    # A refusal that itself must be recorded: what was written before it was raised is committed.
    keeps_writes: ClassVar[bool] = False
    # What the security log calls it; refusals of rights and limits (403, 429) have their names by the status.
    security: ClassVar[Refused | None] = None

    def __init__(self, *, errors: Sequence[FieldError] = (), **facts: Any) -> None:
        super().__init__(self.code)
        self.errors = list(errors)
        self.facts = facts
        self.noted: dict[str, Fact] = {}

    def note(self, **facts: Fact) -> Self:
        """With facts for the security log, which the caller is not told: `raise InvalidToken().note(…)`."""
        self.noted |= facts
        return self

    def detail(self, language: str) -> str:
        return (self.sv if language == "sv" else self.en).format_map(self.facts)

    def headers(self) -> dict[str, str]:
        return {}


# What can be looked for, and what it is called in Swedish.
What = Literal[
    "account",
    "administrator",
    "batch",
    "billing run",
    "bureau",
    "case",
    "collaboration",
    "contact",
    "credential",
    "customer",
    "employee",
    "event type",
    "file",
    "invitation",
    "invoice",
    "item",
    "job",
    "link",
    "mail",
    "member",
    "message",
    "month",
    "note",
    "notification",
    "person",
    "session",
    "subscription",
    "template",
]
_SWEDISH: dict[What, str] = {
    "account": "Företagskontot",
    "administrator": "Administratören",
    "batch": "Utskicket",
    "billing run": "Faktureringen",
    "bureau": "Byrån",
    "case": "Ärendet",
    "collaboration": "Samarbetet",
    "contact": "Kontakten",
    "credential": "Inloggningssättet",
    "customer": "Kunden",
    "employee": "Medarbetaren",
    "event type": "Händelsetypen",
    "file": "Filen",
    "invitation": "Inbjudan",
    "invoice": "Fakturan",
    "item": "Underlaget",
    "job": "Jobbet",
    "link": "Länken",
    "mail": "Mejlet",
    "member": "Användaren",
    "message": "Meddelandet",
    "month": "Månaden",
    "note": "Anteckningen",
    "notification": "Aviseringen",
    "person": "Personen",
    "session": "Inloggningen",
    "subscription": "Köpet av Ärendehantering",
    "template": "Mallen",
}


class NotFound(ServiceError):
    status = 404
    code = "not_found"
    en = "There is no such {what}."
    sv = "{what} finns inte."

    def __init__(self, what: What) -> None:
        super().__init__(what=what)

    def detail(self, language: str) -> str:
        what: What = self.facts["what"]
        if language == "sv":
            return self.sv.format(what=_SWEDISH[what])
        return self.en.format(what=what)


def found(value: Value | None, what: What) -> Value:
    """The value where there is one, else NotFound, which says what was looked for."""
    if value is None:
        raise NotFound(what)
    return value


@contextmanager
def named_in(field: str) -> Iterator[None]:
    """For what a request's body names in `field`: NotFound becomes a refusal of that field. An id in the
    path that leads nowhere stays a NotFound."""
    try:
        yield
    except NotFound as missing:
        raise InvalidRequest(
            errors=[FieldError(field, missing.code, en=missing.detail("en"), sv=missing.detail("sv"))]
        ) from missing


class NotLoggedIn(ServiceError):
    status = 401
    code = "not_logged_in"
    en = "Log in to do this."
    sv = "Logga in för att göra detta."

    def headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": "Bearer"}


class InvalidToken(NotLoggedIn):
    security = "token_refused"
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


class MalformedAddress(ServiceError):
    status = 400
    code = "malformed_url"
    en = "The address holds a NUL character."
    sv = "Adressen innehåller ett NUL-tecken."


class MalformedJson(ServiceError):
    status = 400
    code = "malformed_json"
    en = "The body is not valid JSON."
    sv = "Innehållet är inte giltig JSON."


class IncompleteBody(ServiceError):
    status = 400
    code = "incomplete_body"
    en = "The connection was closed before the whole body had come."
    sv = "Anslutningen stängdes innan hela innehållet hade kommit."


class NoSuchRoute(ServiceError):
    status = 404
    code = "no_such_route"
    en = "Nothing is at this address. Compare its path with the API's document."
    sv = "Det finns ingenting på den här adressen. Jämför sökvägen med API:ets dokument."


class MethodNotAllowed(ServiceError):
    # `allowed`: the methods that the path has, with commas between.
    status = 405
    code = "method_not_allowed"
    en = "This address takes {allowed}."
    sv = "Den här adressen tar emot {allowed}."

    def headers(self) -> dict[str, str]:
        return {"Allow": self.facts["allowed"]}


class UnsupportedMediaType(ServiceError):
    """`accepted`: the media types that the operation takes, with commas between."""

    status = 415
    code = "unsupported_media_type"
    en = "Send the body as {accepted}, and say so in Content-Type."
    sv = "Skicka innehållet som {accepted}, och ange det i Content-Type."

    def headers(self) -> dict[str, str]:
        return {"Accept": self.facts["accepted"]}


class InternalError(ServiceError):
    status = 500
    code = "internal_error"
    en = "Something went wrong here. It has been recorded."
    sv = "Något gick fel hos oss. Felet är noterat."


class Unavailable(ServiceError):
    status = 503
    code = "unavailable"
    en = "Try again in a moment."
    sv = "Försök igen om en stund."

    def headers(self) -> dict[str, str]:
        return {"Retry-After": "2"}
