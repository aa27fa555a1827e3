"""The files that the Dockerfile would put into an image, copied into a folder, from which programs run."""

import json
import os
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent.parent
# Python runs this first. It refuses to import what the image does not have.
GUARD = """
import json, os, sys

class Absent:
    missing = frozenset(json.loads(os.environ["ABSENT"]))

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.missing:
            raise ModuleNotFoundError(f"{name} is not in the image", name=name)

# The finder of an editable installation would find this checkout's modules where the image has none.
usual = [each for each in sys.meta_path if "Editable" not in getattr(each, "__name__", "")]
sys.meta_path[:] = [Absent(), *usual]
"""


@dataclass(frozen=True)
class Instruction:
    name: str
    words: tuple[str, ...]


def stages() -> list[list[Instruction]]:
    """The Dockerfile's instructions, a list for each stage."""
    found: list[list[Instruction]] = []
    for line in (ROOT / "Dockerfile").read_text().splitlines():
        if line and not line.startswith("#"):
            name, *words = line.split()
            if name == "FROM":
                found.append([])
            found[-1].append(Instruction(name, tuple(words)))
    return found


def copy_image(service: str, target: Path) -> Path:
    """Make the image's `/app` at `target`, and return it."""
    for instruction in stages()[0]:
        if instruction.name == "COPY":
            *sources, place = (word.replace("$SERVICE", service) for word in instruction.words)
            for source in sources:
                into = target / place / Path(source).name if place.endswith("/") else target / place
                _copy(ROOT / source, target if place == "./" and (ROOT / source).is_dir() else into)
    return target


def _copy(source: Path, target: Path) -> None:
    files = [source] if source.is_file() else [file for file in source.rglob("*") if file.is_file()]
    for file in files:
        if not ignored(file.relative_to(ROOT)):
            place = target if file == source else target / file.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, place)


def ignored(path: Path) -> bool:
    """Whether .dockerignore excludes the file: the last pattern that matches it or its folders counts."""
    ignored = False
    for pattern in (ROOT / ".dockerignore").read_text().splitlines():
        if pattern and not pattern.startswith("#"):
            expression = _expression(pattern.removeprefix("!"))
            names = [str(path), *map(str, path.parents)]
            if any(re.fullmatch(expression, name) for name in names):
                ignored = not pattern.startswith("!")
    return ignored


def _expression(pattern: str) -> str:
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*"}
    words = re.split(r"(\*\*/|\*\*|\*)", pattern)
    return "".join(parts.get(word) or re.escape(word) for word in words)


@cache
def absent() -> frozenset[str]:
    """The modules that are installed here and not named in prod.lock, so that no image has them."""
    text = (ROOT / "requirements" / "prod.lock").read_text()
    locked = {canonicalize_name(name) for name in re.findall(r"^([\w.-]+)==", text, re.MULTILINE)}
    ours = {"arende", "shared", "services"}
    return frozenset(
        module
        for module, owners in packages_distributions().items()
        if module not in ours and not locked & {canonicalize_name(owner) for owner in owners}
    )


def program(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "arende.cli", *arguments]


def environment(image: Path, variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a process in this image, with no other settings than these variables."""
    guard = image.parent / "guard"
    guard.mkdir(exist_ok=True)
    (guard / "sitecustomize.py").write_text(GUARD)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ARENDE_", "PYTHON"))}
    return {
        **kept,
        "PYTHONPATH": f"{guard}{os.pathsep}{image}",
        "ABSENT": json.dumps(sorted(absent())),
        **(variables or {}),
    }
