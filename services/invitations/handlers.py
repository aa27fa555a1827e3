"""The reactions of invitations, gathered from its rooms."""

from services.invitations.copies.handlers import handlers as copies
from services.invitations.upkeep.handlers import handlers as upkeep
from shared.bus.access import include_access
from shared.bus.handlers import Handlers

handlers = Handlers("invitations")
handlers.include(copies)
handlers.include(upkeep)
include_access(handlers)
