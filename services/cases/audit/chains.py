"""Following a case's two chains, entry by entry."""

from services.cases.case.tables import Case
from services.cases.timeline.tables import Entry


class Chain:
    """One chain as far as it was followed. `broken_at` is the first position that is not as written."""

    def __init__(self) -> None:
        self.length, self.hash = 0, ""
        self.broken_at: int | None = None

    def follow(self, entry: Entry, position: int, hash_: str | None) -> None:
        """The next entry, with its position and hash in this chain."""
        if self.broken_at is not None:
            return
        self.length += 1
        if position != self.length or entry.hash_after(self.hash, position=position) != hash_:
            self.broken_at = self.length
        else:
            self.hash = hash_

    def end(self, length: int, hash_: str) -> None:
        """Where the case's row says that the chain ends."""
        if self.broken_at is None and (self.length, self.hash) != (length, hash_):
            self.broken_at = self.length + 1


class Chains:
    def __init__(self) -> None:
        self.bureau, self.customer = Chain(), Chain()

    def follow(self, entry: Entry) -> None:
        self.bureau.follow(entry, entry.position, entry.hash)
        if entry.shared_position is not None:
            self.customer.follow(entry, entry.shared_position, entry.shared_hash)

    def end(self, case: Case) -> None:
        self.bureau.end(case.timeline_length, case.timeline_hash)
        self.customer.end(case.shared_timeline_length, case.shared_timeline_hash)

    def faults(self) -> list[str]:
        broken = {"": self.bureau.broken_at, " of the customer's chain": self.customer.broken_at}
        return [f"entry {at}{chain} is not as written" for chain, at in broken.items() if at is not None]
