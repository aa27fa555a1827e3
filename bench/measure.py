"""Alternating rounds of ours and a peer, as ratios; and the CPU seconds that each side took."""

import os
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Figure:
    """One line of the results. `rates` has the figures of each side, one for each round. `cpu` has the CPU
    seconds of each side, for each group of processes ("client", "broker", "database")."""

    name: str
    group: str
    ratio: float
    spread: float
    must: float
    aim: float
    better: Literal["higher", "lower"]
    reference: str
    rounds: int
    bound_by: str
    unit: str = "events/s"
    rates: Mapping[str, Sequence[float]] = field(default_factory=dict)
    cpu: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    # (seconds, rate) over time, where that says more than a median
    curve: Sequence[tuple[float, float]] = ()

    @property
    def reached(self) -> bool:
        return self.ratio >= self.must if self.better == "higher" else self.ratio <= self.must

    def as_json(self) -> dict[str, Any]:
        names = ("ratio", "spread", "must", "aim", "better", "reference", "rounds", "bound_by")
        return {name: getattr(self, name) for name in names}


Side = Callable[[], Awaitable[float]]


@dataclass
class Rounds:
    """The figures of two sides in alternating rounds. A ratio is ours divided by the other side's."""

    rates: dict[str, list[float]]
    cpu: dict[str, dict[str, float]]

    @property
    def ratios(self) -> list[float]:
        ours, other = self.rates.values()
        return [mine / theirs for mine, theirs in zip(ours, other, strict=True)]

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)

    @property
    def spread(self) -> float:
        """The difference between the highest and the lowest ratio."""
        return max(self.ratios) - min(self.ratios)

    def figure(self, name: str, **told: Any) -> Figure:
        """The rounds as a line of the results. `told` are the fields that don't follow from the rounds."""
        return Figure(
            name=name,
            ratio=self.ratio,
            spread=self.spread,
            rounds=len(self.ratios),
            rates=self.rates,
            cpu=self.cpu,
            **told,
        )


async def alternate(sides: Mapping[str, Side], *, rounds: int, processes: Mapping[str, int]) -> Rounds:
    """Run both sides `rounds` times. Every second round begins with the other side. A side returns its rate,
    or its seconds. `processes` are those whose CPU seconds are counted, with their children's."""
    names = list(sides)
    done = Rounds({name: [] for name in names}, {name: dict.fromkeys(processes, 0.0) for name in names})
    for number in range(rounds):
        for name in names if number % 2 == 0 else reversed(names):
            before = cpu_by_group(processes)
            done.rates[name].append(await sides[name]())
            for group, seconds in cpu_by_group(processes).items():
                done.cpu[name][group] += (seconds - before[group]) / rounds
    return done


class Stopwatch(AbstractContextManager["Stopwatch"]):
    seconds = 0.0

    def __enter__(self) -> "Stopwatch":
        self._start = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self._start


def cpu_by_group(leaders: Mapping[str, int]) -> dict[str, float]:
    """User and system seconds so far of each leader and its descendants, those that have ended included. A
    process counts with its nearest leader. (Sessions can't tell: PostgreSQL's children have their own.)"""
    groups = {leader: group for group, leader in leaders.items()}
    parents: dict[int, int] = {}
    used: dict[int, float] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(stat.parent.name)
        parents[pid], used[pid] = int(words[1]), sum(map(int, words[11:15])) / TICKS
    totals = dict.fromkeys(leaders, 0.0)
    for pid, seconds in used.items():
        while pid in parents and pid not in groups:
            pid = parents[pid]
        if pid in groups:
            totals[groups[pid]] += seconds
    return totals


def cpu_seconds(leader: int) -> float:
    """CPU seconds of one leader and its descendants. Servers that this process has started don't count."""
    return sum(os.times()[:4]) if leader == os.getpid() else cpu_by_group({"": leader})[""]


def memory_bytes(pid: int) -> int:
    """The resident memory of one process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
