"""How often something may be tried, and at what cost."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Limits:
    """How many attempts one `window` allows."""

    per_person: int
    per_address: int
    mails: int
    window: timedelta


@dataclass(frozen=True)
class Costs:
    """What guessing a password costs, and how much of it one process takes upon itself.

    `memory_kib` and `rounds` are what one guess costs.

    All guesses of one process together take at most `budget_kib`. At most `line` others wait for their turn,
    each for at most `wait_seconds`.
    """

    memory_kib: int
    rounds: int
    budget_kib: int
    line: int = 0
    wait_seconds: float = 5.0
