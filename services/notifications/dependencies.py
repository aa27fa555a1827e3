"""What a route may ask its app for. Kept apart from the settings, because a worker loads no FastAPI."""

from typing import Annotated, cast

from fastapi import Depends, Request

from services.notifications.settings import Settings


def api_address(request: Request) -> str:
    return cast(Settings, request.app.state.settings).api_address


ApiAddress = Annotated[str, Depends(api_address)]
