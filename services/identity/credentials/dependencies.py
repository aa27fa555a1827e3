from typing import Annotated

from fastapi import Depends

from services.identity.credentials.seal import Seal
from services.identity.dependencies import Configured


def sealing(settings: Configured) -> Seal:
    return Seal(settings.credentials_secrets)


Sealing = Annotated[Seal, Depends(sealing)]
