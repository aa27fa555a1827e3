"""Identifiers: UUIDv7 (RFC 9562), made in Python, so that a row knows its id before it is stored."""

from uuid import UUID

import uuid_utils.compat


def uuid7() -> UUID:
    return uuid_utils.compat.uuid7()
