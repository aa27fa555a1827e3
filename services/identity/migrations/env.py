from services.identity.accounts import tables as accounts
from services.identity.attempts import tables as attempts
from services.identity.bureaus import tables as bureaus
from services.identity.checklist import tables as checklist
from services.identity.copies import tables as copies
from services.identity.customers import tables as customers
from services.identity.imports import tables as imports
from services.identity.people import tables as people
from services.identity.sessions import tables as sessions
from services.identity.tables import Row
from shared.database.migrations import run_env

__all__ = [
    "accounts",
    "attempts",
    "bureaus",
    "checklist",
    "copies",
    "customers",
    "imports",
    "people",
    "sessions",
]

run_env(Row.metadata)
