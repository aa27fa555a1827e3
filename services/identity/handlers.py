"""Reactions to events, each one call to a command."""

from services.identity.accounts.handlers import handlers as accounts
from services.identity.copies.handlers import handlers as copies
from shared.bus.handlers import Handlers

handlers = Handlers("identity")
handlers.include(accounts)
handlers.include(copies)
