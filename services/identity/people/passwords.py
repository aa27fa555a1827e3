"""Passwords as Argon2id hashes, computed in a thread.

The time that a comparison takes does not tell whether a person exists: where there is no hash to compare
with, a decoy takes its place.
"""

import asyncio
import secrets
import unicodedata
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Passwords:
    """`memory_kib` and `rounds` are what one guess costs."""

    def __init__(self, *, memory_kib: int, rounds: int) -> None:
        self._hasher = PasswordHasher(time_cost=rounds, memory_cost=memory_kib, parallelism=1)

    async def hash(self, password: str) -> str:
        return await asyncio.to_thread(self._hasher.hash, _normal(password))

    async def match(self, password: str, known: str | None) -> bool:
        """Returns False where `known` is None, after the same time as for a wrong password."""
        return await asyncio.to_thread(self._match, password, known)

    def is_outdated(self, known: str) -> bool:
        return self._hasher.check_needs_rehash(known)

    @cached_property
    def _decoy(self) -> str:
        return self._hasher.hash(secrets.token_hex())

    def _match(self, password: str, known: str | None) -> bool:
        decoy = self._decoy
        try:
            return self._hasher.verify(known or decoy, _normal(password)) and known is not None
        except (VerificationError, InvalidHashError):
            return False


def _normal(password: str) -> str:
    """Makes a password the same from every keyboard (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)
