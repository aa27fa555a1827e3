from services.notifications.tables import Row
from shared.migrations import run_env

run_env(Row.metadata)
