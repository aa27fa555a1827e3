"""What a route may ask its app for. Kept apart from the settings, because a worker loads no FastAPI."""

from typing import Annotated, cast

from fastapi import Depends, Request

from services.cases.settings import Settings


def configured(request: Request) -> Settings:
    return cast(Settings, request.app.state.settings)


Configured = Annotated[Settings, Depends(configured)]
