from typing import Annotated, cast

from fastapi import Depends, Request

from services.identity.people.passwords import Passwords


def hashing(request: Request) -> Passwords:
    return cast(Passwords, request.app.state.passwords)


Hashing = Annotated[Passwords, Depends(hashing)]
