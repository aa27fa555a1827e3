"""How much each service's prose still lacks, noted in `prose_todo.txt`; it only shrinks.

`make snapshots` notes it. Both files are deleted with the last gap.
"""

from collections.abc import Mapping
from pathlib import Path

from tests.contracts import prose

FILE = Path(__file__).parent / "prose_todo.txt"


def noted() -> dict[str, int]:
    lines = FILE.read_text().split("\n") if FILE.exists() else []
    return {name: int(count) for name, count in (line.split() for line in lines if line)}


def grown(now: Mapping[str, int]) -> list[str]:
    """The services that lack more than was noted."""
    before = noted()
    return [
        f"{name} lacks {count}, not {before.get(name, 0)}: python -m tests.contracts.prose {name}"
        for name, count in now.items()
        if count > before.get(name, 0)
    ]


def write(found: list[prose.Gap]) -> list[str]:
    """Note what is lacking now; returns what was refused."""
    now = prose.counts(found)
    if refused := grown(now):
        return refused
    # An empty line between them lets two branches change two services' counts without a conflict.
    FILE.write_text("".join(f"{name} {count}\n\n" for name, count in now.items()))
    return []
