"""What a route may ask its app and its request for. Apart from the settings: a worker loads no FastAPI."""

from typing import Annotated

from fastapi import Depends, Request

from services.identity.settings import Settings
from shared.http.api import settings_of


def client_address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


Configured = Annotated[Settings, Depends(settings_of)]
ClientAddress = Annotated[str, Depends(client_address)]
