"""The reactions of billing, gathered from its rooms."""

from services.billing.copies.handlers import handlers as copies
from shared.bus.access import include_access
from shared.bus.handlers import Handlers

handlers = Handlers("billing")
handlers.include(copies)
include_access(handlers)
