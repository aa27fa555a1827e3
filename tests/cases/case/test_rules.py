"""Rules of one row, with the time passed in."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.cases.case.errors import ReopenedTooLate, TransitionNotAllowed
from services.cases.case.tables import STEPS, Case, Step
from shared.events.cases import CaseType, Status

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def case(status: Status = "draft", case_type: CaseType = "question", **fields: object) -> Case:
    counters = {"waiting_for_customer_seconds": 0, "waiting_for_bureau_seconds": 0, "due_on": None}
    return Case(**{"status": status, "type": case_type, "must_acknowledge": False, **counters, **fields})


def test_two_clocks_run_one_at_a_time() -> None:
    row = case()
    row.take("send", at=NOON)
    row.take("hand_to_bureau", at=NOON + timedelta(hours=2))
    row.take("ask_customer", at=NOON + timedelta(hours=3))
    row.take("resolve", at=NOON + timedelta(hours=3, minutes=30))
    later = NOON + timedelta(days=9)
    assert row.seconds_waiting("customer", at=later) == 2.5 * 3600
    assert row.seconds_waiting("bureau", at=later) == 3600
    assert row.sent_at == NOON


@pytest.mark.parametrize("step", STEPS)
def test_only_the_listed_transitions_are_possible(step: Step) -> None:
    statuses: list[Status] = [
        "draft",
        "sent",
        "waiting_for_customer",
        "waiting_for_bureau",
        "resolved",
        "closed",
        "cancelled",
    ]
    for status in statuses:
        row = case(status)
        if status in STEPS[step][0]:
            assert row.take(step, at=NOON) == status
            assert row.status == STEPS[step][1]
        else:
            with pytest.raises(TransitionNotAllowed):
                row.take(step, at=NOON)
            assert row.status == status


def test_a_resolved_case_is_reopened_within_thirty_days() -> None:
    in_time = case("resolved", resolved_at=NOON)
    assert in_time.turn_after_message("customer", at=NOON + timedelta(days=30)) == "resolved"
    assert in_time.status == "waiting_for_bureau"
    with pytest.raises(ReopenedTooLate):
        case("resolved", resolved_at=NOON).turn_after_message("customer", at=NOON + timedelta(days=31))


def test_overdue_is_by_the_swedish_day() -> None:
    row = case("waiting_for_customer", due_on=date(2026, 11, 23))
    assert not row.overdue(at=datetime(2026, 11, 23, 22, 59, tzinfo=UTC))
    assert row.overdue(at=datetime(2026, 11, 23, 23, 0, tzinfo=UTC))
    assert not case("resolved", due_on=date(2020, 1, 1)).overdue(at=NOON)
