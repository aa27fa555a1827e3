"""Timed work, gathered from the rooms."""

from services.identity.approval.jobs import JOBS as APPROVAL
from services.identity.credentials.jobs import JOBS as CREDENTIALS
from services.identity.imports.jobs import JOBS as IMPORTS
from services.identity.people.jobs import JOBS as PEOPLE

JOBS = [*PEOPLE, *CREDENTIALS, *IMPORTS, *APPROVAL]
