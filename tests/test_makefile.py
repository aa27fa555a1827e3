"""`make` without a target is how a newcomer finds the others."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_help_is_the_default_and_names_every_target() -> None:
    shown = subprocess.run(["make"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()  # noqa: S607 - make is where the system has it
    targets = re.findall(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.M)[0].split()
    assert [line.split()[1] for line in shown] == targets
    assert all(len(line) <= 80 for line in shown)
