"""Settings of notifications, built in main.py and passed down."""

from pydantic import Field

from shared.settings import Delays, LinkSettings


class Settings(LinkSettings):
    service: str = "notifications"
    smtp_url: str = Field(
        "smtp://127.0.0.1:25",
        repr=False,
        description="smtp://… or smtps://user:password@host:port; STARTTLS if offered",
    )
    smtp_timeout: float = Field(15, gt=0, le=15, description="seconds that sending one mail may take")
    mail_from: str = Field("no-reply@arende.example", description="the address that mails come from")
    mail_retry_delays: Delays = Field(
        (60, 300, 1800, 7200, 43200), description="seconds between attempts to send a mail"
    )
    api_url: str | None = Field(
        None, description="https://…, where partners reach the API; the web address where it is not set"
    )

    @property
    def api_address(self) -> str:
        """Without a slash at its end, so that a path follows it."""
        return (self.api_url or self.web_url).rstrip("/")
