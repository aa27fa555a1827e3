from typing import Annotated

from fastapi import Depends

from services.identity.dependencies import Configured
from services.identity.passkeys.ceremonies import RelyingParty


def relying_party(settings: Configured) -> RelyingParty:
    return RelyingParty.at(settings.web_url)


Party = Annotated[RelyingParty, Depends(relying_party)]
