"""`make bench`: every group, its results in bench/RESULTS.md, bench/results.json and bench/plots.

`python -m bench [--quick] [--only bus,cases] [--out FOLDER]`. A figure that misses its aim is no error. Where
a group raises one, the other groups run all the same, and the exit code is 1.
"""

import argparse
import asyncio
import logging
import sys
import time
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvloop
from rich.console import Console

from arende.process import settle
from bench import (
    backlog,
    beside_backlog,
    bus,
    cases,
    latency,
    months,
    plots,
    poison,
    report,
    rest,
    servers,
    uploads,
    workers,
)
from bench.measure import Figure

GROUPS: dict[str, Callable[..., Awaitable[list[Figure]]]] = {
    "bus": bus.figures,
    "poison": poison.figures,
    "backlog": backlog.figures,
    "latency": latency.figures,
    "workers": workers.figures,
    "cases": cases.figures,
    "beside_backlog": beside_backlog.figures,
    "months": months.figures,
    "uploads": uploads.figures,
    "rest": rest.figures,
}
console = Console(width=80)


async def run(names: list[str], out: Path, *, quick: bool) -> bool:
    measured: list[Figure] = []
    failed: list[str] = []
    settle()
    async with servers.running() as running:
        about = report.facts(running)
        for name in names:
            began = time.monotonic()
            try:
                figures = await GROUPS[name](running, quick=quick)
            except Exception:
                traceback.print_exc()
                failed.append(name)
                continue
            for figure in figures:
                console.print(_line(figure), markup=False, highlight=False)
            console.print(f"  {name}: {time.monotonic() - began:.0f} s", style="dim")
            measured += figures
            # Written after each group, so that a long run can be read, or ended, before it is done.
            known = await asyncio.to_thread(report.write, out, measured, about, quick=quick)
            groups = {figure.group for figure in measured}
            drawn = [figure for figure in known if figure.group in groups]
            await asyncio.to_thread(plots.write, out / "plots", drawn)
    if failed:
        console.print(f"failed: {', '.join(failed)}", style="red")
    return not failed


def _line(figure: Figure) -> str:
    sign = ">=" if figure.better == "higher" else "<="
    word = "" if figure.reached else "  NOT REACHED"
    return f"{figure.name:<30}{figure.ratio:>8.2f}   must {sign} {figure.must:g}, aim {figure.aim:g}{word}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="short rounds, all groups in a few minutes")
    parser.add_argument("--only", default=",".join(GROUPS), help="groups, with commas between")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    asked = parser.parse_args()
    logging.disable(logging.INFO)
    asked.out.mkdir(exist_ok=True)
    sys.exit(0 if uvloop.run(run(asked.only.split(","), asked.out, quick=asked.quick)) else 1)


if __name__ == "__main__":
    main()
