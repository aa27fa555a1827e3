"""Passwords as Argon2id hashes, computed in a few threads, and which passwords are easily guessed.

The time that a comparison takes does not tell whether a person exists: where there is no hash to compare
with, a decoy takes its place.
"""

import asyncio
import re
import secrets
import unicodedata
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import cached_property
from threading import Lock
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.identity.attempts.limits import Costs
from services.identity.people.errors import Busy
from shared.errors import FieldError, InvalidRequest

Result = TypeVar("Result")
# More threads than a machine has cores end no hash earlier.
MOST_THREADS = 8
# zxcvbn's scores go from 0 to 4; 3 withstands 10^8 guesses.
LEAST_SCORE: Final = 3
# So many characters that nobody can guess are enough. Judging a hundred can take zxcvbn five seconds.
MOST_JUDGED: Final = 32
# Beside what zxcvbn knows: what comes to mind first to somebody who writes Swedish, and in this product.
_OBVIOUS: Final = (
    *("lösenord", "losenord", "hemligt", "hejsan", "välkommen", "valkommen", "sverige", "stockholm"),
    *("sommar", "vinter", "höst", "ärende", "arende", "byrå", "byra", "redovisning", "bokföring"),
)
# zxcvbn keeps the words about the person in a global variable.
_JUDGING = Lock()


class Passwords:
    def __init__(self, costs: Costs) -> None:
        self._hasher = PasswordHasher(time_cost=costs.rounds, memory_cost=costs.memory_kib, parallelism=1)
        at_once = min(MOST_THREADS, max(1, costs.budget_kib // costs.memory_kib))
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="passwords")
        self._turns = asyncio.Semaphore(at_once)
        self._costs = costs
        self._waiting = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """The right to use a thread. Raises Busy where the line is full or does not move in time."""
        await self._wait_in_line()
        try:
            yield
        finally:
            self._turns.release()

    async def run(self, work: Callable[..., Result], *arguments: object) -> Result:
        """For all that computes for long on somebody's password; whoever calls this has a turn."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)

    async def hash(self, password: str) -> str:
        return await self.run(self._hasher.hash, _normal(password))

    async def require_strong(self, password: str, *, field: str, about: Iterable[str] = ()) -> None:
        """Raises InvalidRequest, which names the field, for a password that is easily guessed. `about` is
        what others know of the person: name, address, bureau."""
        words = [*_words(about), *_OBVIOUS]
        if await self.run(_score, _normal(password), words) < LEAST_SCORE:
            raise InvalidRequest(errors=[_too_weak(field)])

    async def match(self, password: str, known: str | None) -> bool:
        """Returns False where `known` is None, after the same time as for a wrong password."""
        return await self.run(self._match, password, known)

    def is_outdated(self, known: str) -> bool:
        return self._hasher.check_needs_rehash(known)

    async def _wait_in_line(self) -> None:
        if self._turns.locked() and self._waiting >= self._costs.line:
            raise Busy
        self._waiting += 1
        try:
            async with asyncio.timeout(self._costs.wait_seconds):
                await self._turns.acquire()
        except TimeoutError:
            raise Busy from None
        finally:
            self._waiting -= 1

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


def _score(password: str, words: list[str]) -> int:
    from zxcvbn import zxcvbn  # its dictionaries take 14 MB, which a process has only once it needs them

    with _JUDGING:
        return int(zxcvbn(password[:MOST_JUDGED], user_inputs=words)["score"])


def _words(about: Iterable[str]) -> set[str]:
    """The texts, what stands before an address's `@`, and the single words: zxcvbn takes two words for much
    harder to guess than one."""
    words = set()
    for text in map(_normal, about):
        words |= {text[:MOST_JUDGED], text.partition("@")[0], *re.split(r"[\W_]+", text)}
    return {word for word in words if len(word) > 2}


def _too_weak(field: str) -> FieldError:
    return FieldError(
        field,
        "password_too_weak",
        en="Choose a password that is harder to guess: a few words that have nothing to do with each other,"
        " without your name, your address or your company.",
        sv="Välj ett lösenord som är svårare att gissa: några ord som inte hör ihop, utan ditt namn, din"
        " adress eller ditt företag.",
    )
