"""Settings of billing, built in main.py and passed down."""

from pydantic import Field

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    service: str = "billing"
    billing_batch: int = Field(1000, ge=1, le=5000, description="bureaus billed in one transaction")
