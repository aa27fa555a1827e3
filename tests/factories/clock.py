"""A clock that a test moves: the fixture `moved_clock`."""

from datetime import timedelta
from pathlib import Path

from shared import clock


class MovedClock:
    def __init__(self, file: Path) -> None:
        self.file = file
        clock.follow(file)

    def move(self, **by: float) -> None:
        clock.set_offset(self.file, clock.offset() + timedelta(**by))
