"""Identifiers: UUIDv7 (RFC 9562), made in Python, so that a row knows its id before it is stored."""

import secrets
import time
from uuid import UUID

import uuid_utils.compat

_RANDOM_BITS = 80
_YEAR_IN_MILLISECONDS = 31_536_000_000


def uuid7() -> UUID:
    return uuid_utils.compat.uuid7()


def timeless_uuid7() -> UUID:
    """For persons: the time in it is any moment of the last year. Whoever adds a person by the address gets
    the id, and must not read from it whether the person was known."""
    moment = time.time_ns() // 1_000_000 - secrets.randbelow(_YEAR_IN_MILLISECONDS)
    return UUID(int=moment << _RANDOM_BITS | uuid7().int % (1 << _RANDOM_BITS))
