"""Settings of invitations, built in main.py and passed down."""

from shared.settings import LinkSettings


class Settings(LinkSettings):
    service: str = "invitations"
