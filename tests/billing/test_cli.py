"""`arende billing run`, as an operator runs it."""

import os
import subprocess
import sys
from typing import Any

import pytest

from services.billing.settings import Settings
from services.embedded.installation import environment


@pytest.fixture
def run(common_settings: Any) -> Any:
    settings = Settings(**common_settings("billing"))

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        own = settings.model_dump(mode="json", exclude={"link_secret", "service"}, exclude_none=True)
        variables = environment({**own, "link_secret": settings.link_secret.get_secret_value()})
        return subprocess.run(
            [sys.executable, "-m", "services.cli", "billing", "run", *arguments],
            env={**os.environ, **variables, "COLUMNS": "80"},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_what_is_no_month_is_refused(run: Any) -> None:
    done = run("2026-13")
    assert done.returncode == 2
    assert "2026-13 is no month" in done.stderr


def test_a_month_that_is_not_due_is_refused(run: Any) -> None:
    done = run("2099-01")
    assert done.returncode == 2
    assert "2099-02-28" in done.stderr


def test_a_month_without_use_bills_nothing(run: Any) -> None:
    done = run("2001-01")
    assert done.returncode == 0
    assert "2001-01: 0 new invoices" in done.stdout
