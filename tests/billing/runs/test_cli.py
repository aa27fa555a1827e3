"""`arende billing run`, as an operator runs it."""

from typing import Any

import pytest

from services.billing.settings import Settings
from tests.command import arende


@pytest.fixture
def settings(common_settings: Any) -> Settings:
    return Settings(**common_settings("billing"))


def test_what_is_no_month_is_refused(settings: Settings) -> None:
    done = arende("billing", "run", "2026-13", settings=settings)
    assert done.returncode == 2
    assert "2026-13 is no month" in done.stderr


def test_a_month_that_is_not_due_is_refused(settings: Settings) -> None:
    done = arende("billing", "run", "2099-01", settings=settings)
    assert done.returncode == 2
    assert "2099-02-28" in done.stderr


def test_a_month_without_use_bills_nothing(settings: Settings) -> None:
    done = arende("billing", "run", "2001-01", settings=settings)
    assert done.returncode == 0
    assert "2001-01: 0 new invoices" in done.stdout
