"""What a route may ask its app for. Kept apart from the settings, because a worker loads no FastAPI."""

from typing import Annotated

from fastapi import Depends

from services.notifications.settings import Settings
from shared.http.api import settings_of


def api_address(settings: Annotated[Settings, Depends(settings_of)]) -> str:
    return settings.api_address


ApiAddress = Annotated[str, Depends(api_address)]
