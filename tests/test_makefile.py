"""`make` without a target lists the targets for a newcomer."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_help_is_the_default_and_names_every_target() -> None:
    command = ["make", "--no-print-directory"]
    shown = subprocess.check_output(command, cwd=ROOT, text=True).splitlines()  # noqa: S603 - our own words
    targets = re.findall(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.M)[0].split()
    assert [line.split()[1] for line in shown] == targets
    assert all(len(line) <= 80 for line in shown)
