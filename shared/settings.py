"""Settings every service has, from `ARENDE_…` environment variables; each service adds its own.

A process is given only what it needs: an API has no worker's database and no broker, a worker no API's
database. So those settings have no value until a process asks for them by `required`.
"""

from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SMALLEST_SECRET = 32
Value = TypeVar("Value")


class MissingSetting(Exception):
    """This process can't do without a setting that it was not given; the message names the variable."""


def required(value: Value | None, variable: str) -> Value:
    """The value of a setting that this process needs. Raises MissingSetting where there is none."""
    if value is None or value == "":
        raise MissingSetting(f"{variable} is missing")
    return value


class ServiceSettings(BaseSettings):
    """The settings of one service, which the field `service` names."""

    model_config = SettingsConfigDict(env_prefix="ARENDE_", extra="ignore", frozen=True)

    service: str
    environment: Literal["production", "development", "test"] = "production"
    database_url: str = Field("", description="postgresql+asyncpg://… of the API's role; the API needs it")
    worker_database_url: str = Field("", description="the same of the worker's role; the worker needs it")
    owner_database_url: str | None = Field(
        None, description="the same of the role that owns the tables; only migrations need it"
    )
    database_pool: int = Field(6, ge=1, le=50)
    broker_url: str | None = Field(None, description="amqp://… of the worker's user; the worker needs it")
    jwks_file: Path | None = Field(
        None, description="the public keys that access tokens are checked with (JWK Set); the API needs it"
    )
    issuer: str = Field("https://arende.example", description="`iss` of access tokens")
    web_url: str = Field("http://localhost:8000", description="where links in mails lead")
    host: str = Field("127.0.0.1", description="the address that the management port listens on")
    trusted_proxies: str = Field("127.0.0.1", description="whose X-Forwarded-For is believed; * for any")
    management_port: int = Field(9000, ge=0, le=65535, description="/livez, /readyz, /metrics; 0 takes any")
    retry_delays: tuple[float, ...] = Field((10, 60, 600, 3600), description="seconds between attempts")
    otlp_endpoint: str | None = Field(None, description="OTLP/HTTP collector for traces")
    largest_body: int = Field(1_000_000, description="bytes of a JSON body")
    clock_file: Path | None = Field(None, description="moves the clock; demo and tests only")
    kill_point: str | None = Field(None, description="ends the process at a named point; tests only")

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


def describe(settings: type[ServiceSettings]) -> list[tuple[str, str, str]]:
    """(variable, default or 'required', what it is) for `arende settings`."""
    rows: list[tuple[str, str, str]] = []
    for name, field in settings.model_fields.items():
        if name == "service":
            continue
        default: Any = "required" if field.is_required() else field.default
        rows.append((f"ARENDE_{name.upper()}", str(default), field.description or ""))
    return rows
