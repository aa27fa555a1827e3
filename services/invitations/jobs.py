"""The timed work of invitations, gathered from its rooms."""

from services.invitations.upkeep.jobs import expire_overdue, remind_due
from shared.worker import Job

JOBS = (Job("expire-invitations", 10, expire_overdue), Job("remind-of-invitations", 10, remind_due))
