"""The timed work of all rooms."""

from services.cases.steps.jobs import JOBS as STEPS

JOBS = (*STEPS,)
