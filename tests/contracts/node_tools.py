"""The tools of `npm/`: two linters, a generator of TypeScript clients and TypeScript's compiler."""

import os
import subprocess
from pathlib import Path

FOLDER = Path(__file__).parent
BIN = FOLDER / "npm" / "node_modules" / ".bin"
# The tools neither look for newer versions of themselves nor report that they ran.
_ALONE = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "CI": "true", "NO_COLOR": "1"}


def run(tool: str, *arguments: str | Path, cwd: Path = FOLDER) -> "subprocess.CompletedProcess[str]":
    """Run a tool in `cwd`; by default in tests/contracts, where the linters' rules are."""
    assert BIN.exists(), "the tools are not installed: run `make servers`"
    return subprocess.run(  # noqa: S603 - a pinned tool with arguments of ours
        [BIN / tool, *arguments],
        cwd=cwd,
        env={**os.environ, **_ALONE},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
