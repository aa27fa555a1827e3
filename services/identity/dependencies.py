"""What a route may ask its app and its request for. Apart from the settings: a worker loads no FastAPI."""

from typing import Annotated

from fastapi import Depends, Header, Request

from services.identity.settings import Settings
from shared.http.api import settings_of


def client_address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def agent(
    user_agent: Annotated[
        str | None, Header(description="Kept with the log-in, so that the person recognises it in the list.")
    ] = None,
) -> str | None:
    return user_agent and user_agent[:200]


Configured = Annotated[Settings, Depends(settings_of)]
ClientAddress = Annotated[str, Depends(client_address)]
Agent = Annotated[str | None, Depends(agent)]
