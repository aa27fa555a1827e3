"""docs/openapi.json has no problem by the rules of two linters, so that other tools can use it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.contracts import node_tools, openapi

pytestmark = pytest.mark.servers


def redocly(document: Path) -> Iterator[str]:
    """Each problem as `rule place`."""
    for problem in redocly_report(document)["problems"]:
        yield f"{problem['ruleId']} {problem['location'][0]['pointer']}: {problem['message']}"


def redocly_report(document: Path) -> dict[str, Any]:
    options = ("--config", "redocly.yaml", "--format", "json", "--max-problems", "10000")
    report: dict[str, Any] = json.loads(node_tools.run("redocly", "lint", document, *options).stdout)
    return report


def ignored() -> int:
    (rules,) = yaml.safe_load((node_tools.FOLDER / ".redocly.lint-ignore.yaml").read_text()).values()
    return sum(map(len, rules.values()))


def spectral(document: Path) -> Iterator[str]:
    """Each problem as `rule place`."""
    done = node_tools.run("spectral", "lint", document, "--ruleset", "spectral.yaml", "--format", "json")
    # Where there is no problem, a line of plain text follows the JSON.
    for problem in json.JSONDecoder().raw_decode(done.stdout)[0]:
        yield f"{problem['code']} {'/'.join(map(str, problem['path']))}: {problem['message']}"


def test_redocly_has_nothing_to_say() -> None:
    assert list(redocly(openapi.FILE)) == []


def test_each_place_that_redocly_ignores_still_has_something_to_ignore() -> None:
    assert redocly_report(openapi.FILE)["totals"]["ignored"] == ignored()


def test_spectral_has_nothing_to_say() -> None:
    assert list(spectral(openapi.FILE)) == []


def test_both_see_a_document_that_is_not_as_it_must_be(tmp_path: Path) -> None:
    document = json.loads(openapi.FILE.read_text())
    operation = document["paths"]["/v1/me"]["get"]
    del operation["operationId"], operation["security"]
    operation["responses"]["200"]["content"]["application/json"]["example"] = {"name": 1}
    worse = tmp_path / "openapi.json"
    worse.write_text(json.dumps(document))
    rules = {each.split()[0] for each in spectral(worse)}
    assert {"operation-operationId", "oas3-valid-media-example"} <= rules
    rules = {each.split()[0] for each in redocly(worse)}
    assert {"operation-operationId", "security-defined", "no-invalid-media-type-examples"} <= rules


def test_the_lock_names_no_registry() -> None:
    assert "://" not in (node_tools.FOLDER / "npm" / "package-lock.json").read_text()
