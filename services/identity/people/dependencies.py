from collections.abc import AsyncIterator
from typing import Annotated, cast

from fastapi import Depends, Request

from services.identity.people.errors import Busy
from services.identity.people.passwords import Passwords
from shared.http.route import refuses


@refuses(Busy)
async def hashing(request: Request) -> AsyncIterator[Passwords]:
    """A route takes this before its `Session`: whoever waits for a turn must not hold a connection."""
    passwords = cast(Passwords, request.app.state.passwords)
    async with passwords.turn():
        yield passwords


Hashing = Annotated[Passwords, Depends(hashing, scope="function")]
