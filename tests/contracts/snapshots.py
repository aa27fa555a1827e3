"""The contracts as files: the schema of each event, and the HTTP API. `make snapshots` writes them.

Within a version of an event only additions are allowed. A change that would break a reader is refused here
too, so that nobody overwrites a snapshot by mistake: it needs a new version of the event.
"""

import json
import sys
from pathlib import Path
from typing import Any

from shared.events import ENVELOPE, TYPES, load_all
from tests.contracts import openapi

FOLDER = Path(__file__).parent / "events"


def schema_of(event_type: str) -> dict[str, Any]:
    """The event's data: fields, their types, which are required, and whether partners may see it."""
    kind = TYPES[event_type]
    schema = kind.model_json_schema(mode="serialization")
    for name in ENVELOPE:
        schema["properties"].pop(name)
    schema.pop("description", None)
    required = [name for name in schema.get("required", []) if name not in ENVELOPE]
    return {**schema, "required": required, "x-public": kind.public, "x-subject": kind.subject}


def snapshot_of(event_type: str) -> dict[str, Any] | None:
    file = FOLDER / f"{event_type}.json"
    if not file.exists():
        return None
    read: dict[str, Any] = json.loads(file.read_text())
    return read


def breaks(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """The changes that would break a reader or writer of the old contract."""
    faults = []
    for name, field in old["properties"].items():
        if name not in new["properties"]:
            faults.append(f"{name} was removed")
        elif new["properties"][name] != field:
            faults.append(f"{name} was changed")
    for name in new["required"]:
        if name not in old["properties"]:
            faults.append(f"{name} is new and required")
    faults += [f"{key} was changed" for key in ("x-public", "x-subject") if old[key] != new[key]]
    old_parts, new_parts = old.get("$defs", {}), new.get("$defs", {})
    faults += [f"{name} was changed" for name in old_parts if new_parts.get(name) != old_parts[name]]
    return faults


def text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def write() -> list[str]:
    """Write the snapshots that break no reader. Returns those that were refused, with the reasons."""
    FOLDER.mkdir(exist_ok=True)
    refused = []
    for event_type in TYPES:
        new, old = schema_of(event_type), snapshot_of(event_type)
        faults = breaks(old, new) if old else []
        if faults:
            refused.append(f"{event_type}: {', '.join(faults)}: make it the next version instead")
        else:
            (FOLDER / f"{event_type}.json").write_text(text(new))
    return refused


if __name__ == "__main__":
    load_all()
    openapi.FILE.write_text(openapi.text())
    sys.exit("\n".join(write()) or 0)
