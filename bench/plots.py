"""A picture for each group: its ratios, what each must reach and aims at, and rates over time."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib
from matplotlib import pyplot
from matplotlib.axes import Axes

from bench.measure import Figure

matplotlib.use("Agg")

OURS, MUST, AIM = "#2f6f8f", "#b3412f", "#4b8b3b"


def write(folder: Path, figures: Sequence[Figure]) -> None:
    folder.mkdir(exist_ok=True)
    for group in dict.fromkeys(figure.group for figure in figures):
        _draw(folder / f"{group}.png", group, [figure for figure in figures if figure.group == group])


def _draw(file: Path, group: str, figures: Sequence[Figure]) -> None:
    curves = [figure for figure in figures if figure.curve]
    height = 1.1 + 0.95 * len(figures) + 2.6 * len(curves)
    shares = [0.95] * len(figures) + [2.6] * len(curves)
    picture, axes = pyplot.subplots(
        len(shares), figsize=(8, height), height_ratios=shares, squeeze=False, layout="constrained"
    )
    for axis, figure in zip(axes[: len(figures), 0], figures, strict=True):
        _bar(axis, figure)
    for axis, figure in zip(axes[len(figures) :, 0], curves, strict=True):
        _curve(axis, figure)
    picture.suptitle(f"{group}: ours against its reference (red: must, green: aim)", fontsize=11)
    picture.savefig(file, dpi=110)
    pyplot.close(picture)


def _bar(axis: Axes, figure: Figure) -> None:
    axis.barh([0], [figure.ratio], color=OURS, height=0.5)
    axis.axvline(figure.must, color=MUST, linewidth=2)
    axis.axvline(figure.aim, color=AIM, linewidth=2, linestyle="--")
    axis.set_xlim(0, 1.25 * max(figure.ratio, figure.must, figure.aim))
    axis.set_yticks([])
    unit = f" {figure.unit}" if figure.unit in ("MB", "MiB") else ""
    sign = "at least" if figure.better == "higher" else "at most"
    words = f"{figure.name.replace('_', ' ')}: {figure.ratio:.2f}{unit}"
    axis.set_title(f"{words}   (must {sign} {figure.must:g}, aim {figure.aim:g})", fontsize=9, loc="left")
    for side in ("top", "right", "left"):
        axis.spines[side].set_visible(False)


def _curve(axis: Axes, figure: Figure) -> None:
    axis.plot(*zip(*figure.curve, strict=True), color=OURS)
    axis.set_ylim(bottom=0)
    axis.set_xlabel("seconds")
    axis.set_ylabel("events a second")
    axis.set_title(f"{figure.name.replace('_', ' ')}: the whole backlog until nothing waits", fontsize=9)
