"""Every alert uses metrics that exist, and has its paragraph in the runbook."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

import shared.telemetry  # noqa: F401 - registers the metrics

ROOT = Path(__file__).parent.parent.parent
RULES: list[dict[str, Any]] = yaml.safe_load((ROOT / "deploy/alerts.yaml").read_text())["groups"][0]["rules"]
RUNBOOK = (ROOT / "docs/runbook.md").read_text()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_names_metrics_that_are_kept(rule: dict[str, Any]) -> None:
    kept = {
        name for metric in REGISTRY.collect() if metric.name.startswith("arende_")
        for name in (metric.name, f"{metric.name}_total", f"{metric.name}_bucket")
    }  # fmt: skip
    named = set(re.findall(r"arende_[a-z_]+", rule["expr"]))
    assert named <= kept
    assert named or rule["alert"] == "ProcessGone"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_stands_in_the_runbook(rule: dict[str, Any]) -> None:
    headings = " ".join(re.findall(r"^## (.*)$", RUNBOOK, re.MULTILINE))
    assert rule["alert"] in headings
    assert rule["labels"]["severity"] in ("page", "ticket")
