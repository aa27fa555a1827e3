"""`arende …` as a process of its own, as an operator runs it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from arende.installation import environment
from shared.settings import ServiceSettings


def arende(
    *arguments: str,
    settings: ServiceSettings | None = None,
    env: Mapping[str, str] | None = None,
    code: Path | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Run the command with these variables in its environment, on a terminal of 80 columns. `code` is another
    copy of the product to run."""
    variables = {**(_variables(settings) if settings else {}), **(env or {})}
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "arende.cli", *arguments],
        env={**os.environ, **variables, "COLUMNS": "80"},
        cwd=code,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def _variables(settings: ServiceSettings) -> dict[str, str]:
    secrets = {
        name: value.get_secret_value()
        for name, value in dict(settings).items()
        if isinstance(value, SecretStr)
    }
    plain = settings.model_dump(mode="json", exclude={"service"}, exclude_none=True)
    return environment({**plain, **secrets})
