"""Settings of invitations, built in main.py and passed down."""

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    service: str = "invitations"
