from services.cases.tables import Row
from shared.migrations import run_env

run_env(Row.metadata)
