"""The reactions of all rooms to events."""

from services.cases.copies.handlers import handlers as copies
from services.cases.people.handlers import handlers as people
from shared.bus.access import include_access
from shared.bus.handlers import Handlers

handlers = Handlers("cases")
handlers.include(copies)
handlers.include(people)
include_access(handlers)
