"""The whole HTTP surface as one document: `docs/openapi.json`, written by `make snapshots`."""

import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from arende.openapi import combined_openapi
from arende.registry import SERVICES

FILE = Path(__file__).parent.parent.parent / "docs" / "openapi.json"
NOWHERE: dict[str, Any] = {
    "database_url": "postgresql+asyncpg://nowhere/x",
    "worker_database_url": "postgresql+asyncpg://nowhere/x",
    "jwks_file": "nowhere",
    "link_secret": "x" * 32,
    "environment": "test",
}


def apis() -> dict[str, FastAPI]:
    return {name: service.api(service.settings(**NOWHERE)) for name, service in SERVICES.items()}


def document() -> dict[str, Any]:
    return combined_openapi(apis())


def text() -> str:
    return json.dumps(document(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
