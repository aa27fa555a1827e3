"""Settings every service has, from `ARENDE_…` environment variables; each service adds its own.

A process is given only what it needs: an API has no worker's database and no broker, a worker no API's
database. So those settings have no value until a process asks for them by `required`.
"""

import json
import os
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from shared.failures import Failure
from shared.networks import TrustedProxies

SMALLEST_SECRET = 32
PREFIX = "ARENDE_"
Value = TypeVar("Value")


def required(value: Value | None, variable: str) -> Value:
    """The value of a setting that this process needs. Raises Failure where there is none."""
    if value is None or value == "":
        raise Failure(f"{variable} is missing")
    return value


def _from_json(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise ValueError("is not valid JSON") from None


# As a variable, a JSON array of numbers.
Delays = Annotated[tuple[float, ...], BeforeValidator(_from_json)]


class ServiceSettings(BaseModel):
    """The settings of one service, which the field `service` names."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True, validate_default=True)

    service: str
    environment: Literal["production", "development", "test"] = Field(
        "production", description="production refuses what is for demo and tests"
    )
    # Addresses hold passwords, so what shows the settings whole (a traceback, a debugger) leaves them out.
    database_url: str = Field(
        "", repr=False, description="postgresql+asyncpg://… of the API's role; the API needs it"
    )
    worker_database_url: str = Field(
        "", repr=False, description="the same of the worker's role; the worker needs it"
    )
    owner_database_url: str | None = Field(
        None, repr=False, description="the same of the role that owns the tables; only migrations need it"
    )
    database_pool: int = Field(6, ge=1, le=50, description="connections that one process keeps open")
    broker_url: str | None = Field(
        None, repr=False, description="amqp://… of the worker's user; the worker needs it"
    )
    jwks_file: Path | None = Field(
        None, description="the public keys that access tokens are checked with (JWK Set); the API needs it"
    )
    issuer: str = Field("https://arende.example", description="`iss` of access tokens")
    web_url: str = Field("http://localhost:8000", description="where links in mails lead")
    host: str = Field("127.0.0.1", description="the address that the management port listens on")
    trusted_proxies: str = Field(
        "127.0.0.1",
        description="proxies before the service, each of which appends to X-Forwarded-For: their number, or "
        "their addresses and networks, separated by commas; 0 for none",
    )
    head_seconds: float = Field(10, gt=0, description="how long the head of a request may take to come")
    stall_seconds: float = Field(20, gt=0, description="how long a body or an answer may stand still")
    lowest_rate: int = Field(
        500, ge=0, description="bytes a second that a body or an answer moves by at least"
    )
    connections: int = Field(900, ge=1, description="open connections of one API; more are answered 503")
    management_port: int = Field(9000, ge=0, le=65535, description="/livez, /readyz, /metrics; 0 takes any")
    drain_seconds: float = Field(
        5, ge=0, le=15, description="how long /readyz says no before an API stops accepting requests"
    )
    retry_delays: Delays = Field((10, 60, 600, 3600), description="seconds between attempts")
    otlp_endpoint: str | None = Field(None, repr=False, description="OTLP/HTTP collector for traces")
    largest_body: int = Field(1_000_000, description="bytes of a JSON body")
    clock_file: Path | None = Field(None, description="moves the clock; demo and tests only")
    kill_point: str | None = Field(None, description="ends the process at a named point; tests only")

    @field_validator("database_url", "worker_database_url", "owner_database_url")
    @classmethod
    def require_postgresql(cls, url: str | None) -> str | None:
        return address_of_kind(url, "postgresql+asyncpg")

    @field_validator("trusted_proxies")
    @classmethod
    def require_proxies(cls, text: str) -> str:
        try:
            TrustedProxies.read(text)
        except ValueError:
            raise ValueError("is neither a number of proxies nor a list of their networks") from None
        return text

    @field_validator("broker_url")
    @classmethod
    def require_amqp(cls, url: str | None) -> str | None:
        return address_of_kind(url, "amqp", "amqps")

    @field_validator("otlp_endpoint")
    @classmethod
    def require_http(cls, url: str | None) -> str | None:
        return address_of_kind(url, "http", "https")

    @model_validator(mode="after")
    def refuse_what_is_unsafe(self) -> Self:
        if self.environment == "production" and (self.clock_file or self.kill_point):
            raise ValueError("ARENDE_CLOCK_FILE and ARENDE_KILL_POINT are for demo and tests")
        return self


class LinkSettings(ServiceSettings):
    """The settings of a service that writes links into mails or reads what is in them."""

    link_secret: SecretStr = Field(description="signs the links in mails; at least 32 characters")

    @model_validator(mode="after")
    def refuse_short_secrets(self) -> Self:
        if self.environment == "production" and len(self.link_secret.get_secret_value()) < SMALLEST_SECRET:
            raise ValueError(f"ARENDE_LINK_SECRET must have at least {SMALLEST_SECRET} characters")
        return self


def address_of_kind(url: str | None, *schemes: str) -> str | None:
    """The address, if there is one. Raises ValueError, which does not repeat it, unless it has one of these
    schemes and is well formed."""
    if url:
        try:
            parts = urlsplit(url)
            known = parts.scheme in schemes and (parts.port is None or parts.port > 0)
        except ValueError:
            known = False
        if not known:
            raise ValueError(f"is no address of the kind {schemes[0]}://host:port/…")
    return url


S = TypeVar("S", bound=ServiceSettings)


def read_settings(kind: type[S]) -> S:
    """What the environment says. Raises Failure, which names each wrong variable and no value."""
    names = {name: variable(name) for name in kind.model_fields if name != "service"}
    given = {name: os.environ[told] for name, told in names.items() if told in os.environ}
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False, include_context=False)
        raise Failure("; ".join(_told(each["loc"], each["type"], each["msg"]) for each in wrong)) from None


def _told(place: tuple[int | str, ...], kind: str, words: str) -> str:
    if not place:
        # The words of a check of several settings, which name them.
        return words.removeprefix("Value error, ")
    name = variable(str(place[0]))
    if kind == "missing":
        return f"{name} is missing"
    return f"{name} {words.removeprefix('Value error, ')}" if kind == "value_error" else f"{name}: {words}"


def variable(field: str) -> str:
    return PREFIX + field.upper()


def describe(settings: type[ServiceSettings]) -> list[tuple[str, str, str]]:
    """(variable, default as it would be set or 'required', what it is) for `arende settings`."""
    rows: list[tuple[str, str, str]] = []
    for name, field in settings.model_fields.items():
        if name == "service":
            continue
        default = "required" if field.is_required() else _written(field.default)
        rows.append((variable(name), default, field.description or ""))
    return rows


def _written(value: Any) -> str:
    """A default as the variable would hold it; empty where there is none."""
    if value is None:
        return ""
    return json.dumps(list(value)) if isinstance(value, tuple) else str(value)
