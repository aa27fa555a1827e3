from typing import Annotated, cast

from fastapi import Depends, Request

from services.identity.keys.signer import Signer


def signing(request: Request) -> Signer:
    return cast(Signer, request.app.state.signer)


Signing = Annotated[Signer, Depends(signing)]
