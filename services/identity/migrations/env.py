from services.identity.accounts import tables as accounts
from services.identity.bureaus import tables as bureaus
from services.identity.customers import tables as customers
from services.identity.persons import tables as persons
from services.identity.persons.sessions import tables as sessions
from services.identity.tables import Row
from shared.database.migrations import run_env

__all__ = ["accounts", "bureaus", "customers", "persons", "sessions"]

run_env(Row.metadata)
