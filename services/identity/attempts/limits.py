"""How often something may be tried."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Limits:
    """How many attempts one `window` allows."""

    per_person: int
    per_address: int
    mails: int
    window: timedelta
