"""Reactions to events, each one call to a command."""

from shared.bus.handlers import Handlers

handlers = Handlers("cases")
