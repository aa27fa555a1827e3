"""The files that `arende provision` writes: lines of `ARENDE_…=…`, for `env_file` in compose.yaml and for
`kubectl create secret --from-env-file`."""

import os
from collections.abc import Mapping
from pathlib import Path

# Compose replaces `$…`, and interprets quotes, `#` and blanks; kubectl takes all of them literally. In a URL
# they can be written as %24, %22, %23 …
_AMBIGUOUS = frozenset("$\"'`#\\ \t\n")


class Ambiguous(ValueError):
    """A value that Compose and kubectl would read differently. The message names the variable."""


def complete(file: Path, variables: Mapping[str, str]) -> list[str]:
    """Append the variables that the file lacks, and change none that it has. Returns those that have another
    value in the file. Raises Ambiguous before anything is written."""
    for name, value in variables.items():
        if _AMBIGUOUS & set(value):
            raise Ambiguous(f"{name}: write each of $ \" ' ` # \\ and blanks as %24 %22 %27 %60 %23 %5C %20")
    text = file.read_text() if file.exists() else ""
    present = dict(line.split("=", 1) for line in text.splitlines() if "=" in line and line[0] != "#")
    missing = "".join(f"{name}={value}\n" for name, value in variables.items() if name not in present)
    if missing and text and not text.endswith("\n"):
        missing = "\n" + missing
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as opened:
        opened.write(missing)
    return [name for name, value in variables.items() if present.get(name, value) != value]
