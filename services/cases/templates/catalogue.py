"""The templates that ship with the product, read once from `ready_made/*.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from services.cases.templates.template import Template
from shared.events.identity import Language


def id_of(key: str) -> UUID:
    """The same in every installation, and in every release for as long as the key stays the same."""
    return uuid5(NAMESPACE_URL, f"urn:arende:template:{key}")


@cache
def ready_made(language: Language) -> Mapping[UUID, Template]:
    """In the order of their keys."""
    folder = files("services.cases.templates") / "ready_made"
    contents = [
        tomllib.loads(file.read_text(encoding="utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".toml")
    ]
    templates = [_template(each, language) for each in sorted(contents, key=lambda each: str(each["key"]))]
    return {template.id: template for template in templates}


def _template(content: dict[str, Any], language: Language) -> Template:
    text = content[language]
    return Template(
        id=id_of(content["key"]),
        kind="ready_made",
        key=content["key"],
        name=text["name"],
        type=content["type"],
        subject=text["subject"].strip(),
        body=text["body"].strip(),
        statement=text.get("statement"),
        items=text.get("items", []),
        due_days=content.get("due_days"),
        priority=content.get("priority", "normal"),
        approval_rule=content.get("approval_rule", "one"),
        must_acknowledge=content.get("must_acknowledge", False),
        default_assignee_id=None,
        language=language,
        version=None,
    )
