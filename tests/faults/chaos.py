"""`make chaos`: many events under many faults, by a seeded plan, and a report of what has become of them.

`python -m tests.faults.chaos --events 100000 --faults 200 --seed 7 --report report.json`
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.faults.kinds import KINDS, NotHappened
from tests.faults.ledger import WRONGS
from tests.faults.plan import Step, plan
from tests.faults.rig import Rig
from tests.faults.watch import Watch

DRAIN_SECONDS = 600


async def chaos(rig: Rig, *, events: int, steps: list[Step], say: Progress) -> dict[str, Any]:
    """Write a share of the events at each step, during its fault. At the end all must be handled."""
    happened: Counter[str] = Counter()
    missed: list[str] = []
    bar = say.add_task("faults", total=len(steps), now="")
    async with Watch(rig) as watch:
        for number, step in enumerate(steps):
            say.update(bar, now=step.kind, completed=number)
            if not say.console.is_terminal and number % 10 == 0:
                say.console.print(f"{number}/{len(steps)} faults, {rig.ledger.accepted} events")
            share = events * (number + 1) // len(steps) - events * number // len(steps)
            try:
                await _one(rig, step, share)
                happened[step.kind] += 1
            except* NotHappened as group:
                missed.append(f"{step.kind}: {group.exceptions[0]}")
                say.console.print(f"not happened: {missed[-1]}", markup=False)
        say.update(bar, now="draining", completed=len(steps))
        drained = await rig.drain(seconds=DRAIN_SECONDS) and await rig.drain_broker(seconds=DRAIN_SECONDS)
    verdict = await rig.ledger.verdict()
    return {
        "events": events,
        **verdict,
        "duplicates_suppressed": watch.suppressed,
        "faults": dict(sorted(happened.items())),
        "faults_not_happened": missed,
        "processes_died": sum(len(process.deaths) for process in rig.processes),
        "answers_replayed": rig.replayed,
        "longest_outage_s": round(watch.longest_outage, 1),
        "drained": drained,
    }


async def _one(rig: Rig, step: Step, share: int) -> None:
    before = round(share * step.after)
    await rig.write(before)
    random = Random(step.seed)  # noqa: S311 - a seeded choice, no secret
    async with asyncio.TaskGroup() as group:
        group.create_task(rig.write(share - before))
        group.create_task(KINDS[step.kind].apply(rig, random, step.seconds))


async def run(events: int, faults: int, seed: int) -> dict[str, Any]:
    began = time.monotonic()
    words = TextColumn("{task.fields[now]:<28}")
    columns = (BarColumn(20), MofNCompleteColumn(), TimeElapsedColumn(), words)
    with tempfile.TemporaryDirectory(prefix="arende-chaos-") as folder, Progress(*columns) as say:
        rig = await Rig.start(Path(folder))
        try:
            report = await chaos(rig, events=events, steps=plan(faults, seed), say=say)
        finally:
            await rig.stop()
    return {**report, "seed": seed, "seconds": round(time.monotonic() - began, 1)}


def passed(report: dict[str, Any]) -> bool:
    return bool(report["drained"]) and not any(report[name] for name in WRONGS)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--report", type=Path, default=Path("report.json"))
    asked = parser.parse_args()
    report = asyncio.run(run(asked.events, asked.faults, asked.seed))
    asked.report.write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))  # noqa: T201 - a command prints its result
    sys.exit(0 if passed(report) else 1)


if __name__ == "__main__":
    main()
