"""The API documents of all services as one."""

import json
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI


def combined_openapi(apis: Mapping[str, FastAPI]) -> dict[str, Any]:
    """One OpenAPI document of all services. Where two schemas share a name, the later one is renamed."""
    combined: dict[str, Any] = {"tags": [], "paths": {}, "components": {"schemas": {}}}
    for service, app in apis.items():
        document = _without_clashes(service, app.openapi(), combined["components"]["schemas"])
        common = {name: document[name] for name in ("openapi", "info", "servers")}
        combined["tags"] += document.get("tags", [])
        combined["paths"] |= document["paths"]
        for kind, parts in document["components"].items():
            combined["components"].setdefault(kind, {}).update(parts)
    return {**common, **combined, "info": {**common["info"], "title": "Ärende"}}


def _without_clashes(service: str, document: dict[str, Any], taken: Mapping[str, Any]) -> dict[str, Any]:
    """The document, in which schemas that `taken` has under the same name are called `service_Name`."""
    own = document.get("components", {}).get("schemas", {})
    text = json.dumps(document)
    for name, schema in own.items():
        if name in taken and taken[name] != schema:
            text = text.replace(f'"#/components/schemas/{name}"', f'"#/components/schemas/{service}_{name}"')
    renamed: dict[str, Any] = json.loads(text)
    schemas = renamed.get("components", {}).get("schemas", {})
    for name in [name for name in schemas if name in taken and taken[name] != own[name]]:
        schemas[f"{service}_{name}"] = schemas.pop(name)
    return renamed
