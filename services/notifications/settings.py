"""Settings of notifications, built in main.py and passed down."""

from typing import Annotated, cast

from fastapi import Depends, Request

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    service: str = "notifications"


def configured(request: Request) -> Settings:
    return cast(Settings, request.app.state.settings)


Configured = Annotated[Settings, Depends(configured)]
