"""What a route may ask its app for. Kept apart from the settings, because a worker loads no FastAPI."""

from typing import Annotated

from fastapi import Depends

from services.cases.settings import Settings
from shared.http.api import settings_of

Configured = Annotated[Settings, Depends(settings_of)]
