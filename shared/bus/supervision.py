"""Whether the queues are consumed and a backlog moves."""

from dataclasses import dataclass, field


class Stuck(RuntimeError):
    """A queue has no consumer, or a backlog that does not move."""


@dataclass
class Progress:
    """Each queue's moves, compared at each check with those before.

    One bad check raises Stuck, so that everything is built again; three in a row without progress
    make the process unhealthy, so that the platform replaces it.
    """

    moves: dict[str, int] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    failures: int = 0

    def handled(self, queue: str) -> None:
        self.progressed(queue)
        self.failures = 0

    def progressed(self, queue: str) -> None:
        """Not standing still, though nothing is acknowledged: a part was tried, or our database is down."""
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
