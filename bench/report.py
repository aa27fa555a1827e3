"""The results as a page and as JSON."""

import json
import os
import platform
import statistics
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.measure import Figure
from bench.servers import Servers

LIBRARIES = (
    "aio-pika",
    "aiormq",
    "asyncpg",
    "sqlalchemy",
    "fastapi",
    "uvicorn",
    "uvloop",
    "faststream",
    "celery",
)


def facts(servers: Servers) -> dict[str, str]:
    """The machine and the versions of a run."""
    model = next(
        (line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    postgres = [str(servers.postgres._launch.binaries / "postgres"), "--version"]
    said = subprocess.run(postgres, capture_output=True, text=True, check=True).stdout  # noqa: S603 - ours
    return {
        "measured": f"{datetime.now(UTC):%Y-%m-%d %H:%M}",
        "machine": f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB",
        "Python": platform.python_version(),
        "RabbitMQ": servers.rabbit.ctl("version").strip(),
        "PostgreSQL": said.split()[2],
        **{name: version(name) for name in LIBRARIES},
    }


def write(folder: Path, measured: Sequence[Figure], about: dict[str, str], *, quick: bool) -> list[Figure]:
    """Write the new figures beside those that earlier runs have left of other groups. Returns all of them."""
    rounds = folder / "rounds.json"
    known: dict[str, Any] = json.loads(rounds.read_text()) if rounds.exists() else {}
    on = ", ".join(f"{name} {value}" for name, value in about.items() if name != "measured")
    known |= {figure.name: {**asdict(figure), "run": about["measured"], "on": on} for figure in measured}
    rounds.write_text(json.dumps(known, indent=1) + "\n")
    runs = {name: details.pop("run") for name, details in known.items()}
    machines = {runs[name]: details.pop("on") for name, details in known.items()}
    figures = [Figure(**details) for details in known.values()]
    results = {figure.name: figure.as_json() for figure in figures}
    (folder / "results.json").write_text(json.dumps(results, indent=2) + "\n")
    (folder / "RESULTS.md").write_text("\n".join(_page(figures, runs, machines, quick=quick)) + "\n")
    return figures


def _page(
    figures: Sequence[Figure], runs: dict[str, str], machines: dict[str, str], *, quick: bool
) -> Iterable[str]:
    yield "# Results of `make bench`\n"
    yield (
        "Each figure is ours divided by a reference measured in the same run, in alternating rounds: the"
        " median of the rounds' ratios, and as spread the difference between the highest and the lowest."
        " Figures of memory are amounts in MB or MiB. The last column names the run of each figure."
    )
    if quick:
        yield "\nA quick run: few and short rounds, for a look and not for a claim."
    yield "\n| run | measured on |\n| --- | --- |"
    yield from (f"| {run} | {on} |" for run, on in sorted(machines.items()))
    yield ""
    yield "| figure | ratio | spread | must | aim | reached | against | bound by | run |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    for figure in figures:
        sign = "≥" if figure.better == "higher" else "≤"
        yield (
            f"| {figure.name} | {figure.ratio:.2f} | {figure.spread:.2f} | {sign} {figure.must:g}"
            f" | {sign} {figure.aim:g} | {_reached(figure)} | {figure.reference} | {figure.bound_by}"
            f" | {runs[figure.name]} |"
        )
    for group in dict.fromkeys(figure.group for figure in figures):
        yield f"\n![{group}](plots/{group}.png)"
    yield "\n## Rounds\n"
    yield "| figure | side | unit | median | each round | CPU seconds a round |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for figure in figures:
        for side, rates in figure.rates.items():
            spent = ", ".join(f"{name} {used:.1f}" for name, used in figure.cpu.get(side, {}).items())
            each = " ".join(_number(rate) for rate in rates)
            yield (
                f"| {figure.name} | {side} | {figure.unit} | {_number(statistics.median(rates))}"
                f" | {each} | {spent or '-'} |"
            )


def _reached(figure: Figure) -> str:
    higher = figure.better == "higher"
    if figure.ratio >= figure.aim if higher else figure.ratio <= figure.aim:
        return "aim"
    return "must" if figure.reached else "no"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines()
