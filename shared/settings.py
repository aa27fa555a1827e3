"""Settings every service has, from `ARENDE_…` environment variables; each service adds its own."""

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SMALLEST_SECRET = 32


class ServiceSettings(BaseSettings):
    """One service's settings. The field `service` names it; its database is `ARENDE_DATABASE_URL`."""

    model_config = SettingsConfigDict(env_prefix="ARENDE_", extra="ignore", frozen=True)

    service: str
    environment: Literal["production", "development", "test"] = "production"
    database_url: str = Field(description="postgresql+asyncpg://… of the API's role")
    worker_database_url: str = Field(description="postgresql+asyncpg://… of the worker's role")
    owner_database_url: str | None = Field(
        None, description="of the role that owns the tables; only migrations"
    )
    database_pool: int = Field(6, ge=1, le=50)
    broker_url: str | None = Field(
        None, description="amqp://…; without it only `arende up` can run the service"
    )
    jwks_file: Path = Field(description="the public keys that access tokens are checked with (JWK Set)")
    link_secret: SecretStr = Field(description="signs the links in mails; at least 32 characters")
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
        if self.environment == "production":
            if len(self.link_secret.get_secret_value()) < SMALLEST_SECRET:
                raise ValueError(f"ARENDE_LINK_SECRET must have at least {SMALLEST_SECRET} characters")
            if self.clock_file or self.kill_point:
                raise ValueError("ARENDE_CLOCK_FILE and ARENDE_KILL_POINT are for demo and tests")
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
