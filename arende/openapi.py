"""The API documents of all services as one."""

import json
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI


def combined_openapi(apis: Mapping[str, FastAPI]) -> dict[str, Any]:
    """One OpenAPI document of all services. Where two schemas share a name, the later bears its service's."""
    info = {"title": "Ärende", "version": "1", "description": "Case management between bureau and customer."}
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    security: dict[str, Any] = {}
    for service, app in apis.items():
        document = _without_clashes(service, app.openapi(), schemas)
        components = document.get("components", {})
        paths.update(document["paths"])
        schemas.update(components.get("schemas", {}))
        security.update(components.get("securitySchemes", {}))
    components = {"schemas": schemas, "securitySchemes": security}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": components}


def _without_clashes(service: str, document: dict[str, Any], taken: Mapping[str, Any]) -> dict[str, Any]:
    """The document with each schema renamed that means something else in `taken`."""
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
