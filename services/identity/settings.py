"""Settings of identity, built in main.py and passed down."""

from datetime import timedelta
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from services.identity.attempts.limits import Costs, Limits
from shared.addresses import normalised
from shared.settings import SMALLEST_SECRET, LinkSettings

# OWASP Password Storage Cheat Sheet: the least memory for Argon2id with two rounds.
SMALLEST_MEMORY_KIB = 19_456
SMALLEST_ROUNDS = 2


class Settings(LinkSettings):
    service: str = "identity"
    signing_keys_file: Path | None = Field(
        None, description="the private keys that sign access tokens (JWK Set; the first one signs)"
    )
    credentials_secret: SecretStr | None = Field(
        None, description="seals the secrets of authenticator apps; at least 32 characters; the API needs it"
    )
    credentials_secret_before: SecretStr | None = Field(
        None, description="the one before, which opens what it has sealed while the secret is changed"
    )
    operator_emails: str = Field(
        "", description="who may approve bureaus, run billing and set prices, separated by commas"
    )
    approve_bureaus: Literal["automatic", "manual"] = Field(
        "manual", description="whether an operator must approve a bureau before it can buy and send mail"
    )
    password_memory_kib: int = Field(65_536, ge=8, description="memory that one guess costs (Argon2id)")
    password_rounds: int = Field(3, ge=1, description="rounds that one guess costs")
    password_budget_kib: int = Field(
        131_072, ge=8, description="memory for all guesses at once in one process; others wait for their turn"
    )
    password_line: int = Field(
        30, ge=0, description="log-ins that wait for their turn; more are answered 503"
    )
    password_wait_seconds: float = Field(5, gt=0, description="how long a log-in waits for its turn")
    access_token_seconds: int = Field(600, ge=60, le=3600, description="how long an access token lasts")
    session_days: int = Field(30, ge=1, le=365, description="how long an unused session lasts")
    login_attempts_per_person: int = Field(10, ge=1, description="within the window")
    login_attempts_per_address: int = Field(50, ge=1, description="that failed, within the window")
    login_window_seconds: int = Field(900, ge=1, description="the window that attempts are counted in")
    largest_import: int = Field(20_000_000, ge=1, description="bytes of a register file")
    mails_per_window: int = Field(5, ge=1, description="security mails to one person, within the window")

    @model_validator(mode="after")
    def refuse_hashes_over_the_budget(self) -> Self:
        if self.password_memory_kib > self.password_budget_kib:
            raise ValueError("ARENDE_PASSWORD_BUDGET_KIB is less than one guess takes (_MEMORY_KIB)")
        return self

    @model_validator(mode="after")
    def refuse_weak_production(self) -> Self:
        if self.environment != "production":
            return self
        # The worker signs nothing; it has no API's database and is given no keys.
        if self.database_url and self.signing_keys_file is None:
            raise ValueError("ARENDE_SIGNING_KEYS_FILE is missing")
        if self.database_url:
            self._refuse_weak_credentials_secret()
        if self.password_memory_kib < SMALLEST_MEMORY_KIB or self.password_rounds < SMALLEST_ROUNDS:
            raise ValueError("ARENDE_PASSWORD_MEMORY_KIB and _ROUNDS make guessing too cheap")
        return self

    def _refuse_weak_credentials_secret(self) -> None:
        secret = self.credentials_secret.get_secret_value() if self.credentials_secret else ""
        if len(secret) < SMALLEST_SECRET:
            raise ValueError(f"ARENDE_CREDENTIALS_SECRET must have at least {SMALLEST_SECRET} characters")
        if secret == self.link_secret.get_secret_value():
            raise ValueError("ARENDE_CREDENTIALS_SECRET must not be ARENDE_LINK_SECRET")

    @property
    def credentials_secrets(self) -> list[SecretStr]:
        """The present one first."""
        return [each for each in (self.credentials_secret, self.credentials_secret_before) if each]

    @property
    def operators(self) -> frozenset[str]:
        return frozenset(filter(None, map(normalised, self.operator_emails.split(","))))

    @property
    def password_costs(self) -> Costs:
        return Costs(
            memory_kib=self.password_memory_kib,
            rounds=self.password_rounds,
            budget_kib=self.password_budget_kib,
            line=self.password_line,
            wait_seconds=self.password_wait_seconds,
        )

    @property
    def approves_bureaus(self) -> bool:
        return self.approve_bureaus == "automatic"

    @property
    def limits(self) -> Limits:
        return Limits(
            per_person=self.login_attempts_per_person,
            per_address=self.login_attempts_per_address,
            mails=self.mails_per_window,
            window=timedelta(seconds=self.login_window_seconds),
        )
