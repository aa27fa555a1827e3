"""Whether each queue has a consumer, and whether its backlog moves."""

from dataclasses import dataclass, field


class Stuck(RuntimeError):
    """A queue has no consumer, or its backlog does not move."""


@dataclass
class Progress:
    """How often each queue has moved, compared at each check with the check before.

    A bad check raises Stuck, so that the consumer connects again. After three bad checks without progress
    between them the process is unhealthy, so that the platform replaces it.
    """

    moves: dict[str, int] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    failures: int = 0

    def handled(self, queue: str) -> None:
        self.progressed(queue)
        self.failures = 0

    def progressed(self, queue: str) -> None:
        """The queue does not stand still, although nothing was acknowledged: a part of a batch was tried, or
        the consumer waits for its database."""
        self.moves[queue] = self.moves.get(queue, 0) + 1

    def check(self, queue: str, *, waiting: int, consumers: int) -> None:
        moves = self.moves.get(queue, 0)
        stands = waiting > 0 and queue in self.seen and self.seen[queue] == moves
        self.seen[queue] = moves
        if consumers == 0 or stands:
            self.failures += 1
            raise Stuck(f"{queue}: {consumers} consumers, {waiting} waiting")

    def healthy(self) -> bool:
        return self.failures < 3
