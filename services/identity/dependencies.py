"""What a route may ask its app and its request for. Apart from the settings: a worker loads no FastAPI."""

from typing import Annotated, cast

from fastapi import Depends, Request

from services.identity.settings import Settings


def configured(request: Request) -> Settings:
    return cast(Settings, request.app.state.settings)


def client_address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


Configured = Annotated[Settings, Depends(configured)]
ClientAddress = Annotated[str, Depends(client_address)]
